package io.github.dmabuf4j.linux;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.linux.sys.Events;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Waits for descriptors on behalf of everybody: one daemon thread sleeps in epoll and calls back. No other thread of
 * this library ever blocks in the kernel for a descriptor, so a virtual thread that waits keeps no carrier, and
 * {@link Thread#interrupt} ends every wait.
 *
 * <p>The thread is started at the first registration and stays.
 *
 * <p>All methods may be called from any thread.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/epoll.7.html">epoll(7)</a>
 */
public final class FdDispatcher {
    private static final Logger LOGGER = System.getLogger(FdDispatcher.class.getName());
    private static final int BATCH = 64;

    private final OwnedFd epoll;
    private final Thread thread;
    // A token is never used again, so one that is still in a batch of epoll after its registration ended finds nothing.
    private final ConcurrentHashMap<Long, FdRegistration> registrations = new ConcurrentHashMap<>();
    private final AtomicLong tokens = new AtomicLong();

    private static final class Shared {
        static final FdDispatcher INSTANCE = new FdDispatcher();
    }

    private FdDispatcher() {
        try {
            epoll = OwnedFd.of(
                    SystemCallException.check(Events.epollCreate(), "epoll_create1", "cannot make an epoll set"));
        } catch (SystemCallException e) {
            throw new java.io.UncheckedIOException(e);
        }
        thread = Thread.ofPlatform().daemon().name("dmabuf4j-fds").unstarted(this::run);
        thread.start();
    }

    /**
     * The dispatcher of this process.
     *
     * @return the dispatcher
     */
    public static FdDispatcher shared() {
        return Shared.INSTANCE;
    }

    /**
     * Calls back whenever a descriptor is ready, again and again as long as it stays ready: the callback reads what is
     * there, or closes the registration.
     *
     * <p>The callback runs on the dispatcher's thread, must not block, and must not wait for a fence. One that throws is
     * reported and its registration closed.
     *
     * @param fd the descriptor; the registration keeps a duplicate of it
     * @param interest what to watch for
     * @param callback what to call
     * @return the registration; close it to end it
     * @throws SystemCallException if the limit of open files is reached, or the descriptor cannot be watched
     */
    public FdRegistration register(BorrowedFd fd, FdInterest interest, Runnable callback) throws SystemCallException {
        // A descriptor can be in an epoll set only once; duplicates of it can be there for each who watches it.
        OwnedFd duplicate = fd.dup();
        long token = tokens.incrementAndGet();
        FdRegistration registration = new FdRegistration(this, token, duplicate, callback);
        registrations.put(token, registration);
        int events = interest == FdInterest.READABLE ? Events.IN : Events.OUT;
        int answer = Events.epollAdd(epoll.number(), duplicate.number(), events, token);
        if (answer < 0) {
            registrations.remove(token);
            duplicate.close();
            throw new SystemCallException("epoll_ctl", new Errno(-answer), "cannot watch " + fd);
        }
        return registration;
    }

    /**
     * Parks the calling thread until a descriptor is ready or the time is over; look again afterwards which of the two it was.
     *
     * @param fd the descriptor
     * @param interest what to wait for
     * @param timeoutNanos the longest wait in nanoseconds; {@link Long#MAX_VALUE} has no limit
     * @throws SystemCallException if the limit of open files is reached, or the descriptor cannot be watched
     * @throws InterruptedException if the thread is interrupted
     */
    public void awaitReady(BorrowedFd fd, FdInterest interest, long timeoutNanos)
            throws SystemCallException, InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        Thread waiter = Thread.currentThread();
        boolean[] ready = new boolean[1];
        long deadline = System.nanoTime() + timeoutNanos;
        try (FdRegistration registration = register(fd, interest, () -> {
            synchronized (ready) {
                ready[0] = true;
            }
            LockSupport.unpark(waiter);
        })) {
            registration.once();
            while (true) {
                synchronized (ready) {
                    if (ready[0]) {
                        return;
                    }
                }
                if (timeoutNanos == Long.MAX_VALUE) {
                    LockSupport.park(this);
                } else {
                    long left = deadline - System.nanoTime();
                    if (left <= 0) {
                        return;
                    }
                    LockSupport.parkNanos(this, left);
                }
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
        }
    }

    void forget(FdRegistration registration) {
        registrations.remove(registration.token());
    }

    void unwatch(OwnedFd duplicate) {
        Events.epollRemove(epoll.number(), duplicate.number());
    }

    boolean isDispatcherThread() {
        return Thread.currentThread() == thread;
    }

    private void run() {
        long[] ready = new long[BATCH];
        while (true) {
            int count = Events.epollWait(epoll.number(), ready);
            for (int i = 0; i < count; i++) {
                call(registrations.get(ready[i]));
            }
        }
    }

    private static void call(@Nullable FdRegistration registration) {
        if (registration == null) {
            return;
        }
        try {
            registration.call();
        } catch (Throwable thrown) { // the thread serves everybody and must not end
            LOGGER.log(Level.ERROR, "the callback of a descriptor failed; its registration is closed", thrown);
            registration.close();
        }
    }
}
