package io.github.dmabuf4j.linux.drm;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.linux.BorrowedFd;
import io.github.dmabuf4j.linux.OwnedFd;
import io.github.dmabuf4j.linux.SystemCallException;
import io.github.dmabuf4j.linux.ioctl.CValue;
import io.github.dmabuf4j.linux.ioctl.DeviceNode;
import io.github.dmabuf4j.linux.ioctl.DrmUapi;
import io.github.dmabuf4j.linux.ioctl.Ioctl;
import io.github.dmabuf4j.linux.sync.EventFd;
import io.github.dmabuf4j.linux.sync.KernelSyncFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A sync object of the kernel: a container for a fence that can be replaced (binary), or for a line of numbered points, each with
 * a fence, that can be waited for before they exist (timeline). Which of the two it is depends only on how it is used.
 *
 * <p>All methods may be called from any thread. {@link DrmSyncWait} waits.
 *
 * @see <a href="https://docs.kernel.org/gpu/drm-mm.html#drm-sync-objects">DRM sync objects</a>
 */
public final class DrmSyncObj implements AutoCloseable {
    private static final Ioctl<Boolean> DESTROY =
            Ioctl.of("DRM_IOCTL_SYNCOBJ_DESTROY", DrmUapi.DRM_IOCTL_SYNCOBJ_DESTROY, DrmUapi.SYNCOBJ_DESTROY);
    private static final Ioctl<OwnedFd> HANDLE_TO_FD = Ioctl.of(
            "DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD",
            DrmUapi.DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD,
            DrmUapi.SYNCOBJ_HANDLE,
            (_, answer) -> DeviceNode.given(answer.get("fd")));
    private static final Ioctl<int[]> FD_TO_HANDLE = Ioctl.of(
            "DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE",
            DrmUapi.DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE,
            DrmUapi.SYNCOBJ_HANDLE,
            (_, answer) -> new int[] {answer.get("handle")});
    private static final Ioctl<Boolean> RESET =
            Ioctl.of("DRM_IOCTL_SYNCOBJ_RESET", DrmUapi.DRM_IOCTL_SYNCOBJ_RESET, DrmUapi.SYNCOBJ_ARRAY);
    private static final Ioctl<Boolean> SIGNAL =
            Ioctl.of("DRM_IOCTL_SYNCOBJ_SIGNAL", DrmUapi.DRM_IOCTL_SYNCOBJ_SIGNAL, DrmUapi.SYNCOBJ_ARRAY);
    private static final Ioctl<Boolean> TIMELINE_SIGNAL = Ioctl.of(
            "DRM_IOCTL_SYNCOBJ_TIMELINE_SIGNAL",
            DrmUapi.DRM_IOCTL_SYNCOBJ_TIMELINE_SIGNAL,
            DrmUapi.SYNCOBJ_TIMELINE_ARRAY);
    private static final Ioctl<Boolean> QUERY =
            Ioctl.of("DRM_IOCTL_SYNCOBJ_QUERY", DrmUapi.DRM_IOCTL_SYNCOBJ_QUERY, DrmUapi.SYNCOBJ_TIMELINE_ARRAY);
    private static final Ioctl<Boolean> TRANSFER =
            Ioctl.of("DRM_IOCTL_SYNCOBJ_TRANSFER", DrmUapi.DRM_IOCTL_SYNCOBJ_TRANSFER, DrmUapi.SYNCOBJ_TRANSFER);
    private static final Ioctl<Boolean> EVENTFD =
            Ioctl.of("DRM_IOCTL_SYNCOBJ_EVENTFD", DrmUapi.DRM_IOCTL_SYNCOBJ_EVENTFD, DrmUapi.SYNCOBJ_EVENTFD);

    private final DrmDevice device;
    private final int handle;
    private final AtomicBoolean closed = new AtomicBoolean();

    DrmSyncObj(DrmDevice device, int handle) {
        this.device = device;
        this.handle = handle;
    }

    /**
     * Makes an object of a descriptor that another process exported. Each call makes another handle of the same object.
     *
     * @param device where the handle is made
     * @param fd the descriptor; it stays the caller's
     * @return the object, owned by the caller
     * @throws SystemCallException if the descriptor is no sync object (EINVAL)
     */
    public static DrmSyncObj importObject(DrmDevice device, BorrowedFd fd) throws SystemCallException {
        return fd.use(number -> new DrmSyncObj(
                device,
                FD_TO_HANDLE
                        .call(
                                device.fd(),
                                "the descriptor is no sync object",
                                (argument, _) -> argument.set("fd", number))[0]));
    }

    /**
     * The node whose object this is.
     *
     * @return the device
     */
    public DrmDevice device() {
        return device;
    }

    /**
     * The number of the object in its device.
     *
     * @return the handle
     * @throws IllegalStateException if the object is closed
     */
    public int handle() {
        if (closed.get()) {
            throw new IllegalStateException("this sync object is closed");
        }
        return handle;
    }

    /**
     * Makes a descriptor for another process.
     *
     * @return the descriptor, owned by the caller
     * @throws SystemCallException if the limit of open files is reached
     */
    public OwnedFd exportObject() throws SystemCallException {
        return HANDLE_TO_FD.call(
                device.fd(), "cannot export a sync object", (argument, _) -> argument.set("handle", handle()));
    }

    /**
     * Takes the fence out.
     *
     * @throws SystemCallException if the kernel refuses
     */
    public void reset() throws SystemCallException {
        RESET.call(device.fd(), "cannot reset a sync object", this::alone);
    }

    /**
     * Puts in a fence that is signalled.
     *
     * @throws SystemCallException if the kernel refuses
     */
    public void signal() throws SystemCallException {
        SIGNAL.call(device.fd(), "cannot signal a sync object", this::alone);
    }

    /**
     * Adds a point that is signalled.
     *
     * @param point its number, unsigned
     * @throws SystemCallException if the driver's objects have no points (EOPNOTSUPP)
     */
    public void signalPoint(long point) throws SystemCallException {
        TIMELINE_SIGNAL.call(device.fd(), "cannot signal a point of a sync object", (argument, arena) -> {
            alone(argument, arena);
            argument.point("points", arena.allocateFrom(ValueLayout.JAVA_LONG, point));
        });
    }

    /**
     * The point that is reached.
     *
     * @return its number; 0 for an object without points
     * @throws SystemCallException if the driver's objects have no points (EOPNOTSUPP)
     */
    public long query() throws SystemCallException {
        return query(0);
    }

    /**
     * The newest point that was added, reached or not.
     *
     * @return its number; 0 for an object without points
     * @throws SystemCallException if the driver's objects have no points (EOPNOTSUPP)
     */
    public long lastSubmitted() throws SystemCallException {
        return query(DrmUapi.DRM_SYNCOBJ_QUERY_FLAGS_LAST_SUBMITTED);
    }

    private long query(int flags) throws SystemCallException {
        try (Arena around = Arena.ofConfined()) {
            MemorySegment point = around.allocate(ValueLayout.JAVA_LONG);
            QUERY.call(device.fd(), "cannot ask for the point of a sync object", (argument, arena) -> {
                alone(argument, arena);
                argument.point("points", point).set("flags", flags);
            });
            return point.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    private void alone(CValue argument, Arena arena) {
        argument.point("handles", arena.allocateFrom(ValueLayout.JAVA_INT, handle()))
                .set("count_handles", 1);
    }

    /**
     * A sync file with the fence of a point as it is now; later changes of the object do not reach it.
     *
     * @param point the number, unsigned; 0 for whatever fence is held
     * @return the file, owned by the caller
     * @throws SystemCallException if there is no fence (EINVAL), or points cannot be exported before Linux 6.12: then
     *     {@link #transfer} the point to another object first
     */
    public KernelSyncFile exportSyncFile(long point) throws IOException {
        int flags = DrmUapi.DRM_SYNCOBJ_HANDLE_TO_FD_FLAGS_EXPORT_SYNC_FILE
                | (point == 0 ? 0 : DrmUapi.DRM_SYNCOBJ_HANDLE_TO_FD_FLAGS_TIMELINE);
        try {
            return KernelSyncFile.adopt(HANDLE_TO_FD.call(
                    device.fd(),
                    "cannot export the fence of point " + Long.toUnsignedString(point) + " of a sync object",
                    (argument, _) ->
                            argument.set("handle", handle()).set("flags", flags).setLong("point", point)));
        } catch (SystemCallException e) {
            if (point == 0 || !e.errno().equals(Errno.EINVAL)) {
                throw e;
            }
            return exportThroughBinary(point);
        }
    }

    /** For kernels that do not know the flag; if it was refused because there is no fence, this is refused too. */
    private KernelSyncFile exportThroughBinary(long point) throws IOException {
        try (DrmSyncObj binary = device.createSyncObj(false)) {
            transfer(new DrmSyncPoint(this, point), new DrmSyncPoint(binary, 0), false);
            return binary.exportSyncFile(0);
        }
    }

    /**
     * Takes the fence of a sync file.
     *
     * @param file the file; it stays the caller's
     * @param point 0 replaces the fence, another number adds a point
     * @throws SystemCallException if the kernel refuses
     */
    public void importSyncFile(KernelSyncFile file, long point) throws SystemCallException {
        if (point == 0) {
            importBinary(file);
            return;
        }
        // The flag for points is younger than points are: through another object it works everywhere.
        try (DrmSyncObj binary = device.createSyncObj(false)) {
            binary.importBinary(file);
            transfer(new DrmSyncPoint(binary, 0), new DrmSyncPoint(this, point), false);
        }
    }

    private void importBinary(KernelSyncFile file) throws SystemCallException {
        file.fd()
                .use(number -> FD_TO_HANDLE.call(
                        device.fd(),
                        "a sync object does not take the fence of " + file,
                        (argument, _) -> argument.set("handle", handle())
                                .set("flags", DrmUapi.DRM_SYNCOBJ_FD_TO_HANDLE_FLAGS_IMPORT_SYNC_FILE)
                                .set("fd", number)));
    }

    /**
     * Copies a fence between objects of one device.
     *
     * @param from what to copy
     * @param to where; point 0 replaces the fence, another is added
     * @param forSubmit whether to wait for a point that does not exist yet; the kernel does so for five seconds and not for
     *     interrupts
     * @throws SystemCallException if there is nothing to copy (EINVAL), or did not come in time (ETIME)
     */
    public static void transfer(DrmSyncPoint from, DrmSyncPoint to, boolean forSubmit) throws SystemCallException {
        TRANSFER.call(
                from.object().device.fd(),
                "cannot copy point " + Long.toUnsignedString(from.point()) + " of a sync object",
                (argument, _) -> argument.set("src_handle", from.object().handle())
                        .set("dst_handle", to.object().handle())
                        .setLong("src_point", from.point())
                        .setLong("dst_point", to.point())
                        .set("flags", forSubmit ? DrmUapi.DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT : 0));
    }

    /**
     * Has a counter counted up, once, when a point is reached; so it can be waited for together with descriptors, by
     * {@link io.github.dmabuf4j.linux.FdDispatcher} for example. Needs Linux 6.6.
     *
     * @param event the counter; it stays the caller's
     * @param point the number, unsigned
     * @param available whether it is counted when the point exists, otherwise when it is signalled
     * @throws SystemCallException if the kernel does not know this (EINVAL before Linux 6.6)
     */
    public void notify(EventFd event, long point, boolean available) throws SystemCallException {
        event.fd()
                .use(number -> EVENTFD.call(
                        device.fd(),
                        "a sync object does not count an eventfd up; Linux 6.6 or newer is needed",
                        (argument, _) -> argument.set("handle", handle())
                                .set("flags", available ? DrmUapi.DRM_SYNCOBJ_WAIT_FLAGS_WAIT_AVAILABLE : 0)
                                .setLong("point", point)
                                .set("fd", number)));
    }

    /** Gives up the object; other handles and descriptors keep it. Idempotent. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            try {
                DESTROY.call(device.fd(), "", (argument, _) -> argument.set("handle", handle));
            } catch (SystemCallException | IllegalStateException gone) {
                // The device was closed or unplugged, which ended the object.
                return;
            }
        }
    }
}
