package io.github.dmabuf4j.fence;

import org.jspecify.annotations.Nullable;

/**
 * What a sync file tells about one fence: the kernel's {@code struct sync_fence_info}.
 *
 * @param timelineName the timeline; once the fence is signalled {@value #SIGNALED_TIMELINE}, as since Linux 6.17
 * @param driverName the driver; once the fence is signalled {@value #DETACHED_DRIVER}, as since Linux 6.17
 * @param status how the fence stands
 * @param error how the work failed, or null
 * @param timestampNanos when it signalled, CLOCK_MONOTONIC in nanoseconds; 0 while it is active
 * @see <a href="https://docs.kernel.org/driver-api/sync_file.html">struct sync_fence_info</a>
 */
public record FenceInfo(
        String timelineName,
        String driverName,
        FenceStatus status,
        @Nullable Errno error,
        long timestampNanos) {
    /** The driver of every signalled fence. */
    public static final String DETACHED_DRIVER = "detached-driver";
    /** The timeline of every signalled fence. */
    public static final String SIGNALED_TIMELINE = "signaled-timeline";

    static FenceInfo of(DmaFence fence) {
        FenceStatus status = fence.status();
        return status == FenceStatus.ACTIVE
                ? new FenceInfo(fence.timelineName(), fence.driverName(), status, null, 0)
                : new FenceInfo(SIGNALED_TIMELINE, DETACHED_DRIVER, status, fence.error(), fence.timestampNanos());
    }
}
