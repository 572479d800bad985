package io.github.dmabuf4j.buffer;

import io.github.dmabuf4j.memory.Caching;
import io.github.dmabuf4j.memory.PoolStats;
import java.util.EnumMap;
import java.util.Map;

/**
 * What a heap has out, keeps and did, all taken at one moment.
 *
 * <p>A storage is a run of pages. A buffer has one, or several where memory can be joined.
 *
 * @param liveBuffers buffers whose storage is not released: some handle, lease or attachment holds them
 * @param liveBytes their bytes
 * @param pooledBuffers storages kept for the next buffer, zeroed or waiting for it; in a region, stretches of free pages
 *     and parts that wait to be zeroed
 * @param pooledBytes their bytes
 * @param hits how many storages were served from the pool
 * @param misses how many storages were fresh memory
 * @param dropped how many storages went back to the system, or are lost to the heap because somebody who is not trusted
 *     had them
 * @param maintainedBytes how many bytes were maintained because they became uncached
 * @param savedBytes how many bytes of uncached storages needed no maintenance because they were uncached before
 * @param mostPooledBytes the most that was kept at any moment so far, for each way of mapping of which there was memory;
 *     never more than the high-water mark. Empty for a region, all of which is always out or kept
 */
public record HeapStats(
        long liveBuffers,
        long liveBytes,
        long pooledBuffers,
        long pooledBytes,
        long hits,
        long misses,
        long dropped,
        long maintainedBytes,
        long savedBytes,
        Map<Caching, Long> mostPooledBytes) {
    /** Keeps a copy of the map. */
    public HeapStats {
        mostPooledBytes = Map.copyOf(mostPooledBytes);
    }

    /** Adds the numbers of another part of the same heap; buffers that are out are counted by the heap. */
    HeapStats plus(PoolStats pool, Caching caching, long mostKeptBytes) {
        Map<Caching, Long> most = new EnumMap<>(Caching.class);
        most.putAll(mostPooledBytes);
        most.put(caching, mostKeptBytes);
        return new HeapStats(
                liveBuffers,
                liveBytes,
                pooledBuffers + pool.pooledRuns() + pool.waitingRuns(),
                pooledBytes + pool.pooledBytes() + pool.waitingBytes(),
                hits + pool.hits(),
                misses + pool.misses(),
                dropped + pool.dropped(),
                maintainedBytes + pool.maintainedBytes(),
                savedBytes + pool.savedBytes(),
                most);
    }
}
