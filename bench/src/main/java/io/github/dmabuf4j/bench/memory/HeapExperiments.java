package io.github.dmabuf4j.bench.memory;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.github.dmabuf4j.buffer.AccessMode;
import io.github.dmabuf4j.buffer.CpuAccess;
import io.github.dmabuf4j.buffer.DmaBuf;
import io.github.dmabuf4j.buffer.HeapStats;
import io.github.dmabuf4j.buffer.SystemHeap;
import io.github.dmabuf4j.linux.MemfdBacking;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** What a heap of memory files costs: each method runs one experiment in this JVM. */
public final class HeapExperiments {
    private static final long PAGE = 4096;

    private HeapExperiments() {}

    /**
     * An allocation that the pool has memory for.
     *
     * @param bytes the size
     * @param times how often
     * @return the median, in nanoseconds
     * @throws IOException if there is no memory
     */
    public static double poolHit(long bytes, int times) throws IOException {
        double[] nanos = new double[times];
        try (SystemHeap heap = new SystemHeap(new MemfdBacking())) {
            heap.allocate(bytes).close();
            for (int i = 0; i < times; i++) {
                heap.awaitIdle();
                long start = System.nanoTime();
                DmaBuf buffer = heap.allocate(bytes);
                nanos[i] = System.nanoTime() - start;
                buffer.close();
            }
            if (heap.stats().misses() != 1) {
                throw new IllegalStateException("the pool was missed: " + heap.stats());
            }
        }
        return median(nanos);
    }

    /**
     * The same size fresh from the kernel, every page touched.
     *
     * @param bytes the size
     * @param times how often
     * @return the median, in nanoseconds
     * @throws IOException if there is no memory
     */
    public static double fresh(long bytes, int times) throws IOException {
        double[] nanos = new double[times];
        for (int i = 0; i < times; i++) {
            long start = System.nanoTime();
            BareMemfd memory = BareMemfd.make(bytes);
            nanos[i] = System.nanoTime() - start;
            memory.close();
        }
        return median(nanos);
    }

    /**
     * Allocating and giving back without a pause, until the last byte is zeroed.
     *
     * @param bytes the size
     * @param times how often
     * @return nanoseconds for each
     * @throws IOException if there is no memory
     */
    public static double sustained(long bytes, int times) throws IOException {
        try (SystemHeap heap = new SystemHeap(new MemfdBacking())) {
            heap.allocate(bytes).close();
            heap.awaitIdle();
            long start = System.nanoTime();
            for (int i = 0; i < times; i++) {
                heap.allocate(bytes).close();
            }
            heap.awaitIdle();
            return (double) (System.nanoTime() - start) / times;
        }
    }

    /**
     * The same with the kernel alone: make, touch, give back.
     *
     * @param bytes the size
     * @param times how often
     * @return nanoseconds for each
     * @throws IOException if there is no memory
     */
    public static double sustainedFresh(long bytes, int times) throws IOException {
        long start = System.nanoTime();
        for (int i = 0; i < times; i++) {
            BareMemfd.make(bytes).close();
        }
        return (double) (System.nanoTime() - start) / times;
    }

    /**
     * What a long random history of a heap came to.
     *
     * @param p50 the median of an allocation, in nanoseconds
     * @param p99 the 99th percentile
     * @param worst the longest
     * @param freed how long giving back took: median, 99th percentile and the longest, in nanoseconds
     * @param hits how many of a hundred were served from the pool
     * @param keptBytes the most that the pool kept at any of the looks
     * @param leakedBuffers how many were counted as out at the end
     */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares histories
    public record History(
            double p50, double p99, double worst, double[] freed, double hits, long keptBytes, long leakedBuffers) {}

    /**
     * Random allocations and frees of 1 to 16 pages, at most 256 at a time.
     *
     * @param times how many of both together
     * @param highWaterBytes the most that the heap keeps
     * @param seed decides what happens
     * @return what it came to
     * @throws IOException if there is no memory
     */
    public static History random(int times, long highWaterBytes, long seed) throws IOException {
        Random random = new Random(seed);
        @Nullable DmaBuf[] live = new DmaBuf[256];
        double[] nanos = new double[times];
        double[] freeNanos = new double[times];
        int count = 0;
        int freeCount = 0;
        long kept = 0;
        try (SystemHeap heap = new SystemHeap(new MemfdBacking(), highWaterBytes, Long.MAX_VALUE)) {
            for (int i = 0; i < times; i++) {
                int slot = random.nextInt(live.length);
                DmaBuf old = live[slot];
                if (old != null) {
                    long start = System.nanoTime();
                    old.close();
                    freeNanos[freeCount++] = System.nanoTime() - start;
                    live[slot] = null;
                } else {
                    long size = (1 + random.nextInt(16)) * PAGE;
                    long start = System.nanoTime();
                    live[slot] = heap.allocate(size);
                    nanos[count++] = System.nanoTime() - start;
                }
                if (i % 1024 == 0) {
                    kept = Math.max(kept, heap.stats().pooledBytes());
                }
            }
            for (DmaBuf each : live) {
                if (each != null) {
                    each.close();
                }
            }
            heap.awaitIdle();
            HeapStats end = heap.stats();
            double[] taken = percentiles(nanos, count);
            return new History(
                    taken[0],
                    taken[1],
                    taken[2],
                    percentiles(freeNanos, freeCount),
                    100.0 * end.hits() / (end.hits() + end.misses()),
                    Math.max(kept, end.pooledBytes()),
                    end.liveBuffers());
        }
    }

    /**
     * A bracket of CPU access on coherent memory, with one store in it.
     *
     * @param times how many
     * @return nanoseconds for each
     * @throws IOException if there is no memory
     */
    public static double bracket(int times) throws IOException {
        try (SystemHeap heap = new SystemHeap(new MemfdBacking());
                DmaBuf buffer = heap.allocate(PAGE)) {
            long start = System.nanoTime();
            for (int i = 0; i < times; i++) {
                try (CpuAccess access = buffer.beginCpuAccess(AccessMode.WRITE)) {
                    access.segment().set(JAVA_INT, 0, i);
                }
            }
            return (double) (System.nanoTime() - start) / times;
        }
    }

    /** The median, the 99th percentile and the longest. */
    private static double[] percentiles(double[] values, int count) {
        double[] sorted = Arrays.copyOf(values, count);
        Arrays.sort(sorted);
        return new double[] {sorted[count / 2], sorted[(int) (count * 0.99)], sorted[count - 1]};
    }

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
