package io.github.dmabuf4j.buffer;

/**
 * What a heap has out, keeps and did, all taken at one moment.
 *
 * @param liveBuffers buffers whose storage is not released: some handle, lease or attachment holds them
 * @param liveBytes their bytes
 * @param pooledBuffers storages kept for the next buffer, zeroed or waiting for it
 * @param pooledBytes their bytes
 * @param hits how many allocations were served from the pool
 * @param misses how many allocations needed fresh memory
 * @param dropped how many storages went back to the system
 */
public record HeapStats(
        long liveBuffers, long liveBytes, long pooledBuffers, long pooledBytes, long hits, long misses, long dropped) {}
