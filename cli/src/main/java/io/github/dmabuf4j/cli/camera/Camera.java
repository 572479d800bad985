package io.github.dmabuf4j.cli.camera;

import io.github.dmabuf4j.buffer.ImageLayout;
import io.github.dmabuf4j.cli.video.StreamFormat;
import io.github.dmabuf4j.cli.video.VideoException;
import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.linux.SystemCallException;
import io.github.dmabuf4j.linux.v4l2.Direction;
import io.github.dmabuf4j.linux.v4l2.FormatInfo;
import io.github.dmabuf4j.linux.v4l2.FrameInterval;
import io.github.dmabuf4j.linux.v4l2.VideoDevice;
import io.github.dmabuf4j.linux.v4l2.VideoFormat;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;

/** An open camera whose format is set. What cannot be had is refused in a sentence that says what can. */
public final class Camera implements AutoCloseable {
    private final VideoDevice device;
    private final VideoFormat format;
    private final ImageLayout layout;
    private final FrameInterval interval;

    private Camera(VideoDevice device, VideoFormat format, ImageLayout layout, FrameInterval interval) {
        this.device = device;
        this.format = format;
        this.layout = layout;
        this.interval = interval;
    }

    /**
     * Opens a camera and sets its format.
     *
     * @param request what is wanted
     * @return the camera; the caller closes it
     * @throws IOException if there is no such camera, it is in use, or it cannot do what is wanted
     */
    public static Camera open(CameraRequest request) throws IOException {
        VideoDevice device = VideoDevice.open(request.device());
        try {
            VideoFormat format = negotiate(device, request);
            ImageLayout layout = format.layout()
                    .orElseThrow(() -> new VideoException(device + " captures " + format
                            + ", whose rows this command does not know; choose another with --format"));
            if (layout.buffers() != 1) {
                throw new VideoException(device + " captures each plane of " + format.letters()
                        + " into a buffer of its own; choose a format in one piece: " + letters(device));
            }
            FrameInterval interval = request.rate() > 0
                    ? device.setFrameInterval(new FrameInterval(1, request.rate()))
                    : device.frameInterval();
            return new Camera(device, format, layout, interval);
        } catch (IOException | RuntimeException e) {
            device.close();
            throw e;
        }
    }

    private static VideoFormat negotiate(VideoDevice device, CameraRequest request) throws IOException {
        VideoFormat now = device.format();
        String letters = letters(device, request, now);
        int width = request.width() > 0 ? request.width() : now.width();
        int height = request.height() > 0 ? request.height() : now.height();
        VideoFormat set;
        try {
            set = device.setFormat(VideoFormat.of(width, height, letters));
        } catch (SystemCallException refused) {
            if (refused.errno().equals(Errno.EBUSY)) {
                throw new VideoException(device + " is in use by another program", refused);
            }
            throw refused;
        }
        if (!set.letters().equals(letters)) {
            throw new VideoException(device + " does not capture " + letters + ", but " + letters(device));
        }
        if (request.width() > 0 && (set.width() != width || set.height() != height)) {
            throw new VideoException(device + " does not capture " + letters + " of " + width + "x" + height
                    + "; the nearest is " + set.width() + "x" + set.height());
        }
        return set;
    }

    /** What is wanted; or what is set, if it has rows; or the first that has. */
    private static String letters(VideoDevice device, CameraRequest request, VideoFormat now) throws IOException {
        if (request.format() != null) {
            return request.format();
        }
        List<FormatInfo> formats = device.formats(Direction.CAPTURE);
        if (now.layout().filter(layout -> layout.buffers() == 1).isPresent()) {
            return now.letters();
        }
        return formats.stream()
                .filter(info -> !info.compressed())
                .map(FormatInfo::letters)
                .findFirst()
                .orElseThrow(() -> new VideoException(
                        device + " captures only compressed pictures (" + join(formats) + "), which have no rows"));
    }

    private static String letters(VideoDevice device) throws SystemCallException {
        return join(device.formats(Direction.CAPTURE).stream()
                .filter(info -> !info.compressed())
                .toList());
    }

    private static String join(List<FormatInfo> formats) {
        return formats.stream().map(FormatInfo::letters).distinct().collect(Collectors.joining(", "));
    }

    VideoDevice device() {
        return device;
    }

    /**
     * How a picture lies in a buffer, by the choice of the driver.
     *
     * @return the layout
     */
    public ImageLayout layout() {
        return layout;
    }

    /**
     * How large a buffer has to be, by the choice of the driver.
     *
     * @return bytes
     */
    public long bufferSize() {
        return Math.max(format.size(), layout.size());
    }

    /**
     * The camera for people.
     *
     * @return its node and its name
     */
    public String name() {
        return device + " (" + device.identity().card() + ")";
    }

    /**
     * What it captures, for people.
     *
     * @return such as {@code 640x480 YUYV, 30/s}
     */
    public String title() {
        String rate = interval.numerator() == 0 ? "" : ", " + interval;
        return StreamFormat.title(layout) + rate;
    }

    /**
     * What receivers are told about the frames beside their layout.
     *
     * @return a y4m header where y4m can carry them, otherwise the words for people
     */
    String description() {
        return StreamFormat.header(layout, interval.denominator(), interval.numerator())
                .orElseGet(() -> "camera " + device.identity().card() + " " + format);
    }

    /** Closes the device. */
    @Override
    public void close() {
        device.close();
    }

    @Override
    public String toString() {
        return name();
    }
}
