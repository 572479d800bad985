package io.github.dmabuf4j.cli.present;

import io.github.dmabuf4j.buffer.Fourcc;
import io.github.dmabuf4j.buffer.ImageLayout;
import io.github.dmabuf4j.buffer.Modifier;
import io.github.dmabuf4j.buffer.PixelFormat;
import io.github.dmabuf4j.buffer.Plane;
import io.github.dmabuf4j.cli.video.StudioLevels;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Copies pictures into the memory of a screen, 32 bits for a pixel, and turns their colours into those of the screen. A picture
 * that is smaller is put in the middle, of a larger one the middle is shown. Used by one thread.
 */
public final class ScreenCopy {
    private static final ValueLayout.OfInt PIXEL = ValueLayout.JAVA_INT_UNALIGNED;
    private static final int NO_COLOUR = 128;

    private final ImageLayout layout;
    private final PixelFormat format;
    private final int width;
    private final int height;
    private final int left;
    private final int top;
    private final boolean highDefinition;

    /**
     * Copies pictures of a kind.
     *
     * @param layout how a picture lies in its buffer
     * @param screenWidth pixels across of the screen
     * @param screenHeight pixels down
     * @throws IOException if pictures of this kind cannot be copied; one sentence
     */
    public ScreenCopy(ImageLayout layout, int screenWidth, int screenHeight) throws IOException {
        this.layout = layout;
        this.format = PixelFormat.of(layout.fourcc()).orElse(PixelFormat.RGB565);
        boolean known = switch (format) {
            case R8, XRGB8888, ARGB8888, YUYV, NV12, YUV420, YUV422, YUV444 -> true;
            default -> false;
        };
        if (!known
                || layout.buffers() != 1
                || (layout.modifier() != Modifier.LINEAR && layout.modifier() != Modifier.INVALID)) {
            throw new IOException("the display does not take pictures in " + Fourcc.name(layout.fourcc()) + " "
                    + Modifier.name(layout.modifier()) + ", and they cannot be converted here");
        }
        width = Math.min(layout.width(), screenWidth);
        height = Math.min(layout.height(), screenHeight);
        left = screenWidth - layout.width();
        top = screenHeight - layout.height();
        highDefinition = layout.height() >= StudioLevels.HIGH_DEFINITION_ROWS;
    }

    /**
     * Whether the colours are turned into others and not only copied.
     *
     * @return true for video, false for pictures that are red, green and blue already
     */
    public boolean converts() {
        return format != PixelFormat.XRGB8888 && format != PixelFormat.ARGB8888;
    }

    /**
     * Copies a picture.
     *
     * @param picture the picture, from the start of its buffer
     * @param screen the memory of the screen
     * @param stride from one row of the screen to the next, in bytes
     * @return how many bytes were written
     */
    public long copy(MemorySegment picture, MemorySegment screen, int stride) {
        int fromX = Math.max(0, -left / 2);
        int fromY = Math.max(0, -top / 2);
        int toX = Math.max(0, left / 2);
        int toY = Math.max(0, top / 2);
        int[] row = new int[width];
        for (int y = 0; y < height; y++) {
            if (converts()) {
                for (int x = 0; x < width; x++) {
                    row[x] = colour(picture, fromX + x, fromY + y);
                }
            } else {
                MemorySegment.copy(picture, PIXEL, at(0, fromY + y, 4 * fromX), row, 0, width);
            }
            MemorySegment.copy(row, 0, screen, PIXEL, (long) (toY + y) * stride + 4L * toX, width);
        }
        return 4L * width * height;
    }

    private long at(int plane, int y, int column) {
        Plane where = layout.planes().get(plane);
        return where.offset() + (long) y * where.stride() + column;
    }

    private int sample(MemorySegment picture, int plane, int y, int column) {
        return picture.get(ValueLayout.JAVA_BYTE, at(plane, y, column)) & 0xff;
    }

    private int colour(MemorySegment picture, int x, int y) {
        int luma = format == PixelFormat.YUYV ? sample(picture, 0, y, 2 * x) : sample(picture, 0, y, x);
        int blue = NO_COLOUR;
        int red = NO_COLOUR;
        switch (format) {
            case YUV420 -> {
                blue = sample(picture, 1, y / 2, x / 2);
                red = sample(picture, 2, y / 2, x / 2);
            }
            case YUV422 -> {
                blue = sample(picture, 1, y, x / 2);
                red = sample(picture, 2, y, x / 2);
            }
            case YUV444 -> {
                blue = sample(picture, 1, y, x);
                red = sample(picture, 2, y, x);
            }
            case NV12 -> {
                blue = sample(picture, 1, y / 2, x / 2 * 2);
                red = sample(picture, 1, y / 2, x / 2 * 2 + 1);
            }
            case YUYV -> {
                blue = sample(picture, 0, y, x / 2 * 4 + 1);
                red = sample(picture, 0, y, x / 2 * 4 + 3);
            }
            default -> {
                // Grey.
            }
        }
        return StudioLevels.rgb(luma, blue, red, highDefinition);
    }
}
