package io.github.dmabuf4j.cli.video;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import javax.imageio.ImageIO;

/**
 * A sheet of small pictures: evenly spaced frames of a video, in rows, as a PNG.
 *
 * <p>How many frames there are must be known. Only the frames that are wanted are looked at, and of those only the
 * pixels that end up on the sheet. High definition (720 rows and more) is converted by BT.709, anything smaller by
 * BT.601, both from studio levels.
 */
public final class ContactSheet {
    private static final int COLUMNS = 4;
    private static final int ROWS = 3;
    private static final int TILE_WIDTH = 320;
    private static final int GAP = 4;
    private static final int PAPER = 0x202020;

    private final VideoFormat format;
    private final long frames;
    private final int tiles;
    private final int tileWidth;
    private final int tileHeight;
    private final BufferedImage sheet;
    private final int[] row;
    private int drawn;

    /**
     * Makes an empty sheet.
     *
     * @param format what the frames look like
     * @param frames how many frames the video has, at least 1
     */
    public ContactSheet(VideoFormat format, long frames) {
        if (frames < 1) {
            throw new IllegalArgumentException("a contact sheet needs at least one frame");
        }
        // A server has no screen, and none is needed to draw into memory.
        System.setProperty("java.awt.headless", "true");
        this.format = format;
        this.frames = frames;
        tiles = (int) Math.min(frames, COLUMNS * ROWS);
        tileWidth = Math.min(TILE_WIDTH, format.width());
        tileHeight = Math.max(1, (int) ((long) format.height() * tileWidth / format.width()));
        int columns = Math.min(COLUMNS, tiles);
        int rows = (tiles + COLUMNS - 1) / COLUMNS;
        int width = columns * (tileWidth + GAP) + GAP;
        int height = rows * (tileHeight + GAP) + GAP;
        sheet = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        row = new int[Math.max(width, tileWidth)];
        java.util.Arrays.fill(row, PAPER);
        for (int y = 0; y < height; y++) {
            sheet.setRGB(0, y, width, 1, row, 0, width);
        }
    }

    /**
     * Looks at a frame, and draws it when the sheet wants it. Frames come in rising order.
     *
     * @param frame the number of the frame, counted from 0
     * @param picture the frame, from the start of the segment on
     * @return whether it was drawn
     */
    public boolean offer(long frame, MemorySegment picture) {
        if (drawn == tiles || frame < wanted(drawn)) {
            return false;
        }
        drawTile(drawn++, picture);
        return true;
    }

    /**
     * How many pictures are on the sheet so far.
     *
     * @return the number
     */
    public int pictures() {
        return drawn;
    }

    /**
     * Writes the sheet.
     *
     * @param out where to; not closed
     * @throws IOException if it cannot be written
     */
    public void writePng(OutputStream out) throws IOException {
        ImageIO.setUseCache(false);
        if (!ImageIO.write(sheet, "png", out)) {
            throw new IOException("this Java runtime cannot write PNG");
        }
    }

    /** The frame in the middle of each of equal parts: the first and the last of a video are often black. */
    private long wanted(int tile) {
        return (2L * tile + 1) * frames / (2L * tiles);
    }

    private void drawTile(int tile, MemorySegment picture) {
        int left = GAP + tile % COLUMNS * (tileWidth + GAP);
        int top = GAP + tile / COLUMNS * (tileHeight + GAP);
        for (int y = 0; y < tileHeight; y++) {
            int firstRow = (int) ((long) y * format.height() / tileHeight);
            int lastRow = Math.max(firstRow + 1, (int) ((y + 1L) * format.height() / tileHeight));
            for (int x = 0; x < tileWidth; x++) {
                int first = (int) ((long) x * format.width() / tileWidth);
                int last = Math.max(first + 1, (int) ((x + 1L) * format.width() / tileWidth));
                row[x] = colour(picture, first, last, firstRow, lastRow);
            }
            sheet.setRGB(left, top + y, tileWidth, 1, row, 0, tileWidth);
        }
    }

    /** The colour of a block: its luma averaged, its chroma from the middle. */
    private int colour(MemorySegment picture, int left, int right, int top, int bottom) {
        int sum = 0;
        for (int y = top; y < bottom; y++) {
            for (int x = left; x < right; x++) {
                sum += sample(picture, 0, x, y);
            }
        }
        int luma = sum / ((right - left) * (bottom - top));
        if (format.chroma() == Chroma.MONO) {
            return rgb(luma, 128, 128, false);
        }
        int acrossDivisor = format.chroma() == Chroma.YUV444 ? 1 : 2;
        int downDivisor = format.chroma() == Chroma.YUV420 ? 2 : 1;
        int x = (left + right) / 2 / acrossDivisor;
        int y = (top + bottom) / 2 / downDivisor;
        return rgb(luma, sample(picture, 1, x, y), sample(picture, 2, x, y), format.height() >= 720);
    }

    private int sample(MemorySegment picture, int plane, int x, int y) {
        int width = format.chroma().planeWidth(plane, format.width());
        long at = format.planeOffset(plane)
                + (long) Math.min(y, format.chroma().planeHeight(plane, format.height()) - 1) * width
                + Math.min(x, width - 1);
        return picture.get(ValueLayout.JAVA_BYTE, at) & 0xff;
    }

    /** Studio levels to RGB with 16 bits behind the point. */
    static int rgb(int luma, int blueDifference, int redDifference, boolean highDefinition) {
        int y = (luma - 16) * 76_309;
        int u = blueDifference - 128;
        int v = redDifference - 128;
        int red = y + (highDefinition ? 117_489 : 104_597) * v;
        int green = y - (highDefinition ? 13_975 * u + 34_925 * v : 25_675 * u + 53_279 * v);
        int blue = y + (highDefinition ? 138_438 : 132_201) * u;
        return clamp(red) << 16 | clamp(green) << 8 | clamp(blue);
    }

    private static int clamp(int level) {
        return Math.clamp((level + 0x8000) >> 16, 0, 255);
    }
}
