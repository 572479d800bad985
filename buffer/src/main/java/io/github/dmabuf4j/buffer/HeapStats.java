package io.github.dmabuf4j.buffer;

import io.github.dmabuf4j.memory.PoolStats;

/**
 * What a heap has out, keeps and did, all taken at one moment.
 *
 * <p>A storage is a run of pages. A buffer has one, or several where memory can be joined.
 *
 * @param liveBuffers buffers whose storage is not released: some handle, lease or attachment holds them
 * @param liveBytes their bytes
 * @param pooledBuffers storages kept for the next buffer, zeroed or waiting for it
 * @param pooledBytes their bytes
 * @param hits how many storages were served from the pool
 * @param misses how many storages were fresh memory
 * @param dropped how many storages went back to the system, or are lost to the heap because somebody who is not trusted
 *     had them
 * @param maintainedBytes how many bytes were maintained because they became uncached
 * @param savedBytes how many bytes of uncached storages needed no maintenance because they were uncached before
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
        long savedBytes) {
    /** Adds the numbers of another part of the same heap; buffers that are out are counted by the heap. */
    HeapStats plus(PoolStats pool) {
        return new HeapStats(
                liveBuffers,
                liveBytes,
                pooledBuffers + pool.pooledRuns() + pool.waitingRuns(),
                pooledBytes + pool.pooledBytes() + pool.waitingBytes(),
                hits + pool.hits(),
                misses + pool.misses(),
                dropped + pool.dropped(),
                maintainedBytes + pool.maintainedBytes(),
                savedBytes + pool.savedBytes());
    }
}
