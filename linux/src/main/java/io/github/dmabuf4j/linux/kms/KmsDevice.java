package io.github.dmabuf4j.linux.kms;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.linux.BorrowedFd;
import io.github.dmabuf4j.linux.SystemCallException;
import io.github.dmabuf4j.linux.drm.DrmDevice;
import io.github.dmabuf4j.linux.ioctl.DrmUapi;
import io.github.dmabuf4j.linux.ioctl.Ioctl;
import io.github.dmabuf4j.linux.ioctl.KmsUapi;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A graphics device with displays, {@code /dev/dri/cardN}.
 *
 * <p>All methods may be called from any thread.
 *
 * @see <a href="https://docs.kernel.org/gpu/drm-kms.html">Kernel mode setting</a>
 */
public final class KmsDevice implements AutoCloseable {
    private static final Ioctl<Boolean> SET_CLIENT_CAP =
            Ioctl.of("DRM_IOCTL_SET_CLIENT_CAP", DrmUapi.DRM_IOCTL_SET_CLIENT_CAP, DrmUapi.SET_CLIENT_CAP);
    private static final Ioctl<Boolean> SET_MASTER =
            Ioctl.of("DRM_IOCTL_SET_MASTER", KmsUapi.DRM_IOCTL_SET_MASTER, KmsUapi.NUMBER);
    private static final Ioctl<Boolean> DROP_MASTER =
            Ioctl.of("DRM_IOCTL_DROP_MASTER", KmsUapi.DRM_IOCTL_DROP_MASTER, KmsUapi.NUMBER);
    private static final Ioctl<Boolean> AUTH_MAGIC =
            Ioctl.of("DRM_IOCTL_AUTH_MAGIC", KmsUapi.DRM_IOCTL_AUTH_MAGIC, KmsUapi.NUMBER);

    private final DrmDevice drm;
    private final boolean atomic;
    private final KmsResources resources;
    private final FlipEvents events;

    /** How pictures are put on the screen. */
    public enum Api {
        /** All that belongs together at once, where the driver can; otherwise one by one. */
        BEST,
        /** One by one, as every driver can: without fences of the kernel and without write-back. */
        LEGACY
    }

    private KmsDevice(DrmDevice drm, boolean atomic, boolean universal) {
        this.drm = drm;
        this.atomic = atomic && universal;
        this.resources = new KmsResources(drm.fd(), drm.toString());
        this.events = new FlipEvents(drm.fd());
    }

    /**
     * Opens a device.
     *
     * @param path the node of a card
     * @return the device, owned by the caller
     * @throws SystemCallException if there is no such node, no permission, or it is no graphics device
     */
    public static KmsDevice open(Path path) throws SystemCallException {
        return open(path, Api.BEST);
    }

    /**
     * Opens a device.
     *
     * @param path the node of a card
     * @param api how pictures are put on the screen
     * @return the device, owned by the caller
     * @throws SystemCallException if there is no such node, no permission, or it is no graphics device
     */
    public static KmsDevice open(Path path, Api api) throws SystemCallException {
        DrmDevice drm = DrmDevice.open(path);
        try {
            boolean universal = tell(drm, KmsUapi.DRM_CLIENT_CAP_UNIVERSAL_PLANES);
            boolean atomic = api == Api.BEST && tell(drm, KmsUapi.DRM_CLIENT_CAP_ATOMIC);
            if (atomic) {
                tell(drm, KmsUapi.DRM_CLIENT_CAP_WRITEBACK_CONNECTORS);
            }
            return new KmsDevice(drm, atomic, universal);
        } catch (RuntimeException e) {
            drm.close();
            throw e;
        }
    }

    /**
     * Opens the first device whose driver has a name.
     *
     * @param driver the name, such as {@code vkms}
     * @param api how pictures are put on the screen
     * @return the device, owned by the caller; empty if there is none that this process may use
     */
    public static Optional<KmsDevice> find(String driver, Api api) {
        for (Path path : DrmDevice.nodes()) {
            if (path.getFileName().toString().startsWith("card")) {
                KmsDevice device = openIfOf(driver, path, api);
                if (device != null) {
                    return Optional.of(device);
                }
            }
        }
        return Optional.empty();
    }

    private static @Nullable KmsDevice openIfOf(String driver, Path path, Api api) {
        try {
            KmsDevice device = open(path, api);
            if (device.drm.version().name().equals(driver)) {
                return device;
            }
            device.close();
            return null;
        } catch (SystemCallException notUsable) {
            return null;
        }
    }

    private static boolean tell(DrmDevice drm, int capability) {
        try {
            return SET_CLIENT_CAP.call(
                    drm.fd(),
                    "",
                    (argument, _) -> argument.setLong("capability", capability).setLong("value", 1));
        } catch (SystemCallException unknown) {
            return false;
        }
    }

    /**
     * The device as one that makes buffers and takes them in.
     *
     * @return the device; it stays this one's
     */
    public DrmDevice drm() {
        return drm;
    }

    /**
     * Whether all that belongs together is set at once.
     *
     * @return false if the driver cannot, or was asked not to
     */
    public boolean isAtomic() {
        return atomic;
    }

    /**
     * Whether this program may show pictures on the device.
     *
     * @return true if it is the device's master
     */
    public boolean isMaster() {
        try {
            return AUTH_MAGIC.call(drm.fd(), "", (_, _) -> {});
        } catch (SystemCallException e) {
            // Nobody has the number 0: the master is told so, and others that they may not ask.
            return e.errno().equals(Errno.EINVAL);
        }
    }

    /**
     * Becomes the master again, as the first program that opens a device is by itself.
     *
     * @throws SystemCallException if another program is (EBUSY), or this one may not become it (EACCES)
     */
    public void becomeMaster() throws SystemCallException {
        KmsCall.call(SET_MASTER, drm.fd(), "cannot become the master of " + drm, (_, _) -> {});
    }

    /**
     * Lets another program become the master. What is shown stays on the screen.
     *
     * @throws SystemCallException if this program is not the master
     */
    public void dropMaster() throws SystemCallException {
        KmsCall.call(DROP_MASTER, drm.fd(), "cannot give " + drm + " away", (_, _) -> {});
    }

    /**
     * Where displays are plugged in, and connectors that write back. Asks each display what it can, which takes long on real
     * ones.
     *
     * @return the connectors, with or without a display
     * @throws IOException if the device has none, was unplugged, or does not tell
     */
    public List<Connector> connectors() throws IOException {
        List<Connector> connectors = new ArrayList<>();
        for (int id : resources.ids().connectors()) {
            connectors.add(resources.connector(id));
        }
        return List.copyOf(connectors);
    }

    /**
     * What sends pictures to connectors.
     *
     * @return the CRTCs
     * @throws IOException if the device has none, was unplugged, or does not tell
     */
    public List<Crtc> crtcs() throws IOException {
        return List.copyOf(resources.crtcs(resources.ids()));
    }

    /**
     * From where pictures are taken.
     *
     * @return the planes
     * @throws IOException if the device was unplugged, or does not tell
     */
    public List<Plane> planes() throws IOException {
        return List.copyOf(resources.planes());
    }

    /**
     * How many events came that nobody had asked for.
     *
     * @return the number; 0 unless the driver is wrong
     */
    public long strayEvents() {
        return events.strays();
    }

    BorrowedFd fd() {
        return drm.fd();
    }

    FlipEvents events() {
        return events;
    }

    /** The bytes of a property; empty for the number 0. */
    MemorySegment blob(long id, Arena arena) throws SystemCallException {
        return id == 0 ? MemorySegment.NULL : resources.blob((int) id, arena);
    }

    /** Closes the node: what it shows goes dark, and its buffers and handles end. Idempotent. */
    @Override
    public void close() {
        events.close();
        drm.close();
    }

    @Override
    public String toString() {
        return drm.toString();
    }
}
