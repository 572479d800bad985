package io.github.dmabuf4j.linux;

import java.util.concurrent.locks.ReentrantLock;

/**
 * A descriptor that an {@link FdDispatcher} watches.
 *
 * <p>All methods may be called from any thread.
 */
public final class FdRegistration implements AutoCloseable {
    private final FdDispatcher dispatcher;
    private final long token;
    private final OwnedFd duplicate;
    private final Runnable callback;
    // Held while the callback runs, so that close() can wait for its end.
    private final ReentrantLock running = new ReentrantLock();
    private volatile boolean closed;
    private volatile boolean once;

    FdRegistration(FdDispatcher dispatcher, long token, OwnedFd duplicate, Runnable callback) {
        this.dispatcher = dispatcher;
        this.token = token;
        this.duplicate = duplicate;
        this.callback = callback;
    }

    long token() {
        return token;
    }

    /** Ends the registration after the first call. */
    void once() {
        once = true;
    }

    void call() {
        running.lock();
        try {
            if (closed) {
                return;
            }
            if (once) {
                dispatcher.unwatch(duplicate);
            }
            callback.run();
        } finally {
            running.unlock();
        }
    }

    /**
     * Ends the watch. After the return the callback is not running and never runs again; when called from inside the
     * callback, it never runs again after its return. Idempotent.
     *
     * <p>Waits for a callback that is running: do not hold a lock that the callback takes.
     */
    @Override
    public void close() {
        closed = true;
        dispatcher.forget(this);
        running.lock();
        try {
            // Out of the set before closing: other descriptors of the same open file would keep the entry alive.
            if (duplicate.tryEnter()) {
                dispatcher.unwatch(duplicate);
                duplicate.leave();
            }
            duplicate.close();
        } finally {
            running.unlock();
        }
    }
}
