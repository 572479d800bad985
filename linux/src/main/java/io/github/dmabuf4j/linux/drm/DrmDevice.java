package io.github.dmabuf4j.linux.drm;

import io.github.dmabuf4j.linux.BorrowedFd;
import io.github.dmabuf4j.linux.OwnedFd;
import io.github.dmabuf4j.linux.SystemCallException;
import io.github.dmabuf4j.linux.dmabuf.KernelDmaBuf;
import io.github.dmabuf4j.linux.ioctl.DeviceNode;
import io.github.dmabuf4j.linux.ioctl.DrmUapi;
import io.github.dmabuf4j.linux.ioctl.Ioctl;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An open node of a graphics device: {@code /dev/dri/cardN}, or {@code renderDN} for those who have no screen to drive.
 *
 * <p>Handles of buffers and sync objects mean something only in the node where they were made, and end with it. All methods may be
 * called from any thread.
 *
 * @see <a href="https://docs.kernel.org/gpu/drm-uapi.html">Userland interfaces of the kernel's graphics system</a>
 */
public final class DrmDevice implements AutoCloseable {
    /** Where the nodes are. */
    public static final Path FOLDER = Path.of("/dev/dri");

    private static final int MAX_TEXT = 256;
    private static final Ioctl<long[]> GET_CAP =
            Ioctl.of("DRM_IOCTL_GET_CAP", DrmUapi.DRM_IOCTL_GET_CAP, DrmUapi.GET_CAP, (_, answer) ->
                    new long[] {answer.getLong("value")});
    private static final Ioctl<OwnedFd> HANDLE_TO_FD = Ioctl.of(
            "DRM_IOCTL_PRIME_HANDLE_TO_FD",
            DrmUapi.DRM_IOCTL_PRIME_HANDLE_TO_FD,
            DrmUapi.PRIME_HANDLE,
            (_, answer) -> DeviceNode.given(answer.get("fd")));
    private static final Ioctl<Integer> FD_TO_HANDLE = Ioctl.of(
            "DRM_IOCTL_PRIME_FD_TO_HANDLE",
            DrmUapi.DRM_IOCTL_PRIME_FD_TO_HANDLE,
            DrmUapi.PRIME_HANDLE,
            (_, answer) -> answer.get("handle"));
    private static final Ioctl<Boolean> GEM_CLOSE =
            Ioctl.of("DRM_IOCTL_GEM_CLOSE", DrmUapi.DRM_IOCTL_GEM_CLOSE, DrmUapi.GEM_CLOSE);
    private static final Ioctl<int[]> SYNCOBJ_CREATE = Ioctl.of(
            "DRM_IOCTL_SYNCOBJ_CREATE", DrmUapi.DRM_IOCTL_SYNCOBJ_CREATE, DrmUapi.SYNCOBJ_CREATE, (_, answer) ->
                    new int[] {answer.get("handle")});

    private final Path path;
    private final OwnedFd fd;
    // A buffer that comes in twice gets the same handle twice, and one close ends both: so they are counted.
    private final Map<Integer, Integer> users = new HashMap<>();

    /**
     * Who drives a device.
     *
     * @param name the driver's name, such as {@code vgem}
     * @param description the driver's description of itself
     * @param major the first part of its version
     * @param minor the second part
     * @param patch the third part
     */
    public record Version(String name, String description, int major, int minor, int patch) {}

    private DrmDevice(Path path, OwnedFd fd) {
        this.path = path;
        this.fd = fd;
    }

    /**
     * The nodes of this machine.
     *
     * @return the paths of all cards and render nodes, sorted; empty if there are none
     */
    public static List<Path> nodes() {
        List<Path> nodes = new ArrayList<>();
        if (Files.isDirectory(FOLDER)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(FOLDER, "{card,renderD}*")) {
                entries.forEach(nodes::add);
            } catch (IOException | DirectoryIteratorException unreadable) {
                return List.of();
            }
        }
        nodes.sort(null);
        return List.copyOf(nodes);
    }

    /**
     * Opens a node.
     *
     * @param path the node
     * @return the device, owned by the caller
     * @throws SystemCallException if there is no such node, no permission, or it is no graphics device
     */
    public static DrmDevice open(Path path) throws SystemCallException {
        DrmDevice device = new DrmDevice(
                path, DeviceNode.open(path, false, "there is no such device; is its driver's module loaded?"));
        try {
            device.version();
            return device;
        } catch (SystemCallException | RuntimeException e) {
            device.close();
            throw e;
        }
    }

    /**
     * Opens the first node whose driver has a name.
     *
     * @param driver the name, such as {@code vgem}
     * @return the device, owned by the caller; empty if there is none that this process may use
     */
    public static Optional<DrmDevice> find(String driver) {
        for (Path path : nodes()) {
            DrmDevice device = openIfOf(driver, path);
            if (device != null) {
                return Optional.of(device);
            }
        }
        return Optional.empty();
    }

    private static @Nullable DrmDevice openIfOf(String driver, Path path) {
        try {
            DrmDevice device = open(path);
            if (device.version().name().equals(driver)) {
                return device;
            }
            device.close();
            return null;
        } catch (SystemCallException notUsable) {
            return null;
        }
    }

    /**
     * The descriptor of the node.
     *
     * @return the descriptor; valid until {@link #close()}
     */
    public BorrowedFd fd() {
        return fd.borrow();
    }

    /**
     * Who drives the device.
     *
     * @return name and version of the driver
     * @throws SystemCallException if this is no graphics device
     */
    public Version version() throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(MAX_TEXT);
            MemorySegment description = arena.allocate(MAX_TEXT);
            Ioctl<Version> ioctl = Ioctl.of(
                    "DRM_IOCTL_VERSION",
                    DrmUapi.DRM_IOCTL_VERSION,
                    DrmUapi.VERSION,
                    (_, answer) -> new Version(
                            text(name, answer.getLong("name_len")),
                            text(description, answer.getLong("desc_len")),
                            answer.get("version_major"),
                            answer.get("version_minor"),
                            answer.get("version_patchlevel")));
            return ioctl.call(
                    fd.borrow(),
                    path + " is no graphics device",
                    (argument, _) -> argument.point("name", name)
                            .setLong("name_len", MAX_TEXT)
                            .point("desc", description)
                            .setLong("desc_len", MAX_TEXT));
        }
    }

    private static String text(MemorySegment memory, long length) {
        byte[] bytes =
                memory.asSlice(0, Math.clamp(length, 0, MAX_TEXT)).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /**
     * What a device can.
     *
     * @param capability what is asked
     * @return the driver's answer; 0 if it does not know the question
     */
    public long capability(DrmCapability capability) {
        try {
            return GET_CAP.call(fd.borrow(), "", (argument, _) -> argument.setLong("capability", capability.number()))[
                    0];
        } catch (SystemCallException unknown) {
            return 0;
        }
    }

    /**
     * Takes a buffer in.
     *
     * @param buffer the buffer; it stays the caller's
     * @return a handle on it, owned by the caller
     * @throws SystemCallException if the device cannot reach the memory of the buffer
     * @see <a href="https://docs.kernel.org/gpu/drm-mm.html#prime-buffer-sharing">PRIME buffer sharing</a>
     */
    public GemBuffer importBuffer(KernelDmaBuf buffer) throws SystemCallException {
        synchronized (users) {
            int handle = buffer.fd()
                    .use(number -> FD_TO_HANDLE.call(
                            fd.borrow(),
                            this + " does not take " + buffer,
                            (argument, _) -> argument.set("fd", number)));
            return counted(handle, buffer.size(), 0);
        }
    }

    /**
     * Makes a simple buffer, such as a screen shows: every driver with a screen can, and so can vgem.
     *
     * @param width in pixels
     * @param height in pixels
     * @param bitsPerPixel 32 for XRGB8888
     * @return the buffer, owned by the caller
     * @throws SystemCallException if the driver does not make such buffers, or has no memory
     */
    public GemBuffer createDumbBuffer(int width, int height, int bitsPerPixel) throws SystemCallException {
        Ioctl<GemBuffer> create = Ioctl.of(
                "DRM_IOCTL_MODE_CREATE_DUMB",
                DrmUapi.DRM_IOCTL_MODE_CREATE_DUMB,
                DrmUapi.CREATE_DUMB,
                (_, answer) -> counted(answer.get("handle"), answer.getLong("size"), answer.get("pitch")));
        synchronized (users) {
            return create.call(
                    fd.borrow(),
                    this + " makes no buffer of " + width + "x" + height + " with " + bitsPerPixel + " bits",
                    (argument, _) ->
                            argument.set("width", width).set("height", height).set("bpp", bitsPerPixel));
        }
    }

    private GemBuffer counted(int handle, long size, int stride) {
        users.merge(handle, 1, Integer::sum);
        return new GemBuffer(this, handle, size, stride);
    }

    KernelDmaBuf export(GemBuffer buffer) throws IOException {
        return KernelDmaBuf.adopt(HANDLE_TO_FD.call(
                fd.borrow(),
                this + " does not give out a buffer",
                (argument, _) ->
                        argument.set("handle", buffer.handle()).set("flags", DrmUapi.DRM_CLOEXEC | DrmUapi.DRM_RDWR)));
    }

    void close(GemBuffer buffer) {
        synchronized (users) {
            int left = users.merge(buffer.handle(), -1, Integer::sum);
            if (left > 0 || fd.isClosed()) {
                return;
            }
            users.remove(buffer.handle());
            try {
                GEM_CLOSE.call(fd.borrow(), "", (argument, _) -> argument.set("handle", buffer.handle()));
            } catch (SystemCallException | IllegalStateException e) {
                // The device was closed or unplugged, which ended the handle.
                return;
            }
        }
    }

    /**
     * Makes a sync object.
     *
     * @param signaled whether it begins with a signalled fence, otherwise with none
     * @return the object, owned by the caller
     * @throws SystemCallException if the driver has none (EOPNOTSUPP)
     */
    public DrmSyncObj createSyncObj(boolean signaled) throws SystemCallException {
        return new DrmSyncObj(
                this,
                SYNCOBJ_CREATE
                        .call(
                                fd.borrow(),
                                this + " makes no sync object; not every driver has them",
                                (argument, _) ->
                                        argument.set("flags", signaled ? DrmUapi.DRM_SYNCOBJ_CREATE_SIGNALED : 0))[0]);
    }

    /** Closes the node; its handles end. Idempotent. */
    @Override
    public void close() {
        fd.close();
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
