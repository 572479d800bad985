package io.github.dmabuf4j.buffer.ww;

import org.jspecify.annotations.Nullable;

/**
 * One attempt of one thread to lock several {@link WwMutex}es of a class: its age, and what it holds.
 *
 * <p>Used by the thread that made it only, and closed by it when it holds nothing any more. A context keeps its age
 * through all its retries.
 *
 * @see <a href="https://docs.kernel.org/locking/ww-mutex-design.html">struct ww_acquire_ctx</a>
 */
public final class AcquireContext implements AutoCloseable {
    final Thread thread = Thread.currentThread();
    final WwClass wwClass;
    final long stamp;

    /**
     * How many mutexes it holds. Written by its thread alone; others read it only while that thread waits in a queue,
     * under the guard of which it was queued.
     */
    int acquired;
    /** Set by older contexts that need what this one holds; looked at when this one next has to wait. */
    volatile boolean wounded;
    /** After a back-off: what must be locked next. */
    @Nullable WwMutex contended;

    private boolean done;
    private boolean closed;

    /**
     * Begins an attempt: draws the next stamp of the class.
     *
     * @param wwClass the class of the mutexes
     * @see <a href="https://docs.kernel.org/locking/ww-mutex-design.html">ww_acquire_init</a>
     */
    public AcquireContext(WwClass wwClass) {
        this.wwClass = wwClass;
        this.stamp = wwClass.nextStamp();
    }

    /**
     * The age: a larger stamp is younger, and backs off before a smaller one.
     *
     * @return the stamp, from 1 in each class
     */
    public long stamp() {
        return stamp;
    }

    /**
     * How many mutexes are locked with this context.
     *
     * @return the number
     */
    public int acquired() {
        return acquired;
    }

    /**
     * Says that everything needed is locked: a later lock with this context is a mistake, and found.
     *
     * @throws IllegalStateException if it was said before
     */
    public void done() {
        checkUsable();
        done = true;
    }

    /**
     * Ends the attempt. Idempotent.
     *
     * @throws IllegalStateException if mutexes are still locked with this context
     */
    @Override
    public void close() {
        if (acquired > 0) {
            throw new IllegalStateException(
                    "the context still holds " + acquired + " mutexes of the " + wwClass + ": unlock them before");
        }
        closed = true;
    }

    /** Wrap-around safe, as in the kernel. */
    boolean youngerThan(AcquireContext other) {
        return stamp - other.stamp > 0;
    }

    void checkUsable() {
        if (done || closed) {
            throw new IllegalStateException(
                    "this context is " + (closed ? "closed" : "done") + ": begin a new one to lock more");
        }
        if (thread != Thread.currentThread()) {
            throw new IllegalStateException("a context belongs to the thread that made it: " + thread);
        }
    }

    @Override
    public String toString() {
        return "acquire context " + stamp + " of the " + wwClass;
    }
}
