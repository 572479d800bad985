package io.github.dmabuf4j.cli.video;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Paints pictures whose samples lie in planes of their own without padding. The brightness of a pixel is the average of those that it
 * stands for. High definition (720 rows and more) is converted by BT.709, anything smaller by BT.601, both from studio levels.
 */
final class PlanarPainter implements RowPainter {
    private final VideoFormat format;
    private final int tileWidth;
    private final byte[] samples;
    private final byte[] blueDifference;
    private final byte[] redDifference;

    PlanarPainter(VideoFormat format, int tileWidth) {
        this.format = format;
        this.tileWidth = tileWidth;
        samples = new byte[format.width()];
        blueDifference = new byte[format.width()];
        redDifference = new byte[format.width()];
    }

    @Override
    public void paint(MemorySegment picture, int firstRow, int lastRow, int[] row) {
        averageLuma(picture, firstRow, lastRow, row);
        colour(picture, (firstRow + lastRow) / 2, row);
    }

    /** The luma of each tile pixel, averaged over the pixels it stands for, goes into the row. */
    private void averageLuma(MemorySegment picture, int firstRow, int lastRow, int[] row) {
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

    /** Turns the luma in the row into colours; the chroma is that of the pixel in the middle. */
    private void colour(MemorySegment picture, int middleRow, int[] row) {
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
