package io.github.dmabuf4j.fence;

/**
 * Where a fence stands: what the kernel answers as 0, 1 or a negative error.
 *
 * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_fence_get_status">dma_fence_get_status</a>
 */
public enum FenceStatus {
    /** Not signalled yet (the kernel's 0). */
    ACTIVE,
    /** Signalled, and the work succeeded (the kernel's 1). */
    SIGNALED,
    /** Signalled, and the work failed: {@link DmaFence#error()} says how (a negative number in the kernel). */
    FAILED
}
