package io.github.dmabuf4j.cli.present;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.github.dmabuf4j.buffer.ImageLayout;
import io.github.dmabuf4j.buffer.PixelFormat;
import io.github.dmabuf4j.cli.video.StudioLevels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Pictures of every kind in the memory of a screen. */
class ScreenCopyTest {
    private static final int WIDTH = 10;
    private static final int HEIGHT = 6;

    private static MemorySegment noise(Arena arena, long size, long seed) {
        byte[] bytes = new byte[(int) size];
        new Random(seed).nextBytes(bytes);
        return arena.allocate(size).copyFrom(MemorySegment.ofArray(bytes));
    }

    private static int pixel(MemorySegment screen, int stride, int x, int y) {
        return screen.get(ValueLayout.JAVA_INT, (long) y * stride + 4L * x);
    }

    @ParameterizedTest
    @CsvSource({"10, 6", "16, 12", "13, 7", "4, 4", "7, 20"})
    void aPictureIsInTheMiddle(int width, int height) throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            ImageLayout layout = ImageLayout.aligned(PixelFormat.XRGB8888, WIDTH, HEIGHT, 64);
            MemorySegment picture = noise(arena, layout.size(), 7);
            int stride = 4 * width + 8;
            MemorySegment screen = arena.allocate((long) stride * height);
            ScreenCopy copy = new ScreenCopy(layout, width, height);
            long written = copy.copy(picture, screen, stride);
            assertThat(written).isEqualTo(4L * Math.min(width, WIDTH) * Math.min(height, HEIGHT));
            assertThat(copy.converts()).isFalse();
            int left = (width - WIDTH) / 2;
            int top = (height - HEIGHT) / 2;
            int source = layout.planes().getFirst().stride();
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    boolean inside = x >= left && x < left + WIDTH && y >= top && y < top + HEIGHT;
                    int expected = inside ? pixel(picture, source, x - left, y - top) : 0;
                    assertThat(pixel(screen, stride, x, y)).as("%d,%d", x, y).isEqualTo(expected);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"R8", "YUYV", "NV12", "YUV420", "YUV422", "YUV444"})
    void videoIsConverted(PixelFormat format) throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            ImageLayout layout = ImageLayout.aligned(format, WIDTH, HEIGHT, 16);
            MemorySegment picture = noise(arena, layout.size() + 16, 11);
            MemorySegment screen = arena.allocate(4L * WIDTH * HEIGHT);
            ScreenCopy copy = new ScreenCopy(layout, WIDTH, HEIGHT);
            copy.copy(picture, screen, 4 * WIDTH);
            assertThat(copy.converts()).isTrue();
            for (int y = 0; y < HEIGHT; y++) {
                for (int x = 0; x < WIDTH; x++) {
                    assertThat(pixel(screen, 4 * WIDTH, x, y))
                            .as("%d,%d", x, y)
                            .isEqualTo(expected(layout, format, picture, x, y));
                }
            }
        }
    }

    /** Each format word for word. */
    private static int expected(ImageLayout layout, PixelFormat format, MemorySegment picture, int x, int y) {
        return switch (format) {
            case YUYV ->
                rgb(
                        at(layout, picture, 0, 2 * x, y),
                        at(layout, picture, 0, x / 2 * 4 + 1, y),
                        at(layout, picture, 0, x / 2 * 4 + 3, y));
            case NV12 ->
                rgb(
                        at(layout, picture, 0, x, y),
                        at(layout, picture, 1, x / 2 * 2, y / 2),
                        at(layout, picture, 1, x / 2 * 2 + 1, y / 2));
            case YUV420 -> planar(layout, picture, x, y, x / 2, y / 2);
            case YUV422 -> planar(layout, picture, x, y, x / 2, y);
            case YUV444 -> planar(layout, picture, x, y, x, y);
            default -> rgb(at(layout, picture, 0, x, y), 128, 128);
        };
    }

    private static int planar(ImageLayout layout, MemorySegment picture, int x, int y, int column, int row) {
        return rgb(
                at(layout, picture, 0, x, y), at(layout, picture, 1, column, row), at(layout, picture, 2, column, row));
    }

    private static int at(ImageLayout layout, MemorySegment picture, int plane, int column, int row) {
        long offset = layout.planes().get(plane).offset()
                + (long) row * layout.planes().get(plane).stride()
                + column;
        return picture.get(ValueLayout.JAVA_BYTE, offset) & 0xff;
    }

    private static int rgb(int luma, int blue, int red) {
        return StudioLevels.rgb(luma, blue, red, false);
    }

    @Test
    void whatCannotBeConvertedIsRefused() {
        assertThatIOException()
                .isThrownBy(() -> new ScreenCopy(ImageLayout.packed(PixelFormat.RGB565, 8, 8), 8, 8))
                .withMessageContaining("RG16")
                .withMessageContaining("cannot be converted");
        ImageLayout tiled = new ImageLayout(
                8,
                8,
                PixelFormat.XRGB8888.fourcc(),
                0x0100_0000_0000_0001L,
                ImageLayout.packed(PixelFormat.XRGB8888, 8, 8).planes());
        assertThatIOException()
                .isThrownBy(() -> new ScreenCopy(tiled, 8, 8))
                .withMessageContaining("cannot be converted");
    }
}
