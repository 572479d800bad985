package io.github.dmabuf4j.linux.sync;

import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.FenceContext;
import io.github.dmabuf4j.linux.BorrowedFd;
import io.github.dmabuf4j.linux.FdDispatcher;
import io.github.dmabuf4j.linux.FdInterest;
import io.github.dmabuf4j.linux.FdRegistration;
import io.github.dmabuf4j.linux.OwnedFd;
import io.github.dmabuf4j.linux.SystemCallException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.ref.Cleaner;
import org.jspecify.annotations.Nullable;

/**
 * A fence whose end a descriptor tells. It keeps a descriptor of its own until it is signalled, or until nobody can reach it any
 * more; the dispatcher keeps it reachable while somebody wants to be called.
 */
abstract sealed class FdFence extends DmaFence permits DescriptorFence, KernelFence {
    private static final Logger LOGGER = System.getLogger(FdFence.class.getName());
    private static final Cleaner CLEANER = Cleaner.create();

    private final OwnedFd fd;
    private final FdInterest interest;
    private final Cleaner.Cleanable cleanable;
    private volatile @Nullable FdRegistration registration;

    /**
     * A fence of a context of its own.
     *
     * @param fd the descriptor, taken over
     * @param interest what tells the end
     */
    FdFence(OwnedFd fd, FdInterest interest) {
        super(FenceContext.allocate(1), 1);
        this.fd = fd;
        this.interest = interest;
        this.cleanable = CLEANER.register(this, fd::close);
    }

    /** Valid until the fence is completed, which may happen on another thread; then its use throws IllegalStateException. */
    final BorrowedFd fd() {
        return fd.borrow();
    }

    /** Looks whether the descriptor tells the end, without waiting; throws IllegalStateException as {@link #fd}. */
    abstract boolean isReady();

    /** Completes the fence, whose descriptor tells the end; may throw IllegalStateException as {@link #fd}. */
    abstract void finish();

    @Override
    protected boolean enableSignaling() {
        try {
            // Level-triggered: what is there already is reported at once.
            FdRegistration watch = FdDispatcher.shared().register(fd(), interest, this::reported);
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
        try {
            if (isReady()) {
                finish();
            }
        } catch (IllegalStateException closed) {
            // Closed by completion, on another thread.
            return isSignaled();
        }
        return isSignaled();
    }

    private void reported() {
        if (!isSignaled()) {
            try {
                finish();
            } catch (IllegalStateException closed) {
                // pollSignaled() was faster
            }
        }
        stopWatching();
    }

    private void stopWatching() {
        FdRegistration watch = registration;
        if (watch != null) {
            watch.close();
        }
    }

    @Override
    protected void released() {
        stopWatching();
        cleanable.clean();
    }
}
