package io.github.dmabuf4j.cli.video;

import java.lang.foreign.MemorySegment;

/** Makes a row of a small picture of some rows of a large one. */
interface RowPainter {
    /**
     * Paints.
     *
     * @param picture the large picture
     * @param firstRow the first of its rows that the small row stands for
     * @param lastRow the first behind them
     * @param row where the colours go, as red, green and blue from bit 16 on
     */
    void paint(MemorySegment picture, int firstRow, int lastRow, int[] row);
}
