package io.github.dmabuf4j.buffer;

import io.github.dmabuf4j.memory.PageBacking;
import io.github.dmabuf4j.memory.PagePool;
import io.github.dmabuf4j.memory.Pages;
import io.github.dmabuf4j.memory.PoolStats;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The default heap: cached memory of any {@link PageBacking}, one run of pages for each buffer, pooled by size.
 *
 * <p>Memory that comes back is zeroed by the pool's thread before it gets another owner. Memory that was
 * {@linkplain DmaBuf#markShared() shared} with somebody who is not trusted gets none: it goes back to the system.
 */
public final class SystemHeap implements DmaHeap {
    /** How much a heap keeps for later unless told otherwise: 256 MiB. */
    public static final long DEFAULT_HIGH_WATER_BYTES = 256L << 20;

    private static final String NAME = "system";

    private final PagePool pool;
    private final long limitBytes;
    /** What counts against the limit: buffers that are out, and allocations under way. */
    private final AtomicLong usedBytes = new AtomicLong();

    /**
     * Makes a heap that keeps at most {@link #DEFAULT_HIGH_WATER_BYTES} and has no limit of its own.
     *
     * @param backing where memory comes from
     */
    public SystemHeap(PageBacking backing) {
        this(backing, DEFAULT_HIGH_WATER_BYTES, Long.MAX_VALUE);
    }

    /**
     * Makes a heap with limits.
     *
     * @param backing where memory comes from
     * @param highWaterBytes the most that is kept for later, in bytes
     * @param limitBytes the most that may be out at a time, in bytes; more is refused at once
     * @throws IllegalArgumentException if a limit is negative
     */
    public SystemHeap(PageBacking backing, long highWaterBytes, long limitBytes) {
        if (limitBytes < 0) {
            throw new IllegalArgumentException("the limit of a heap is not negative, but this one is " + limitBytes);
        }
        this.pool = new PagePool(backing, highWaterBytes);
        this.limitBytes = limitBytes;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public DmaBuf allocate(long size, String name) throws IOException {
        DmaBuf.checkName(name);
        long rounded = pool.backing().roundUp(size);
        charge(rounded);
        Pages pages;
        try {
            pages = take(rounded, name);
        } catch (Throwable failed) {
            usedBytes.addAndGet(-rounded);
            throw failed;
        }
        DmaBuf buffer = DmaBuf.export(pages, NAME, this::takeBack);
        buffer.name(name);
        return buffer;
    }

    private Pages take(long rounded, String name) throws IOException {
        try {
            return pool.take(rounded, name.isEmpty() ? NAME : name);
        } catch (IOException failed) {
            throw new HeapExhaustedException(NAME, rounded, "" + failed.getMessage(), failed);
        }
    }

    private void charge(long rounded) throws HeapExhaustedException {
        long before = usedBytes.get();
        while (rounded <= limitBytes - before) {
            long witness = usedBytes.compareAndExchange(before, before + rounded);
            if (witness == before) {
                return;
            }
            before = witness;
        }
        String reason = before + " of the " + limitBytes + " bytes it may give are out";
        throw new HeapExhaustedException(NAME, rounded, reason, null);
    }

    private void takeBack(Pages pages, boolean shared) {
        usedBytes.addAndGet(-pages.size());
        pool.retire(pages, !shared);
    }

    @Override
    public HeapStats stats() {
        PoolStats now = pool.stats();
        return new HeapStats(
                now.liveRuns(),
                now.liveBytes(),
                now.pooledRuns() + now.waitingRuns(),
                now.pooledBytes() + now.waitingBytes(),
                now.hits(),
                now.misses(),
                now.dropped());
    }

    /**
     * Gives memory that is kept for later back to the system.
     *
     * @param bytes how much to give back at least
     * @return how much was given back, in bytes; less than asked if the heap did not keep as much
     */
    public long shrink(long bytes) {
        return pool.shrink(bytes);
    }

    @Override
    public void close() {
        pool.close();
    }
}
