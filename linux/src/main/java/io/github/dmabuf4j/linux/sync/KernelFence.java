package io.github.dmabuf4j.linux.sync;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.fence.FenceInfo;
import io.github.dmabuf4j.fence.SyncFileInfo;
import io.github.dmabuf4j.linux.BorrowedFd;
import io.github.dmabuf4j.linux.FdInterest;
import io.github.dmabuf4j.linux.OwnedFd;
import io.github.dmabuf4j.linux.SystemCallException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** The fence of a sync file, with the error and the time that the kernel says. */
final class KernelFence extends FdFence {
    private static final Logger LOGGER = System.getLogger(KernelFence.class.getName());

    private final String driverName;
    private final String timelineName;

    private KernelFence(OwnedFd fd, String driverName, String timelineName) {
        super(fd, FdInterest.READABLE);
        this.driverName = driverName;
        this.timelineName = timelineName;
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
    boolean isReady() {
        return KernelSyncFile.isReadable(fd());
    }

    @Override
    void finish() {
        Errno error;
        long timestamp = 0;
        try {
            SyncFileInfo info = KernelSyncFile.info(fd());
            for (FenceInfo each : info.fences()) {
                timestamp = Math.max(timestamp, each.timestampNanos());
            }
            error = KernelSyncFile.errorOf(fd(), info);
        } catch (SystemCallException e) {
            error = e.errno();
        }
        complete(error, timestamp > 0 ? timestamp : System.nanoTime());
    }

    @Override
    protected void deadlineRequested(long deadlineNanos) {
        try {
            KernelSyncFile.setDeadline(fd(), deadlineNanos);
        } catch (SystemCallException | IllegalStateException e) {
            // A hint: a fence that has ended meanwhile, or a driver that takes none.
            LOGGER.log(Level.DEBUG, "a deadline was not taken", e);
        }
    }
}
