package io.github.dmabuf4j.memory;

/**
 * What a {@link PagePool} holds and did, all taken at one moment.
 *
 * <p>Every run is in one place: {@code misses == liveRuns + pooledRuns + waitingRuns + dropped}.
 *
 * @param liveRuns runs that are out with an owner
 * @param liveBytes their bytes
 * @param pooledRuns zeroed runs ready for the next owner
 * @param pooledBytes their bytes
 * @param waitingRuns runs that came back and are not zeroed yet
 * @param waitingBytes their bytes
 * @param hits how often a request was served from the pool
 * @param misses how often the backing gave a fresh run
 * @param dropped how many runs went back to the backing, for whatever reason
 * @param maintainedBytes how many bytes were maintained because they became uncached
 * @param savedBytes how many bytes of uncached runs needed no maintenance because the pool had them
 */
public record PoolStats(
        long liveRuns,
        long liveBytes,
        long pooledRuns,
        long pooledBytes,
        long waitingRuns,
        long waitingBytes,
        long hits,
        long misses,
        long dropped,
        long maintainedBytes,
        long savedBytes) {}
