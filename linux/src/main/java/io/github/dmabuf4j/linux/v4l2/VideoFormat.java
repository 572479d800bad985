package io.github.dmabuf4j.linux.v4l2;

import io.github.dmabuf4j.buffer.ImageLayout;
import java.util.List;
import java.util.Optional;

/**
 * What the pictures of a device look like in memory.
 *
 * @param width in pixels
 * @param height in pixels
 * @param pixelFormat the pixel format as a number of four letters, V4L2's, which is not always that of DRM
 * @param planes the buffers of a picture: one, unless the device wants each plane of a picture in a buffer of its own
 */
public record VideoFormat(int width, int height, int pixelFormat, List<BufferFormat> planes) {
    /** Copies the list. */
    public VideoFormat {
        planes = List.copyOf(planes);
        if (planes.isEmpty()) {
            throw new IllegalArgumentException("a picture lies in at least one buffer");
        }
    }

    /**
     * One buffer of a picture.
     *
     * @param stride from one row to the next, in bytes, in the first of its planes; 0 leaves the choice to the driver
     * @param size of the buffer, in bytes; 0 leaves the choice to the driver
     */
    public record BufferFormat(int stride, int size) {}

    /**
     * A format of pictures in one buffer.
     *
     * @param width in pixels
     * @param height in pixels
     * @param pixelFormat the pixel format
     * @param stride from one row to the next, in bytes; 0 leaves the choice to the driver
     * @param size of a picture, in bytes; 0 leaves the choice to the driver
     */
    public VideoFormat(int width, int height, int pixelFormat, int stride, int size) {
        this(width, height, pixelFormat, List.of(new BufferFormat(stride, size)));
    }

    /**
     * A format whose layout the driver chooses.
     *
     * @param width in pixels
     * @param height in pixels
     * @param pixelFormat four letters, such as {@code YUYV}
     * @return the format
     * @throws IllegalArgumentException if these are not four letters
     */
    public static VideoFormat of(int width, int height, String pixelFormat) {
        return new VideoFormat(width, height, code(pixelFormat), 0, 0);
    }

    /** The number of four letters. */
    static int code(String letters) {
        if (letters.length() != 4) {
            throw new IllegalArgumentException("a format has four letters, unlike \"" + letters + "\"");
        }
        int code = 0;
        for (int i = 3; i >= 0; i--) {
            code = (code << 8) | (letters.charAt(i) & 0xff);
        }
        return code;
    }

    /** The letters of a number. */
    static String letters(int code) {
        StringBuilder text = new StringBuilder();
        for (int shift = 0; shift < 32; shift += 8) {
            text.append((char) ((code >>> shift) & 0x7f));
        }
        return text.toString();
    }

    /**
     * The four letters of the pixel format.
     *
     * @return such as {@code YUYV}
     */
    public String letters() {
        return letters(pixelFormat);
    }

    /**
     * From one row of the first plane to the next.
     *
     * @return bytes
     */
    public int stride() {
        return planes.getFirst().stride();
    }

    /**
     * How much a picture takes in all its buffers.
     *
     * @return bytes
     */
    public int size() {
        return planes.stream().mapToInt(BufferFormat::size).sum();
    }

    /**
     * The same for those who do not speak V4L2: the format's name in DRM, and where each plane begins.
     *
     * @return the layout; empty for compressed formats and those whose planes this library does not know
     */
    public Optional<ImageLayout> layout() {
        return VideoLayouts.of(this);
    }

    @Override
    public String toString() {
        return width + "x" + height + " " + letters();
    }
}
