package io.github.dmabuf4j.linux.sync;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.linux.BorrowedFd;
import io.github.dmabuf4j.linux.OwnedFd;
import io.github.dmabuf4j.linux.SystemCallException;
import io.github.dmabuf4j.linux.sys.Events;

/**
 * A counter that the kernel counts up and that can be watched like any descriptor.
 *
 * <p>All methods may be called from any thread.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/eventfd.2.html">eventfd(2)</a>
 */
public final class EventFd implements AutoCloseable {
    private final OwnedFd fd;

    private EventFd(OwnedFd fd) {
        this.fd = fd;
    }

    /**
     * Makes a counter at 0.
     *
     * @return the counter, owned by the caller
     * @throws SystemCallException if the limit of open files is reached
     */
    public static EventFd create() throws SystemCallException {
        int number = Events.eventfd();
        if (number < 0) {
            throw new SystemCallException("eventfd", new Errno(-number), "cannot make an eventfd");
        }
        return new EventFd(OwnedFd.adopt(number));
    }

    /**
     * Takes over a counter that somebody else made. That it is one is seen when it is used.
     *
     * @param fd the descriptor, owned by the result
     * @return the counter, owned by the caller
     */
    public static EventFd adopt(OwnedFd fd) {
        return new EventFd(fd);
    }

    /**
     * Counts up by one.
     *
     * @throws SystemCallException if the descriptor is no counter, or has no room for more (EAGAIN)
     */
    public void add() throws SystemCallException {
        long answer = fd.borrow().use(Events::addEvent);
        if (answer < 0) {
            throw new SystemCallException("write", new Errno((int) -answer), "cannot count an eventfd up");
        }
    }

    /**
     * The descriptor, for those who count it up and those who watch it.
     *
     * @return the descriptor; valid until {@link #close()}
     */
    public BorrowedFd fd() {
        return fd.borrow();
    }

    /**
     * Takes what was counted, and sets the counter back to 0. Never waits.
     *
     * @return how often it was counted up since the last call
     */
    public long take() {
        return fd.borrow().use(Events::takeCount);
    }

    /** Closes the descriptor. Idempotent. */
    @Override
    public void close() {
        fd.close();
    }
}
