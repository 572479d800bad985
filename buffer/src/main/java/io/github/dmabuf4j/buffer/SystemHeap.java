package io.github.dmabuf4j.buffer;

import io.github.dmabuf4j.memory.CacheMaintenance;
import io.github.dmabuf4j.memory.Caching;
import io.github.dmabuf4j.memory.PageBacking;
import io.github.dmabuf4j.memory.Pages;
import io.github.dmabuf4j.memory.SgEntry;
import io.github.dmabuf4j.memory.SgTable;
import io.github.dmabuf4j.memory.UnsupportedCachingException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The default heap: memory of any {@link PageBacking}, pooled.
 *
 * <p>Where runs can be {@linkplain PageBacking#joins() joined}, a buffer is made of runs of 256, 16 and 1 pages, the
 * largest first, so that it can be had when memory is in pieces; there is a pool for each of these sizes and for each way
 * of mapping. Elsewhere a buffer is one run, pooled by size.
 *
 * <p>Memory that comes back is zeroed by the pool's thread before it gets another owner. Memory that was
 * {@linkplain DmaBuf#markShared() shared} with somebody who is not trusted gets none: it goes back to the system.
 *
 * @see <a href="https://docs.kernel.org/userspace-api/dma-buf-heaps.html">the system heap in the kernel's manual</a>
 */
public final class SystemHeap implements DmaHeap {
    /** How much a heap keeps for later, for each way of mapping, unless told otherwise: 256 MiB. */
    public static final long DEFAULT_HIGH_WATER_BYTES = 256L << 20;

    private static final String NAME = "system";
    private static final int[] ORDERS = {8, 4, 0};

    private final PooledRuns runs;
    private final HeapAccount account;

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
        this.runs = new PooledRuns(backing, maintenance, limits.highWaterBytes());
        this.account = new HeapAccount(NAME, limits);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean offers(Caching caching) {
        return runs.backing.offers(caching);
    }

    @Override
    public DmaBuf allocate(AllocationRequest request) throws IOException {
        long size = runs.backing.roundUp(request.size());
        Caching caching = request.caching();
        if (!offers(caching)) {
            throw new UnsupportedCachingException(runs.backing.name(), caching);
        }
        account.charge(request.owner(), size);
        List<Pages> pieces = new ArrayList<>();
        try {
            Pages pages = take(request, size, pieces);
            HeapBuffer storage = new HeapBuffer(
                    NAME,
                    request.owner(),
                    size,
                    pages,
                    () -> table(pieces),
                    runs.maintenance,
                    shared -> takeBack(request, size, pages, pieces, shared));
            DmaBuf buffer = DmaBuf.export(storage);
            buffer.name(request.name());
            return buffer;
        } catch (Throwable failed) {
            pieces.forEach(piece -> runs.retire(caching, piece, true));
            account.discharge(request.owner(), size);
            throw failed;
        }
    }

    private Pages take(AllocationRequest request, long size, List<Pages> pieces) throws IOException {
        String label = request.name().isEmpty() ? NAME : request.name();
        try {
            if (!runs.backing.joins()) {
                pieces.add(runs.take(request.caching(), size, label));
                return pieces.getFirst();
            }
            long left = size;
            int order = 0; // an index: a piece is never larger than the one before
            while (left > 0) {
                long piece = runs.backing.pageSize() << ORDERS[order];
                if (piece > left) {
                    order++;
                    continue;
                }
                try {
                    pieces.add(runs.take(request.caching(), piece, label));
                    left -= piece;
                } catch (IOException none) {
                    if (order == ORDERS.length - 1) {
                        throw none;
                    }
                    order++;
                }
            }
            return runs.backing.join(pieces);
        } catch (IOException failed) {
            throw new HeapExhaustedException(NAME, size, "" + failed.getMessage(), failed);
        }
    }

    private SgTable table(List<Pages> pieces) {
        SgTable.Builder builder = SgTable.builder(Long.MAX_VALUE, runs.backing.pageSize());
        for (Pages piece : pieces) {
            builder.add(new SgEntry.Memory(piece, 0, piece.size()));
        }
        return builder.build();
    }

    @SuppressWarnings("ReferenceEquality") // the very same run, or a joined view that is closed by itself
    private void takeBack(AllocationRequest request, long size, Pages pages, List<Pages> pieces, boolean shared) {
        account.discharge(request.owner(), size);
        if (pages != pieces.getFirst()) {
            pages.close();
        }
        pieces.forEach(piece -> runs.retire(request.caching(), piece, !shared));
    }

    @Override
    public HeapStats stats() {
        return runs.stats(account);
    }

    @Override
    public Map<String, OwnerUsage> owners() {
        return account.owners();
    }

    @Override
    public long shrink(long bytes) {
        return runs.shrink(bytes);
    }

    @Override
    public void awaitIdle() {
        runs.awaitIdle();
    }

    @Override
    public void close() {
        runs.close();
    }
}
