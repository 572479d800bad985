package io.github.dmabuf4j.linux.sync;

import io.github.dmabuf4j.linux.BorrowedFd;
import io.github.dmabuf4j.linux.FdInterest;
import io.github.dmabuf4j.linux.OwnedFd;
import io.github.dmabuf4j.linux.SystemCallException;
import io.github.dmabuf4j.linux.sys.Devices;

/**
 * A fence that is signalled once a descriptor can be read or written: an eventfd that somebody counts up, a dma-buf that nobody writes
 * any more, a peer's pipe. It never fails: a descriptor tells that something is over and not how it ended.
 *
 * <p>It keeps a descriptor of its own until it is signalled, or until nobody can reach it any more; the dispatcher keeps it
 * reachable while somebody wants to be called. What an eventfd has counted stays in it.
 */
public final class DescriptorFence extends FdFence {
    private final int wanted;
    private final String timelineName;

    private DescriptorFence(OwnedFd fd, FdInterest interest, String timelineName) {
        super(fd, interest);
        this.wanted = interest == FdInterest.READABLE ? Devices.IN : Devices.OUT;
        this.timelineName = timelineName;
    }

    /**
     * A fence for a descriptor.
     *
     * @param fd the descriptor; it stays the caller's and may be closed at once
     * @param interest what the fence waits for
     * @param name what the descriptor is, for people
     * @return the fence
     * @throws SystemCallException if the descriptor is not open (EBADF) or the limit of open files is reached
     */
    public static DescriptorFence of(BorrowedFd fd, FdInterest interest, String name) throws SystemCallException {
        return new DescriptorFence(fd.dup(), interest, name);
    }

    @Override
    public String driverName() {
        return "descriptor";
    }

    @Override
    public String timelineName() {
        return timelineName;
    }

    @Override
    boolean isReady() {
        return fd().use(number -> Devices.poll(number, wanted)) > 0;
    }

    @Override
    void finish() {
        complete(null, System.nanoTime());
    }
}
