package io.github.dmabuf4j.linux.v4l2;

/**
 * A size of pictures that a device knows, or a range of sizes.
 *
 * @param minWidth the smallest width in pixels
 * @param maxWidth the greatest width
 * @param stepWidth from one width to the next
 * @param minHeight the smallest height in pixels
 * @param maxHeight the greatest height
 * @param stepHeight from one height to the next
 */
public record FrameSize(int minWidth, int maxWidth, int stepWidth, int minHeight, int maxHeight, int stepHeight) {
    /**
     * A single size.
     *
     * @param width in pixels
     * @param height in pixels
     * @return the size
     */
    public static FrameSize of(int width, int height) {
        return new FrameSize(width, width, 1, height, height, 1);
    }

    /**
     * Whether the device can do a size.
     *
     * @param width in pixels
     * @param height in pixels
     * @return true if it is this size or inside of the range
     */
    public boolean contains(int width, int height) {
        return width >= minWidth
                && width <= maxWidth
                && (width - minWidth) % Math.max(1, stepWidth) == 0
                && height >= minHeight
                && height <= maxHeight
                && (height - minHeight) % Math.max(1, stepHeight) == 0;
    }

    @Override
    public String toString() {
        String smallest = minWidth + "x" + minHeight;
        return minWidth == maxWidth && minHeight == maxHeight
                ? smallest
                : smallest + " to " + maxWidth + "x" + maxHeight;
    }
}
