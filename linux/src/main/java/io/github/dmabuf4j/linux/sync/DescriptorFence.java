package io.github.dmabuf4j.linux.sync;

import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.FenceContext;
import io.github.dmabuf4j.linux.BorrowedFd;
import io.github.dmabuf4j.linux.FdDispatcher;
import io.github.dmabuf4j.linux.FdInterest;
import io.github.dmabuf4j.linux.FdRegistration;
import io.github.dmabuf4j.linux.OwnedFd;
import io.github.dmabuf4j.linux.SystemCallException;
import io.github.dmabuf4j.linux.sys.Devices;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.ref.Cleaner;
import org.jspecify.annotations.Nullable;

/**
 * A fence that is signalled once a descriptor can be read or written: an eventfd that somebody counts up, a dma-buf that nobody writes
 * any more, a peer's pipe. It never fails: a descriptor tells that something is over and not how it ended.
 *
 * <p>It keeps a descriptor of its own until it is signalled, or until nobody can reach it any more; the dispatcher keeps it
 * reachable while somebody wants to be called. What an eventfd has counted stays in it.
 */
public final class DescriptorFence extends DmaFence {
    private static final Logger LOGGER = System.getLogger(DescriptorFence.class.getName());
    private static final Cleaner CLEANER = Cleaner.create();

    private final FdInterest interest;
    private final String timelineName;
    private final OwnedFd fd;
    private final Cleaner.Cleanable cleanable;
    private volatile @Nullable FdRegistration registration;

    private DescriptorFence(OwnedFd fd, FdInterest interest, String timelineName) {
        super(FenceContext.allocate(1), 1);
        this.fd = fd;
        this.interest = interest;
        this.timelineName = timelineName;
        this.cleanable = CLEANER.register(this, fd::close);
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
    protected boolean enableSignaling() {
        try {
            FdRegistration watch = FdDispatcher.shared().register(fd.borrow(), interest, this::ready);
            registration = watch;
            if (isSignaled()) { // the callback came before it could see the registration
                watch.close();
            }
        } catch (SystemCallException e) {
            LOGGER.log(Level.ERROR, "a descriptor cannot be watched and its fence counts as failed", e);
            complete(e.errno(), System.nanoTime());
        } catch (IllegalStateException closed) {
            // Somebody else completed it, which closed the descriptor.
            return true;
        }
        return true;
    }

    @Override
    protected boolean pollSignaled() {
        int wanted = interest == FdInterest.READABLE ? Devices.IN : Devices.OUT;
        try {
            int events = fd.borrow().use(number -> Devices.poll(number, wanted));
            if (events > 0) {
                complete(null, System.nanoTime());
            }
        } catch (IllegalStateException closed) {
            // Closed by completion, on another thread.
            return isSignaled();
        }
        return isSignaled();
    }

    private void ready() {
        complete(null, System.nanoTime());
        FdRegistration watch = registration;
        if (watch != null) {
            watch.close();
        }
    }

    @Override
    protected void released() {
        FdRegistration watch = registration;
        if (watch != null) {
            watch.close();
        }
        cleanable.clean();
    }
}
