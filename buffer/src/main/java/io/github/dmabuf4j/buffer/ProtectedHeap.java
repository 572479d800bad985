package io.github.dmabuf4j.buffer;

import io.github.dmabuf4j.memory.CacheMaintenance;
import io.github.dmabuf4j.memory.Caching;
import io.github.dmabuf4j.memory.PageBacking;
import io.github.dmabuf4j.memory.Pages;
import io.github.dmabuf4j.memory.SgEntry;
import io.github.dmabuf4j.memory.SgTable;
import io.github.dmabuf4j.memory.UnsupportedCachingException;
import java.io.IOException;
import java.util.Map;

/**
 * A heap for content that only devices may see: its buffers cannot be leased, viewed or mapped by the CPU. No line of
 * them is in a cache when they are handed over.
 *
 * <p>This is a promise of this library's interfaces, not of hardware: on real memory the process itself could still
 * reach the pages by other means.
 *
 * @see <a href="https://docs.kernel.org/userspace-api/dma-buf-heaps.html">protected heaps in the kernel's manual</a>
 */
public final class ProtectedHeap implements DmaHeap {
    private static final String NAME = "protected";

    private final PooledRuns runs;
    private final HeapAccount account;
    private final Caching caching;

    /**
     * Makes a heap.
     *
     * @param backing where memory comes from
     * @param limits how much the heap gives and keeps
     * @param maintenance what is done when memory is taken out of the caches, is zeroed, and leaves
     */
    public ProtectedHeap(PageBacking backing, HeapLimits limits, CacheMaintenance maintenance) {
        this.runs = new PooledRuns(backing, maintenance, limits.highWaterBytes());
        this.account = new HeapAccount(NAME, limits);
        this.caching = backing.offers(Caching.UNCACHED) ? Caching.UNCACHED : Caching.CACHED;
    }

    @Override
    public String name() {
        return NAME;
    }

    /** {@inheritDoc} The CPU maps none of it; requests are for {@link Caching#CACHED} as everywhere. */
    @Override
    public boolean offers(Caching asked) {
        return asked == Caching.CACHED;
    }

    @Override
    public DmaBuf allocate(AllocationRequest request) throws IOException {
        long size = runs.backing.roundUp(request.size());
        if (!offers(request.caching())) {
            throw new UnsupportedCachingException(NAME, request.caching());
        }
        account.charge(request.owner(), size);
        Pages run;
        try {
            run = runs.take(caching, size, NAME);
            if (caching == Caching.CACHED) {
                // It was zeroed through the caches, and nobody maintains them for memory that the CPU does not map.
                runs.maintenance.becomeUncached(run);
            }
        } catch (IOException failed) {
            account.discharge(request.owner(), size);
            throw new HeapExhaustedException(NAME, size, "" + failed.getMessage(), failed);
        } catch (Throwable failed) {
            account.discharge(request.owner(), size);
            throw failed;
        }
        DmaBuf buffer = DmaBuf.export(new HeapBuffer(
                NAME,
                request.owner(),
                size,
                null,
                () -> SgTable.builder(Long.MAX_VALUE, runs.backing.pageSize())
                        .add(new SgEntry.Memory(run, 0, size))
                        .build(),
                runs.maintenance,
                shared -> {
                    account.discharge(request.owner(), size);
                    runs.retire(caching, run, !shared);
                }));
        buffer.name(request.name());
        return buffer;
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
