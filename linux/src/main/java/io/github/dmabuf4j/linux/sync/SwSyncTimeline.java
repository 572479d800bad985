package io.github.dmabuf4j.linux.sync;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.linux.OwnedFd;
import io.github.dmabuf4j.linux.SystemCallException;
import io.github.dmabuf4j.linux.ioctl.DeviceNode;
import io.github.dmabuf4j.linux.ioctl.Ioctl;
import io.github.dmabuf4j.linux.ioctl.SyncUapi;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * A software timeline of the kernel, whose fences a program signals by moving it: for tests of drivers, on kernels that were
 * built with it. A forgotten one can block drivers for ever, so the kernel marks itself as tainted when it is used.
 *
 * <p>Its name is that of the thread which opens it. All methods may be called from any thread.
 *
 * @see <a href="https://docs.kernel.org/driver-api/sync_file.html">Sync files in the kernel's manual</a>
 */
public final class SwSyncTimeline implements AutoCloseable {
    /** Where the kernel offers software timelines, if debugfs is mounted. */
    public static final Path NODE = Path.of("/sys/kernel/debug/sync/sw_sync");

    private static final Ioctl<OwnedFd> CREATE_FENCE = Ioctl.of(
            "SW_SYNC_IOC_CREATE_FENCE",
            SyncUapi.SW_SYNC_IOC_CREATE_FENCE,
            SyncUapi.CREATE_FENCE_DATA,
            (_, data) -> DeviceNode.given(data.get("fence")));
    private static final Ioctl<Boolean> INC = Ioctl.of("SW_SYNC_IOC_INC", SyncUapi.SW_SYNC_IOC_INC, SyncUapi.INCREMENT);
    private static final Ioctl<Long> GET_DEADLINE = Ioctl.of(
            "SW_SYNC_GET_DEADLINE",
            SyncUapi.SW_SYNC_GET_DEADLINE,
            SyncUapi.GET_DEADLINE,
            (_, answer) -> answer.getLong("deadline_ns"));

    private final OwnedFd fd;

    private SwSyncTimeline(OwnedFd fd) {
        this.fd = fd;
    }

    /**
     * Whether the kernel offers software timelines to this process.
     *
     * @return true if {@link #open()} can be expected to work
     */
    public static boolean isAvailable() {
        return Files.isReadable(NODE) && Files.isWritable(NODE);
    }

    /**
     * Makes a timeline at 0.
     *
     * @return the timeline, owned by the caller
     * @throws SystemCallException if the kernel was not built with it, debugfs is not mounted, or there is no permission
     */
    public static SwSyncTimeline open() throws SystemCallException {
        return new SwSyncTimeline(DeviceNode.open(
                NODE, false, "debugfs is not mounted there, or the kernel was built without CONFIG_SW_SYNC"));
    }

    /**
     * A file with the fence of a point; it is signalled from the start if the timeline has passed the point, compared
     * with wrap-around.
     *
     * @param value the point, an unsigned number of 32 bits
     * @return the file, owned by the caller
     * @throws IOException if the limit of open files is reached
     */
    public KernelSyncFile createFence(int value) throws IOException {
        return KernelSyncFile.adopt(CREATE_FENCE.call(
                fd.borrow(), "cannot make a point of a software timeline", (data, _) -> data.set("value", value)));
    }

    /**
     * Moves the timeline on and signals what it passes.
     *
     * @param amount how far, an unsigned number of 32 bits
     * @throws SystemCallException if the kernel refuses
     */
    public void increment(int amount) throws SystemCallException {
        INC.call(fd.borrow(), "cannot move a software timeline", (data, _) -> data.set("value", amount));
    }

    /**
     * The earliest deadline that was ever set for a point of any software timeline.
     *
     * @param file a file with one point, not a merged one
     * @return CLOCK_MONOTONIC in nanoseconds, or nothing if nobody set any
     * @throws SystemCallException if the file holds no point of a software timeline
     */
    public OptionalLong deadline(KernelSyncFile file) throws SystemCallException {
        try {
            return OptionalLong.of(file.fd()
                    .use(number -> GET_DEADLINE.call(
                            fd.borrow(),
                            "cannot ask for a deadline",
                            (argument, _) -> argument.set("fence_fd", number))));
        } catch (SystemCallException e) {
            if (e.errno().equals(Errno.ENOENT)) {
                return OptionalLong.empty();
            }
            throw e;
        }
    }

    /** Ends the timeline: points that are not reached fail with ENOENT. Idempotent. */
    @Override
    public void close() {
        fd.close();
    }
}
