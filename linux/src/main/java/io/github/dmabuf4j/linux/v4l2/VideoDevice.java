package io.github.dmabuf4j.linux.v4l2;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.linux.BorrowedFd;
import io.github.dmabuf4j.linux.OwnedFd;
import io.github.dmabuf4j.linux.SystemCallException;
import io.github.dmabuf4j.linux.ioctl.CValue;
import io.github.dmabuf4j.linux.ioctl.DeviceNode;
import io.github.dmabuf4j.linux.ioctl.Ioctl;
import io.github.dmabuf4j.linux.ioctl.VideoUapi;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * An open video device, {@code /dev/videoN}: a camera, an output, or a converter that makes pictures of pictures. Pictures may lie in
 * one buffer, or each of their planes in a buffer of its own.
 *
 * <p>All methods may be called from any thread. Once the device is unplugged they throw {@link DeviceGoneException}.
 *
 * @see <a href="https://docs.kernel.org/userspace-api/media/v4l/v4l2.html">Video for Linux in the kernel's manual</a>
 */
public final class VideoDevice implements AutoCloseable {
    private static final Path FOLDER = Path.of("/dev");
    private static final Ioctl<Identity> QUERYCAP = Ioctl.of(
            "VIDIOC_QUERYCAP", VideoUapi.VIDIOC_QUERYCAP, VideoUapi.CAPABILITY, (_, answer) -> identity(answer));
    private static final Ioctl<VideoFormat> G_FMT =
            Ioctl.of("VIDIOC_G_FMT", VideoUapi.VIDIOC_G_FMT, VideoUapi.FORMAT, (_, answer) -> FormatCodec.read(answer));
    private static final Ioctl<VideoFormat> S_FMT =
            Ioctl.of("VIDIOC_S_FMT", VideoUapi.VIDIOC_S_FMT, VideoUapi.FORMAT, (_, answer) -> FormatCodec.read(answer));

    private final Path path;
    private final OwnedFd fd;
    private final Identity identity;

    /**
     * Who drives a device.
     *
     * @param driver the driver's name, such as {@code vivid}
     * @param card the name of the device
     * @param capabilities what the node can, as bits
     */
    public record Identity(String driver, String card, int capabilities) {
        /**
         * Whether it captures pictures in buffers.
         *
         * @return true for a camera or a converter
         */
        public boolean captures() {
            return streams(Direction.CAPTURE);
        }

        /**
         * Whether pictures in buffers go that way.
         *
         * @param direction the way
         * @return true if the device can have such a queue
         */
        public boolean streams(Direction direction) {
            return (capabilities & VideoUapi.V4L2_CAP_STREAMING) != 0 && direction.isIn(capabilities);
        }

        /**
         * Whether each plane of a picture may have a buffer of its own.
         *
         * @param direction which way the pictures go
         * @return true for what the kernel calls the multi-planar interface
         */
        public boolean isMultiPlanar(Direction direction) {
            return direction.isPlanarIn(capabilities);
        }
    }

    private VideoDevice(Path path, OwnedFd fd, Identity identity) {
        this.path = path;
        this.fd = fd;
        this.identity = identity;
    }

    private static Identity identity(CValue answer) {
        boolean ofNode = (answer.get("capabilities") & VideoUapi.V4L2_CAP_DEVICE_CAPS) != 0;
        return new Identity(
                answer.text("driver", 16),
                answer.text("card", 32),
                answer.get(ofNode ? "device_caps" : "capabilities"));
    }

    /**
     * The video nodes of this machine, cameras or not.
     *
     * @return their paths, by their numbers; empty if there are none
     */
    public static List<Path> nodes() {
        List<Path> nodes = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(FOLDER, "video*")) {
            entries.forEach(nodes::add);
        } catch (IOException | DirectoryIteratorException unreadable) {
            return List.of();
        }
        nodes.sort(Comparator.comparingInt((Path node) -> node.toString().length())
                .thenComparing(Comparator.naturalOrder()));
        return List.copyOf(nodes);
    }

    /**
     * Opens a device that captures.
     *
     * @param path the node
     * @return the device, owned by the caller
     * @throws SystemCallException if there is no such node, no permission, or it does not capture pictures in buffers
     */
    public static VideoDevice open(Path path) throws SystemCallException {
        return open(path, Direction.CAPTURE);
    }

    /**
     * Opens a device.
     *
     * @param path the node
     * @param directions which ways pictures shall go; none to take any video device
     * @return the device, owned by the caller
     * @throws SystemCallException if there is no such node, no permission, or it cannot do that
     */
    public static VideoDevice open(Path path, Direction... directions) throws SystemCallException {
        OwnedFd fd = DeviceNode.open(path, true, "there is no such device; is its driver's module loaded?");
        try {
            Identity identity = QUERYCAP.call(fd.borrow(), path + " is no video device", (_, _) -> {});
            for (Direction direction : directions) {
                if (!identity.streams(direction)) {
                    throw new SystemCallException(
                            "VIDIOC_QUERYCAP",
                            Errno.EINVAL,
                            path + " (" + identity.card() + ") "
                                    + (direction == Direction.CAPTURE ? "captures" : "takes")
                                    + " no pictures in buffers; try another node of it");
                }
            }
            return new VideoDevice(path, fd, identity);
        } catch (SystemCallException | RuntimeException e) {
            fd.close();
            throw e;
        }
    }

    /**
     * Who drives the device.
     *
     * @return names and capabilities
     */
    public Identity identity() {
        return identity;
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
     * The pixel formats that the device captures.
     *
     * @return the four letters of each, in the driver's order of preference
     * @throws SystemCallException if the device was unplugged (ENODEV)
     */
    public List<String> pixelFormats() throws SystemCallException {
        return formats(Direction.CAPTURE).stream().map(FormatInfo::letters).toList();
    }

    /**
     * The pixel formats that the device knows.
     *
     * @param direction which way the pictures go
     * @return the formats, in the driver's order of preference
     * @throws SystemCallException if the device was unplugged (ENODEV)
     */
    public List<FormatInfo> formats(Direction direction) throws SystemCallException {
        return Enumerations.formats(this, direction);
    }

    /**
     * The sizes of a pixel format.
     *
     * @param pixelFormat its four letters
     * @return the sizes; empty if the driver does not tell
     * @throws SystemCallException if the device was unplugged (ENODEV)
     */
    public List<FrameSize> frameSizes(String pixelFormat) throws SystemCallException {
        return Enumerations.sizes(this, pixelFormat);
    }

    /**
     * The times between pictures of a size.
     *
     * @param pixelFormat its four letters
     * @param width in pixels
     * @param height in pixels
     * @return the times, or the shortest and the longest where any between them will do; empty if the driver does not tell
     * @throws SystemCallException if the device was unplugged (ENODEV)
     */
    public List<FrameInterval> frameIntervals(String pixelFormat, int width, int height) throws SystemCallException {
        return Enumerations.intervals(this, pixelFormat, width, height);
    }

    /**
     * The time between captured pictures that is set.
     *
     * @return the time; zero if the device does not know it
     * @throws SystemCallException if the device was unplugged (ENODEV)
     */
    public FrameInterval frameInterval() throws SystemCallException {
        return Enumerations.interval(this, null);
    }

    /**
     * Sets the time between captured pictures. A device that cannot do exactly this does the nearest it can.
     *
     * @param wanted the time
     * @return what is set; zero if the device does not know such a thing
     * @throws SystemCallException if it cannot be changed now (EBUSY), or the device was unplugged (ENODEV)
     */
    public FrameInterval setFrameInterval(FrameInterval wanted) throws SystemCallException {
        return Enumerations.interval(this, wanted);
    }

    /**
     * The format of captured pictures that is set.
     *
     * @return the format
     * @throws SystemCallException if the device was unplugged (ENODEV)
     */
    public VideoFormat format() throws SystemCallException {
        return format(Direction.CAPTURE);
    }

    /**
     * The format that is set.
     *
     * @param direction which way the pictures go
     * @return the format
     * @throws SystemCallException if the device was unplugged (ENODEV)
     */
    public VideoFormat format(Direction direction) throws SystemCallException {
        return call(G_FMT, "cannot ask " + this + " for its format", argument -> argument.set("type", type(direction)));
    }

    /**
     * Sets the format of captured pictures.
     *
     * @param wanted the format
     * @return what is set
     * @throws SystemCallException as {@link #setFormat(Direction, VideoFormat)}
     */
    public VideoFormat setFormat(VideoFormat wanted) throws SystemCallException {
        return setFormat(Direction.CAPTURE, wanted);
    }

    /**
     * Sets a format. A device that cannot do exactly this does the nearest it can: look at the answer.
     *
     * @param direction which way the pictures go
     * @param wanted the format; the buffers that it has beyond those of the pixel format are not looked at
     * @return what is set
     * @throws SystemCallException if it cannot be changed now (EBUSY): a queue has buffers
     */
    public VideoFormat setFormat(Direction direction, VideoFormat wanted) throws SystemCallException {
        return call(
                S_FMT,
                "cannot set " + this + " to " + wanted,
                argument -> FormatCodec.write(wanted, type(direction), argument));
    }

    /**
     * The device's controls: brightness, test patterns, and whatever else it has.
     *
     * @return the controls; valid as long as the device is open
     */
    public VideoControls controls() {
        return new VideoControls(this);
    }

    /**
     * What happens to the device.
     *
     * @return the events; valid as long as the device is open
     */
    public VideoEvents events() {
        return new VideoEvents(this);
    }

    /** The kernel's name of a queue of this device. */
    int type(Direction direction) {
        return direction.type(identity.capabilities());
    }

    /** What fills the structure of a request. */
    @FunctionalInterface
    interface Encoder {
        void encode(CValue argument);
    }

    /** Makes a request, and knows when the device is gone. */
    <R> R call(Ioctl<R> request, String sentence, Encoder encoder) throws SystemCallException {
        try {
            return request.call(fd(), sentence, (argument, _) -> encoder.encode(argument));
        } catch (SystemCallException refused) {
            if (refused.errno().equals(Errno.ENODEV)) {
                throw new DeviceGoneException(refused.call(), toString());
            }
            throw refused;
        }
    }

    /** Closes the node, which ends its queues. Idempotent. */
    @Override
    public void close() {
        fd.close();
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
