package io.github.dmabuf4j.cli.video;

import io.github.dmabuf4j.buffer.ImageLayout;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntFunction;
import javax.imageio.ImageIO;

/**
 * A sheet of small pictures: evenly spaced frames of a video, in rows, as a PNG.
 *
 * <p>How many frames there are must be known. Only the frames that are wanted are looked at, and of those only the
 * pixels that end up on the sheet.
 */
public final class ContactSheet {
    private static final int COLUMNS = 4;
    private static final int ROWS = 3;
    private static final int TILE_WIDTH = 320;
    private static final int GAP = 4;
    private static final int PAPER = 0x202020;

    private final int height;
    private final RowPainter painter;
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
        this(format.width(), format.height(), frames, tileWidth -> new PlanarPainter(format, tileWidth));
    }

    /**
     * Makes an empty sheet for frames of any layout that this command can draw.
     *
     * @param layout how the frames lie in memory
     * @param frames how many there are, at least 1
     * @return the sheet, empty if such frames cannot be drawn
     */
    public static Optional<ContactSheet> of(ImageLayout layout, long frames) {
        return LayoutPainter.canPaint(layout)
                ? Optional.of(new ContactSheet(
                        layout.width(), layout.height(), frames, tileWidth -> new LayoutPainter(layout, tileWidth)))
                : Optional.empty();
    }

    private ContactSheet(int width, int height, long frames, IntFunction<RowPainter> painters) {
        if (frames < 1) {
            throw new IllegalArgumentException("a contact sheet needs at least one frame");
        }
        // A server has no screen, and none is needed to draw into memory.
        System.setProperty("java.awt.headless", "true");
        this.height = height;
        this.frames = frames;
        tiles = (int) Math.min(frames, COLUMNS * ROWS);
        tileWidth = Math.min(TILE_WIDTH, width);
        tileHeight = Math.max(1, (int) ((long) height * tileWidth / width));
        painter = painters.apply(tileWidth);
        int columns = Math.min(COLUMNS, tiles);
        int rows = (tiles + COLUMNS - 1) / COLUMNS;
        int sheetWidth = columns * (tileWidth + GAP) + GAP;
        int sheetHeight = rows * (tileHeight + GAP) + GAP;
        sheet = new BufferedImage(sheetWidth, sheetHeight, BufferedImage.TYPE_INT_RGB);
        row = new int[Math.max(sheetWidth, tileWidth)];
        Arrays.fill(row, PAPER);
        for (int y = 0; y < sheetHeight; y++) {
            sheet.setRGB(0, y, sheetWidth, 1, row, 0, sheetWidth);
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
            int firstRow = (int) ((long) y * height / tileHeight);
            int lastRow = Math.max(firstRow + 1, (int) ((y + 1L) * height / tileHeight));
            painter.paint(picture, firstRow, lastRow, row);
            sheet.setRGB(left, top + y, tileWidth, 1, row, 0, tileWidth);
        }
    }
}
