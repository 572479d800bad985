package io.github.dmabuf4j.cli.video;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The built-in moving picture: colour bars, a grey ramp that slides, a box that bounces, and a frame counter.
 *
 * <p>Frame n is the same bytes on every machine and in every run, whatever was drawn before: whoever wants to know what
 * should have arrived draws the frame again. What stands still is drawn once; a frame costs little more than copying
 * the background.
 */
public final class TestPicture implements VideoSource {
    /** Studio levels of white, yellow, cyan, green, magenta, red and blue at 75 %, BT.709. */
    private static final int[][] BARS = {
        {180, 128, 128}, {168, 44, 136}, {145, 147, 44}, {133, 63, 52}, {63, 193, 204}, {51, 109, 212}, {28, 212, 120}
    };

    private static final int[] BLACK = {16, 128, 128};
    private static final int[] WHITE = {235, 128, 128};
    private static final int[] ORANGE = {150, 60, 180};

    /** Digits of 3 by 5 dots, a row in three bits, the top row first. */
    private static final int[] DIGITS = {
        0b111_101_101_101_111, 0b010_110_010_010_111, 0b111_001_111_100_111, 0b111_001_111_001_111,
        0b101_101_111_001_001, 0b111_100_111_001_111, 0b111_100_111_101_111, 0b111_001_010_010_010,
        0b111_101_111_101_111, 0b111_101_111_001_111
    };

    private static final int COUNTER_DIGITS = 6;
    private static final int RAMP_STEP = 4;

    private final VideoFormat format;
    private final long frames;
    private final MemorySegment background;
    private final MemorySegment ramp;
    private final int rampTop;
    private final int rampBottom;
    private long next;

    /**
     * The picture of 1920x1080 pixels, 30 frames in a second.
     *
     * @param frames after how many frames it ends; -1 for never
     */
    public TestPicture(long frames) {
        this(1920, 1080, frames);
    }

    /**
     * The picture in another size.
     *
     * @param width pixels across
     * @param height pixels down
     * @param frames after how many frames it ends; -1 for never
     */
    public TestPicture(int width, int height, long frames) {
        this.frames = frames;
        format = VideoFormat.of(width, height, Chroma.YUV420, 30, 1);
        rampTop = height * 2 / 3 & ~1;
        rampBottom = height * 5 / 6 & ~1;
        background = Arena.ofAuto().allocate(format.frameSize(), 64);
        ramp = Arena.ofAuto().allocate(2L * width, 64);
        drawBackground();
        for (int x = 0; x < 2 * width; x++) {
            int phase = x % width * 2;
            int level = phase < width ? phase : 2 * width - 1 - phase;
            ramp.set(ValueLayout.JAVA_BYTE, x, (byte) (16 + level * 219L / width));
        }
    }

    @Override
    public String name() {
        return "the built-in test picture";
    }

    @Override
    public VideoFormat format() {
        return format;
    }

    @Override
    public long expectedFrames() {
        return frames;
    }

    @Override
    public boolean read(MemorySegment picture) throws IOException {
        if (next == frames) {
            return false;
        }
        draw(next++, picture);
        return true;
    }

    @Override
    public String frameParameters() {
        return "";
    }

    @Override
    public void close() {}

    /**
     * Draws one frame.
     *
     * @param frame its number, counted from 0
     * @param picture where to; at least the size of a frame, filled from its start
     */
    public void draw(long frame, MemorySegment picture) {
        MemorySegment.copy(background, 0, picture, 0, format.frameSize());
        int width = format.width();
        int height = format.height();
        long shift = width - 1L - Math.floorMod(frame * RAMP_STEP, width);
        for (int y = rampTop; y < rampBottom; y++) {
            MemorySegment.copy(ramp, shift, picture, (long) y * width, width);
        }
        int side = Math.max(2, height / 6 & ~1);
        fill(picture, bounce(frame * 12, width - side), bounce(frame * 7, rampTop - side), side, side, ORANGE);
        drawCounter(frame, picture);
    }

    private void drawBackground() {
        int width = format.width();
        int height = format.height();
        fill(background, 0, 0, width, height, BLACK);
        for (int bar = 0; bar < BARS.length; bar++) {
            int left = bar * width / BARS.length & ~1;
            int right = bar == BARS.length - 1 ? width : (bar + 1) * width / BARS.length & ~1;
            fill(background, left, 0, right - left, rampTop, BARS[bar]);
        }
        // The same colours backwards as a thin line between ramp and counter.
        int thin = Math.max(2, height / 60 & ~1);
        for (int bar = 0; bar < BARS.length; bar++) {
            int left = bar * width / BARS.length & ~1;
            int right = bar == BARS.length - 1 ? width : (bar + 1) * width / BARS.length & ~1;
            fill(background, left, rampBottom, right - left, thin, BARS[BARS.length - 1 - bar]);
        }
    }

    private void drawCounter(long frame, MemorySegment picture) {
        int dot = Math.max(1, format.height() / 60);
        int left = format.width() - (COUNTER_DIGITS * 4 + 1) * dot & ~1;
        int top = format.height() - 7 * dot & ~1;
        long rest = frame;
        for (int place = COUNTER_DIGITS - 1; place >= 0; place--) {
            int digit = DIGITS[(int) (rest % 10)];
            rest /= 10;
            for (int cell = 0; cell < 15; cell++) {
                if ((digit >> (14 - cell) & 1) != 0) {
                    int x = left + (place * 4 + cell % 3) * dot;
                    fill(picture, x, top + cell / 3 * dot, dot, dot, WHITE);
                }
            }
        }
    }

    /** There and back again between 0 and a limit, on even pixels. */
    private static int bounce(long way, int limit) {
        if (limit <= 0) {
            return 0;
        }
        long phase = way % (2L * limit);
        return (int) (phase < limit ? phase : 2L * limit - phase) & ~1;
    }

    /** Fills a rectangle, cut at the edges of the picture. */
    private void fill(MemorySegment picture, int x, int y, int across, int down, int[] colour) {
        for (int plane = 0; plane < 3; plane++) {
            int divisor = plane == 0 ? 1 : 2;
            int planeWidth = format.chroma().planeWidth(plane, format.width());
            int planeHeight = format.chroma().planeHeight(plane, format.height());
            int left = Math.max(0, x / divisor);
            int right = Math.min(planeWidth, (x + across + divisor - 1) / divisor);
            int bottom = Math.min(planeHeight, (y + down + divisor - 1) / divisor);
            for (int row = Math.max(0, y / divisor); row < bottom && left < right; row++) {
                long at = format.planeOffset(plane) + (long) row * planeWidth + left;
                picture.asSlice(at, right - left).fill((byte) colour[plane]);
            }
        }
    }
}
