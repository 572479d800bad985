package io.github.dmabuf4j.cli.video;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
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
    private final byte[] samples;
    private final byte[] blueDifference;
    private final byte[] redDifference;
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
        samples = new byte[format.width()];
        blueDifference = new byte[format.width()];
        redDifference = new byte[format.width()];
        Arrays.fill(row, PAPER);
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
            averageLuma(picture, firstRow, lastRow);
            colour(picture, (firstRow + lastRow) / 2);
            sheet.setRGB(left, top + y, tileWidth, 1, row, 0, tileWidth);
        }
    }

    /** The luma of each tile pixel, averaged over the pixels it stands for, goes into {@link #row}. */
    private void averageLuma(MemorySegment picture, int firstRow, int lastRow) {
        Arrays.fill(row, 0);
        for (int y = firstRow; y < lastRow; y++) {
            // A copy of the row: plain arrays are fast before the compiler has seen any of this.
            readRow(picture, 0, y, samples);
            for (int x = 0; x < tileWidth; x++) {
                int sum = 0;
                for (int from = edge(x), to = Math.max(from + 1, edge(x + 1)), i = from; i < to; i++) {
                    sum += samples[i] & 0xff;
                }
                row[x] += sum;
            }
        }
        for (int x = 0; x < tileWidth; x++) {
            row[x] /= Math.max(1, edge(x + 1) - edge(x)) * (lastRow - firstRow);
        }
    }

    /** Turns the luma in {@link #row} into colours; the chroma is that of the pixel in the middle. */
    private void colour(MemorySegment picture, int middleRow) {
        boolean mono = format.chroma() == Chroma.MONO;
        boolean highDefinition = format.height() >= StudioLevels.HIGH_DEFINITION_ROWS;
        int acrossDivisor = format.chroma() == Chroma.YUV444 ? 1 : 2;
        if (!mono) {
            int chromaRow = middleRow / (format.chroma() == Chroma.YUV420 ? 2 : 1);
            readRow(picture, 1, chromaRow, blueDifference);
            readRow(picture, 2, chromaRow, redDifference);
        }
        int last = mono ? 0 : format.chroma().planeWidth(1, format.width()) - 1;
        for (int x = 0; x < tileWidth; x++) {
            int at = mono ? 0 : Math.min((edge(x) + edge(x + 1)) / 2 / acrossDivisor, last);
            int blue = mono ? 128 : blueDifference[at] & 0xff;
            int red = mono ? 128 : redDifference[at] & 0xff;
            row[x] = StudioLevels.rgb(row[x], blue, red, highDefinition);
        }
    }

    /** Where the pixels begin that a tile pixel stands for. */
    private int edge(int x) {
        return (int) ((long) x * format.width() / tileWidth);
    }

    private void readRow(MemorySegment picture, int plane, int y, byte[] into) {
        int width = format.chroma().planeWidth(plane, format.width());
        int line = Math.min(y, format.chroma().planeHeight(plane, format.height()) - 1);
        long at = format.planeOffset(plane) + (long) line * width;
        MemorySegment.copy(picture, ValueLayout.JAVA_BYTE, at, into, 0, width);
    }
}
