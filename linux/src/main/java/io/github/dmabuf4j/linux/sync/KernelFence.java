package io.github.dmabuf4j.linux.sync;

import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.fence.FenceContext;
import io.github.dmabuf4j.fence.FenceInfo;
import io.github.dmabuf4j.fence.SyncFileInfo;
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
 * The fence of a sync file. It keeps a descriptor of its own until it is signalled, or until nobody can reach it any more; the
 * dispatcher keeps it reachable while somebody wants to be called.
 */
final class KernelFence extends DmaFence {
    private static final Logger LOGGER = System.getLogger(KernelFence.class.getName());
    private static final Cleaner CLEANER = Cleaner.create();

    private final String driverName;
    private final String timelineName;
    private final OwnedFd fd;
    private final Cleaner.Cleanable cleanable;
    private volatile @Nullable FdRegistration registration;

    private KernelFence(OwnedFd fd, String driverName, String timelineName) {
        super(FenceContext.allocate(1), 1);
        this.fd = fd;
        this.driverName = driverName;
        this.timelineName = timelineName;
        this.cleanable = CLEANER.register(this, fd::close);
    }

    static KernelFence of(BorrowedFd file) throws SystemCallException {
        OwnedFd fd = file.dup();
        try {
            SyncFileInfo info = KernelSyncFile.info(fd.borrow());
            if (info.fences().size() == 1) {
                FenceInfo only = info.fences().getFirst();
                return new KernelFence(fd, only.driverName(), only.timelineName());
            }
            return new KernelFence(fd, "sync_file", info.fences().size() + " fences of " + info.name());
        } catch (SystemCallException | RuntimeException e) {
            fd.close();
            throw e;
        }
    }

    @Override
    public String driverName() {
        return driverName;
    }

    @Override
    public String timelineName() {
        return timelineName;
    }

    @Override
    protected boolean enableSignaling() {
        try {
            // Level-triggered: a file that is signalled meanwhile is reported at once.
            FdRegistration watch = FdDispatcher.shared().register(fd.borrow(), FdInterest.READABLE, this::readable);
            registration = watch;
            if (isSignaled()) { // the callback came before it could see the registration
                watch.close();
            }
        } catch (SystemCallException e) {
            LOGGER.log(Level.ERROR, "a fence of the kernel cannot be watched and counts as failed", e);
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
            if (!KernelSyncFile.isReadable(fd.borrow())) {
                return false;
            }
            finish();
        } catch (IllegalStateException closed) {
            // Closed by completion, on another thread.
            return isSignaled();
        }
        return isSignaled();
    }

    private void readable() {
        if (!isSignaled()) {
            try {
                finish();
            } catch (IllegalStateException closed) {
                // pollSignaled() was faster
            }
        }
        FdRegistration watch = registration;
        if (watch != null) {
            watch.close();
        }
    }

    private void finish() {
        Errno error;
        long timestamp = 0;
        try {
            SyncFileInfo info = KernelSyncFile.info(fd.borrow());
            for (FenceInfo each : info.fences()) {
                timestamp = Math.max(timestamp, each.timestampNanos());
            }
            error = KernelSyncFile.errorOf(fd.borrow(), info);
        } catch (SystemCallException e) {
            error = e.errno();
        }
        complete(error, timestamp > 0 ? timestamp : System.nanoTime());
    }

    @Override
    protected void released() {
        FdRegistration watch = registration;
        if (watch != null) {
            watch.close();
        }
        cleanable.clean();
    }

    @Override
    protected void deadlineRequested(long deadlineNanos) {
        try {
            KernelSyncFile.setDeadline(fd.borrow(), deadlineNanos);
        } catch (SystemCallException | IllegalStateException e) {
            // A hint: a fence that has ended meanwhile, or a driver that takes none.
            LOGGER.log(Level.DEBUG, "a deadline was not taken", e);
        }
    }
}
