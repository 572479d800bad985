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
 * A heap whose buffers are one run of pages each, straight from the system: nothing is kept for later.
 *
 * <p>On real memory a run is contiguous in its file, not in physical memory.
 *
 * @see <a href="https://lwn.net/Articles/480055/">ION's system-contig heap</a>
 */
public final class SystemContigHeap implements DmaHeap {
    private static final String NAME = "system-contig";

    private final PooledRuns runs;
    private final HeapAccount account;

    /**
     * Makes a heap.
     *
     * @param backing where memory comes from
     * @param limits how much the heap gives; it keeps nothing whatever they say
     * @param maintenance what is done when memory becomes uncached, and leaves
     */
    public SystemContigHeap(PageBacking backing, HeapLimits limits, CacheMaintenance maintenance) {
        this.runs = new PooledRuns(backing, maintenance, 0);
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
        Pages run;
        try {
            run = runs.take(caching, size, request.name().isEmpty() ? NAME : request.name());
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
                run,
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

    /** {@inheritDoc} There never is any. */
    @Override
    public long shrink(long bytes) {
        return 0;
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
