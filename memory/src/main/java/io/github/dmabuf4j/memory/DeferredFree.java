package io.github.dmabuf4j.memory;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A daemon thread that cleans memory after its owners, one piece after the other, so that neither who frees nor who
 * allocates does it.
 *
 * <p>All methods may be called from any thread.
 *
 * @see <a href="https://lwn.net/Articles/480055/">ION's deferred free</a>
 */
public final class DeferredFree implements AutoCloseable {
    private static final Logger LOG = System.getLogger(DeferredFree.class.getName());

    private final String name;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    // Guarded by the lock:
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    private boolean working;
    private boolean closed;
    private @Nullable Thread thread;

    /**
     * Makes it; the thread starts with the first piece.
     *
     * @param name whose memory it cleans, for the thread's name
     */
    public DeferredFree(String name) {
        this.name = name;
    }

    /**
     * Adds a piece of work. After {@link #close()} it is done at once, by the caller.
     *
     * @param work cleans a piece of memory and gives it back
     */
    public void add(Runnable work) {
        lock.lock();
        try {
            if (!closed) {
                waiting.addLast(work);
                if (thread == null) {
                    thread = Thread.ofPlatform()
                            .daemon()
                            .name("dmabuf4j deferred free (" + name + ")")
                            .start(this::run);
                }
                changed.signalAll();
                return;
            }
        } finally {
            lock.unlock();
        }
        work.run();
    }

    /** Waits until nothing is left to clean. */
    public void awaitIdle() {
        lock.lock();
        try {
            while (working || !waiting.isEmpty()) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Finishes what is waiting and ends the thread. Idempotent. */
    @Override
    public void close() {
        awaitIdle();
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        // Nothing was waiting when it closed, or this thread was faster than another that added: the thread does it.
    }

    private void run() {
        while (true) {
            Runnable work;
            lock.lock();
            try {
                working = false;
                changed.signalAll();
                while (waiting.isEmpty() && !closed) {
                    changed.awaitUninterruptibly();
                }
                if (waiting.isEmpty()) {
                    return;
                }
                work = waiting.removeFirst();
                working = true;
            } finally {
                lock.unlock();
            }
            try {
                work.run();
            } catch (RuntimeException | InternalError broken) {
                LOG.log(Level.WARNING, "memory of " + name + " could not be cleaned and is lost", broken);
            }
        }
    }
}
