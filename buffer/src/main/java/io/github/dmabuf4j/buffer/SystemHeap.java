package io.github.dmabuf4j.buffer;

import io.github.dmabuf4j.memory.CacheMaintenance;
import io.github.dmabuf4j.memory.Caching;
import io.github.dmabuf4j.memory.PageBacking;
import io.github.dmabuf4j.memory.Pages;
import java.io.IOException;
import java.util.List;

/**
 * The default heap: memory of any {@link PageBacking}, pooled.
 *
 * <p>Where runs can be {@linkplain PageBacking#joins() joined}, a buffer is made of runs of 256, 16 and 1 pages, the
 * largest first, so that it can be had when memory is in pieces; there is a pool for each of these sizes and for each way
 * of mapping. Elsewhere a buffer is one run, pooled by size.
 *
 * <p>Memory that comes back is zeroed, in the background as long as that keeps up, before it gets another owner. Memory that was
 * {@linkplain DmaBuf#markShared() shared} with somebody who is not trusted gets none: it goes back to the system.
 *
 * @see <a href="https://docs.kernel.org/userspace-api/dma-buf-heaps.html">the system heap in the kernel's manual</a>
 */
public final class SystemHeap extends PoolHeap {
    /** How much a heap keeps for later, for each way of mapping, unless told otherwise: 256 MiB. */
    public static final long DEFAULT_HIGH_WATER_BYTES = 256L << 20;

    private static final String NAME = "system";
    private static final int[] ORDERS = {8, 4, 0};

    /**
     * Makes a heap that keeps at most {@link #DEFAULT_HIGH_WATER_BYTES} and has no limit of its own.
     *
     * @param backing where memory comes from
     */
    public SystemHeap(PageBacking backing) {
        this(backing, HeapLimits.DEFAULT, backing.maintenance());
    }

    /**
     * Makes a heap with limits.
     *
     * @param backing where memory comes from
     * @param highWaterBytes the most that is kept for later, for each way of mapping, in bytes
     * @param limitBytes the most that may be out at a time, in bytes; more is refused at once
     * @throws IllegalArgumentException if a limit is negative
     */
    public SystemHeap(PageBacking backing, long highWaterBytes, long limitBytes) {
        this(backing, new HeapLimits(highWaterBytes, limitBytes, Long.MAX_VALUE), backing.maintenance());
    }

    /**
     * Makes a heap with limits and a maintenance of its own.
     *
     * @param backing where memory comes from
     * @param limits how much the heap gives and keeps
     * @param maintenance what is done when memory becomes uncached, is zeroed, and leaves
     */
    public SystemHeap(PageBacking backing, HeapLimits limits, CacheMaintenance maintenance) {
        super(NAME, backing, limits, limits.highWaterBytes(), maintenance);
    }

    @Override
    public HeapKind kind() {
        return HeapKind.SYSTEM;
    }

    @Override
    void take(long size, Caching caching, String label, List<Pages> pieces) throws IOException {
        if (!runs.backing.joins()) {
            super.take(size, caching, label, pieces);
            return;
        }
        long left = size;
        for (int order : ORDERS) {
            long piece = runs.backing.pageSize() << order;
            boolean smallest = order == 0;
            while (piece <= left) {
                Pages run = smallest ? runs.take(caching, piece, label) : runs.takeIfAtHand(caching, piece, label);
                if (run == null) {
                    break; // what is left is had in smaller pieces, as this one and all that follow it would be
                }
                pieces.add(run);
                left -= piece;
            }
        }
    }
}
