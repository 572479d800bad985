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

    /** How many locks until the class injects a deadlock; 0 if it does not. */
    private long untilInjection;

    private long injectionInterval;
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
        this.injectionInterval = wwClass.injectionInterval();
        // Contexts begin at different places, so that each lock of a group has its turn.
        this.untilInjection = injectionInterval == 0 ? 0 : 1 + (stamp - 1) % injectionInterval;
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

    /** Counts a lock that succeeded; true if it shall answer as if there were a deadlock. The first never does. */
    boolean takesInjection() {
        if (untilInjection == 0 || acquired < 2 || --untilInjection > 0) {
            return false;
        }
        // It grows, or no attempt would ever have all it needs.
        injectionInterval = Math.min(Integer.MAX_VALUE, injectionInterval * 7 / 2);
        untilInjection = injectionInterval;
        return true;
    }

    void checkMayTry(WwMutex mutex) {
        if (mutex.wwClass() != wwClass) {
            throw new IllegalArgumentException(this + " cannot lock a mutex of the " + mutex.wwClass());
        }
        checkUsable();
    }

    void checkMayLock(WwMutex mutex) {
        checkMayTry(mutex);
        if (contended != null && (contended != mutex || acquired > 0)) {
            throw new IllegalStateException(
                    this + " was told to back off: unlock everything and lock the contended mutex before any other");
        }
    }

    void checkMayLockSlowly(WwMutex mutex) {
        checkMayTry(mutex);
        if (contended != mutex || acquired > 0) {
            throw new IllegalStateException(this
                    + " may lock slowly only what it was told to back off from, with everything unlocked; it holds "
                    + acquired);
        }
    }

    private void checkUsable() {
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
