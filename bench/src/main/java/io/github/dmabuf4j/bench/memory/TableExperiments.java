package io.github.dmabuf4j.bench.memory;

import io.github.dmabuf4j.memory.Pages;
import io.github.dmabuf4j.memory.SgTable;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;

/** Scatter tables of a million pages. */
public final class TableExperiments {
    /** How many pages the tables have. */
    public static final int PAGES = 1_000_000;

    private static final long PAGE = 4096;

    private TableExperiments() {}

    /** A run that is as long as it says and never touched. */
    private record Run(long size) implements Pages {
        @Override
        public MemorySegment lease(Arena arena, boolean writable) {
            throw new UnsupportedOperationException("nobody touches this memory");
        }

        @Override
        public boolean writable() {
            return true;
        }

        @Override
        public void zero() {}

        @Override
        public void close() {}
    }

    /**
     * Builds a table of page numbers.
     *
     * @param stride 1 for pages that follow each other, more for pages that do not
     * @return the table
     */
    public static SgTable build(int stride) {
        long[] numbers = new long[PAGES];
        for (int i = 0; i < PAGES; i++) {
            numbers[i] = (long) i * stride;
        }
        return build(numbers, stride);
    }

    private static SgTable build(long[] numbers, int stride) {
        return SgTable.builder(Long.MAX_VALUE, PAGE)
                .addPages(new Run((long) PAGES * stride * PAGE), numbers, 0, PAGES * PAGE)
                .build();
    }

    /**
     * How long building takes.
     *
     * @param stride 1 for pages that follow each other, more for pages that do not
     * @param times how often
     * @return the median, in nanoseconds
     */
    public static double building(int stride, int times) {
        long[] numbers = new long[PAGES];
        for (int i = 0; i < PAGES; i++) {
            numbers[i] = (long) i * stride;
        }
        double[] nanos = new double[times];
        for (int i = 0; i < times; i++) {
            long start = System.nanoTime();
            SgTable table = build(numbers, stride);
            nanos[i] = System.nanoTime() - start;
            if (table.entries() != (stride == 1 ? 1 : PAGES)) {
                throw new IllegalStateException("a wrong table: " + table);
            }
        }
        return HeapExperiments.median(nanos);
    }

    /**
     * What a walk over all pages takes of the Java heap, once it is compiled.
     *
     * @param table the table
     * @return bytes
     */
    public static long iterationBytes(SgTable table) {
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long[] seen = new long[1];
        SgTable.PageVisitor visitor = (pages, offset, length) -> seen[0] += length;
        for (int i = 0; i < 20; i++) {
            table.forEachPage(PAGE, visitor);
        }
        seen[0] = 0;
        long before = threads.getCurrentThreadAllocatedBytes();
        table.forEachPage(PAGE, visitor);
        long after = threads.getCurrentThreadAllocatedBytes();
        long counter = threads.getCurrentThreadAllocatedBytes() - after;
        if (seen[0] != table.size()) {
            throw new IllegalStateException("only " + seen[0] + " bytes were visited of " + table);
        }
        return after - before - counter;
    }
}
