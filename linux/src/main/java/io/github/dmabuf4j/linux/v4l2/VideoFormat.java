package io.github.dmabuf4j.linux.v4l2;

/**
 * A format of pictures in one piece.
 *
 * @param width in pixels
 * @param height in pixels
 * @param pixelFormat the fourcc of V4L2, which is not always that of DRM
 * @param stride from one row to the next, in bytes; 0 leaves the choice to the driver
 * @param size of a picture, in bytes; 0 leaves the choice to the driver
 */
public record VideoFormat(int width, int height, int pixelFormat, int stride, int size) {
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

    private static int code(String letters) {
        if (letters.length() != 4) {
            throw new IllegalArgumentException("a format has four letters, unlike \"" + letters + "\"");
        }
        int code = 0;
        for (int i = 3; i >= 0; i--) {
            code = (code << 8) | (letters.charAt(i) & 0xff);
        }
        return code;
    }

    /**
     * The four letters of the pixel format.
     *
     * @return such as {@code YUYV}
     */
    public String letters() {
        StringBuilder text = new StringBuilder();
        for (int shift = 0; shift < 32; shift += 8) {
            text.append((char) ((pixelFormat >>> shift) & 0x7f));
        }
        return text.toString();
    }

    @Override
    public String toString() {
        return width + "x" + height + " " + letters();
    }
}
