package io.github.dmabuf4j.linux.sync;

import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.fence.FenceInfo;
import io.github.dmabuf4j.fence.FenceStatus;
import io.github.dmabuf4j.fence.SyncFileInfo;
import io.github.dmabuf4j.linux.BorrowedFd;
import io.github.dmabuf4j.linux.OwnedFd;
import io.github.dmabuf4j.linux.SystemCallException;
import io.github.dmabuf4j.linux.UnsafeDescriptorException;
import io.github.dmabuf4j.linux.ioctl.CValue;
import io.github.dmabuf4j.linux.ioctl.DeviceNode;
import io.github.dmabuf4j.linux.ioctl.Ioctl;
import io.github.dmabuf4j.linux.ioctl.SyncUapi;
import io.github.dmabuf4j.linux.sys.Devices;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A sync file of the kernel: a descriptor with one fence, or several merged into one. Drivers give them out and take them in.
 *
 * <p>All methods may be called from any thread. After {@link #close()} they throw {@link IllegalStateException}; a fence that
 * was taken from the file lives on.
 *
 * @see <a href="https://docs.kernel.org/driver-api/sync_file.html">Sync file API guide</a>
 */
public final class KernelSyncFile implements AutoCloseable {
    private static final Ioctl<OwnedFd> MERGE = Ioctl.of(
            "SYNC_IOC_MERGE",
            SyncUapi.SYNC_IOC_MERGE,
            SyncUapi.MERGE_DATA,
            (_, data) -> DeviceNode.given(data.get("fence")));
    private static final Ioctl<FileInfo> INFO = Ioctl.of(
            "SYNC_IOC_FILE_INFO",
            SyncUapi.SYNC_IOC_FILE_INFO,
            SyncUapi.FILE_INFO,
            (_, info) ->
                    new FileInfo(info.text("name", SyncUapi.NAME_LENGTH), info.get("status"), info.get("num_fences")));
    private static final Ioctl<Boolean> SET_DEADLINE =
            Ioctl.of("SYNC_IOC_SET_DEADLINE", SyncUapi.SYNC_IOC_SET_DEADLINE, SyncUapi.SET_DEADLINE);

    private record FileInfo(String name, int status, int fences) {}

    private final OwnedFd fd;
    private @Nullable KernelFence fence;

    private KernelSyncFile(OwnedFd fd) {
        this.fd = fd;
    }

    /**
     * Takes over a descriptor, after checking that it is a sync file.
     *
     * @param fd the descriptor; owned by the result, and closed if this method throws
     * @return the file
     * @throws UnsafeDescriptorException if it is something else
     * @throws SystemCallException if the kernel refuses to tell
     */
    public static KernelSyncFile adopt(OwnedFd fd) throws IOException {
        try {
            summary(fd.borrow());
            return new KernelSyncFile(fd);
        } catch (SystemCallException e) {
            fd.close();
            if (e.errno().equals(Errno.ENOTTY) || e.errno().equals(Errno.EINVAL)) {
                throw new UnsafeDescriptorException("the descriptor is no sync file");
            }
            throw e;
        } catch (RuntimeException e) {
            fd.close();
            throw e;
        }
    }

    /**
     * Merges two files: the result is signalled when both are.
     *
     * @param name the name of the result, cut to 31 bytes
     * @param first a file
     * @param second a file, or the same
     * @return a new file, owned by the caller
     * @throws SystemCallException if the kernel refuses, such as for the limit of open files
     */
    public static KernelSyncFile merge(String name, KernelSyncFile first, KernelSyncFile second)
            throws SystemCallException {
        return second.fd
                .borrow()
                .use(other -> new KernelSyncFile(MERGE.call(
                        first.fd.borrow(),
                        "cannot merge two sync files",
                        (data, _) ->
                                data.text("name", SyncUapi.NAME_LENGTH, name).set("fd2", other))));
    }

    /**
     * The descriptor, for passing it on.
     *
     * @return the descriptor; valid until {@link #close()}
     */
    public BorrowedFd fd() {
        return fd.borrow();
    }

    /**
     * Another descriptor for the same file.
     *
     * @return a file of its own, owned by the caller
     * @throws SystemCallException if the limit of open files is reached
     */
    public KernelSyncFile dup() throws SystemCallException {
        return new KernelSyncFile(fd.dup());
    }

    /**
     * The fence in the file: signalled when all that is in it is signalled.
     *
     * @return the fence, the same object in every call
     * @throws SystemCallException if the limit of open files is reached
     */
    public synchronized DmaFence fence() throws SystemCallException {
        KernelFence made = fence;
        if (made == null) {
            made = KernelFence.of(fd.borrow());
            fence = made;
        }
        return made;
    }

    /**
     * How the file stands: the kernel's status of the fence as a whole, without looking into it.
     *
     * @return 0 while it is active, 1 when it is signalled, the negated error number when it failed
     * @throws SystemCallException if the kernel refuses to tell
     */
    public int status() throws SystemCallException {
        return summary(fd.borrow()).status;
    }

    /**
     * All that the file tells, with every fence in it.
     *
     * @return the information
     * @throws SystemCallException if the kernel refuses to tell
     */
    public SyncFileInfo info() throws SystemCallException {
        return info(fd.borrow());
    }

    /**
     * Whether the file is signalled, by one look at its descriptor.
     *
     * @return true if it is
     */
    public boolean poll() {
        return isReadable(fd.borrow());
    }

    /**
     * Hints when the file is wanted, so that its driver can hurry. Does nothing before Linux 6.6, which brought it.
     *
     * @param deadlineNanos CLOCK_MONOTONIC in nanoseconds
     * @throws SystemCallException if the kernel refuses
     */
    public void setDeadline(long deadlineNanos) throws SystemCallException {
        setDeadline(fd.borrow(), deadlineNanos);
    }

    static void setDeadline(BorrowedFd fd, long deadlineNanos) throws SystemCallException {
        try {
            SET_DEADLINE.call(
                    fd, "cannot set a deadline", (argument, _) -> argument.setLong("deadline_ns", deadlineNanos));
        } catch (SystemCallException e) {
            if (!e.errno().equals(Errno.ENOTTY)) {
                throw e;
            }
        }
    }

    static boolean isReadable(BorrowedFd fd) {
        return (fd.use(number -> Devices.poll(number, Devices.IN)) & Devices.IN) != 0;
    }

    private static FileInfo summary(BorrowedFd fd) throws SystemCallException {
        return INFO.call(fd, "cannot ask a sync file how it stands", (_, _) -> {});
    }

    static SyncFileInfo info(BorrowedFd fd) throws SystemCallException {
        // The number of fences is fixed for the life of a file.
        int count = summary(fd).fences;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment array = SyncUapi.FENCE_INFO.allocateArray(arena, Math.max(count, 1));
            FileInfo file = INFO.call(
                    fd,
                    "cannot ask a sync file what it holds",
                    (argument, _) -> argument.set("num_fences", count).point("sync_fence_info", array));
            List<FenceInfo> fences = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                fences.add(fenceInfo(SyncUapi.FENCE_INFO.element(array, i)));
            }
            return new SyncFileInfo(file.name, statusOf(file.status), fences);
        }
    }

    private static FenceInfo fenceInfo(CValue info) {
        int status = info.get("status");
        return new FenceInfo(
                info.text("obj_name", SyncUapi.NAME_LENGTH),
                info.text("driver_name", SyncUapi.NAME_LENGTH),
                statusOf(status),
                errorOf(status),
                info.getLong("timestamp_ns"));
    }

    static FenceStatus statusOf(int status) {
        return status == 0 ? FenceStatus.ACTIVE : status > 0 ? FenceStatus.SIGNALED : FenceStatus.FAILED;
    }

    static @Nullable Errno errorOf(int status) {
        return status < 0 && status >= -Errno.MAX ? new Errno(-status) : null;
    }

    /** The first error that a fence of the file has, or that of the file as a whole. */
    static @Nullable Errno errorOf(BorrowedFd fd, SyncFileInfo info) throws SystemCallException {
        return info.fences().stream()
                .map(FenceInfo::error)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(errorOf(summary(fd).status));
    }

    /** Closes the descriptor. Idempotent; the fence lives on. */
    @Override
    public void close() {
        fd.close();
    }

    @Override
    public String toString() {
        return "sync file " + fd;
    }
}
