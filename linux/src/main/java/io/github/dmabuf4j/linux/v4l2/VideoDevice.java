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
import java.util.List;

/**
 * An open video device that captures pictures in one piece: a camera, {@code /dev/videoN}.
 *
 * <p>All methods may be called from any thread.
 *
 * @see <a href="https://docs.kernel.org/userspace-api/media/v4l/v4l2.html">Video for Linux in the kernel's manual</a>
 */
public final class VideoDevice implements AutoCloseable {
    private static final Path FOLDER = Path.of("/dev");
    private static final Ioctl<Identity> QUERYCAP = Ioctl.of(
            "VIDIOC_QUERYCAP", VideoUapi.VIDIOC_QUERYCAP, VideoUapi.CAPABILITY, (_, answer) -> identity(answer));
    private static final Ioctl<String> ENUM_FMT = Ioctl.of(
            "VIDIOC_ENUM_FMT",
            VideoUapi.VIDIOC_ENUM_FMT,
            VideoUapi.FORMAT_DESCRIPTION,
            (_, answer) -> new VideoFormat(0, 0, answer.get("pixelformat"), 0, 0).letters());
    private static final Ioctl<VideoFormat> G_FMT =
            Ioctl.of("VIDIOC_G_FMT", VideoUapi.VIDIOC_G_FMT, VideoUapi.FORMAT, (_, answer) -> format(answer));
    private static final Ioctl<VideoFormat> S_FMT =
            Ioctl.of("VIDIOC_S_FMT", VideoUapi.VIDIOC_S_FMT, VideoUapi.FORMAT, (_, answer) -> format(answer));

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
         * Whether it captures pictures in one piece, in buffers.
         *
         * @return true for a camera
         */
        public boolean captures() {
            int wanted = VideoUapi.V4L2_CAP_VIDEO_CAPTURE | VideoUapi.V4L2_CAP_STREAMING;
            return (capabilities & wanted) == wanted;
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

    private static VideoFormat format(CValue answer) {
        CValue picture = answer.inner("fmt", VideoUapi.PIX_FORMAT);
        return new VideoFormat(
                picture.get("width"),
                picture.get("height"),
                picture.get("pixelformat"),
                picture.get("bytesperline"),
                picture.get("sizeimage"));
    }

    /**
     * The video nodes of this machine, cameras or not.
     *
     * @return their paths, sorted; empty if there are none
     */
    public static List<Path> nodes() {
        List<Path> nodes = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(FOLDER, "video*")) {
            entries.forEach(nodes::add);
        } catch (IOException | DirectoryIteratorException unreadable) {
            return List.of();
        }
        nodes.sort(null);
        return List.copyOf(nodes);
    }

    /**
     * Opens a camera.
     *
     * @param path the node
     * @return the device, owned by the caller
     * @throws SystemCallException if there is no such node, no permission, or it does not capture pictures in one piece
     */
    public static VideoDevice open(Path path) throws SystemCallException {
        OwnedFd fd = DeviceNode.open(path, true, "there is no such device; is its driver's module loaded?");
        try {
            Identity identity = QUERYCAP.call(fd.borrow(), path + " is no video device", (_, _) -> {});
            if (!identity.captures()) {
                throw new SystemCallException(
                        "VIDIOC_QUERYCAP",
                        Errno.EINVAL,
                        path + " (" + identity.card() + ") captures no pictures in one piece; try another node of it");
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
        List<String> formats = new ArrayList<>();
        while (true) {
            int index = formats.size();
            try {
                formats.add(ENUM_FMT.call(
                        fd(),
                        "",
                        (argument, _) ->
                                argument.set("index", index).set("type", VideoUapi.V4L2_BUF_TYPE_VIDEO_CAPTURE)));
            } catch (SystemCallException e) {
                if (e.errno().equals(Errno.EINVAL)) {
                    return List.copyOf(formats);
                }
                throw e;
            }
        }
    }

    /**
     * The format that is set.
     *
     * @return the format
     * @throws SystemCallException if the device was unplugged (ENODEV)
     */
    public VideoFormat format() throws SystemCallException {
        return G_FMT.call(
                fd(),
                "cannot ask " + this + " for its format",
                (argument, _) -> argument.set("type", VideoUapi.V4L2_BUF_TYPE_VIDEO_CAPTURE));
    }

    /**
     * Sets a format. A device that cannot do exactly this does the nearest it can: look at the answer.
     *
     * @param wanted the format
     * @return what is set
     * @throws SystemCallException if it cannot be changed now (EBUSY): a queue has buffers
     */
    public VideoFormat setFormat(VideoFormat wanted) throws SystemCallException {
        return S_FMT.call(fd(), "cannot set " + this + " to " + wanted, (argument, _) -> {
            argument.set("type", VideoUapi.V4L2_BUF_TYPE_VIDEO_CAPTURE);
            argument.inner("fmt", VideoUapi.PIX_FORMAT)
                    .set("width", wanted.width())
                    .set("height", wanted.height())
                    .set("pixelformat", wanted.pixelFormat())
                    .set("bytesperline", wanted.stride())
                    .set("sizeimage", wanted.size())
                    .set("field", VideoUapi.V4L2_FIELD_NONE);
        });
    }

    /** Closes the node, which ends its queue. Idempotent. */
    @Override
    public void close() {
        fd.close();
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
