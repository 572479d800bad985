package io.github.dmabuf4j.buffer;

import io.github.dmabuf4j.memory.CacheMaintenance;
import io.github.dmabuf4j.memory.Caching;
import io.github.dmabuf4j.memory.PageBacking;
import io.github.dmabuf4j.memory.PagePool;
import io.github.dmabuf4j.memory.Pages;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Page pools of one heap, one for each way of mapping: a run never changes it while the heap has it. */
final class PooledRuns {
    final PageBacking backing;
    final CacheMaintenance maintenance;
    private final long highWaterBytes;
    // Guarded by this:
    private final Map<Caching, PagePool> pools = new EnumMap<>(Caching.class);
    private boolean closed;

    PooledRuns(PageBacking backing, CacheMaintenance maintenance, long highWaterBytes) {
        this.backing = backing;
        this.maintenance = maintenance;
        this.highWaterBytes = highWaterBytes;
    }

    Pages take(Caching caching, long size, String label) throws IOException {
        PagePool pool = pool(caching);
        try {
            return pool.take(size, label);
        } catch (IOException none) {
            // This pool has given back all it kept; the others may keep memory that is mapped in another way.
            if (reclaimAll() == 0) {
                throw none;
            }
            return pool.take(size, label);
        }
    }

    /** Takes a run that is at hand; null if there is none. */
    @Nullable Pages takeIfAtHand(Caching caching, long size, String label) {
        try {
            return pool(caching).takeIfAtHand(size, label);
        } catch (IOException none) {
            return null;
        }
    }

    private long reclaimAll() {
        long freed = shrink(Long.MAX_VALUE);
        awaitIdle();
        return freed + shrink(Long.MAX_VALUE);
    }

    void retire(Caching caching, Pages run, boolean reusable) {
        pool(caching).retire(run, reusable);
    }

    private synchronized PagePool pool(Caching caching) {
        PagePool pool = pools.get(caching);
        if (pool == null) {
            pool = new PagePool(backing, highWaterBytes, caching, maintenance);
            if (closed) {
                pool.close();
            }
            pools.put(caching, pool);
        }
        return pool;
    }

    private synchronized List<PagePool> all() {
        return new ArrayList<>(pools.values());
    }

    long shrink(long bytes) {
        long freed = 0;
        for (PagePool pool : all()) {
            freed += freed < bytes ? pool.shrink(bytes - freed) : 0;
        }
        return freed;
    }

    void awaitIdle() {
        all().forEach(PagePool::awaitZeroed);
    }

    HeapStats stats(HeapAccount account) {
        HeapStats stats = new HeapStats(account.buffers(), account.bytes(), 0, 0, 0, 0, 0, 0, 0, Map.of());
        Map<Caching, PagePool> each;
        synchronized (this) {
            each = pools.isEmpty() ? Map.of() : new EnumMap<>(pools);
        }
        for (Map.Entry<Caching, PagePool> one : each.entrySet()) {
            PagePool pool = one.getValue();
            stats = stats.plus(pool.stats(), one.getKey(), pool.mostKeptBytes());
        }
        return stats;
    }

    void close() {
        synchronized (this) {
            closed = true;
        }
        all().forEach(PagePool::close);
    }
}
