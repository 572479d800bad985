package io.github.dmabuf4j.buffer;

/**
 * Why a fence is in a {@link DmaResv}, and so who has to wait for it. In this order: whoever asks for one usage gets
 * the fences of that usage and of all before it.
 *
 * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_resv_usage">enum dma_resv_usage</a>
 */
public enum FenceUsage {
    /** Memory management moves or clears the memory: everybody waits for it, always. */
    KERNEL(0),
    /** Somebody writes: readers and writers wait for it. */
    WRITE(1),
    /** Somebody reads: writers wait for it. */
    READ(2),
    /** Not for implicit synchronisation: only memory management waits for it. */
    BOOKKEEP(3);

    private final int number;

    FenceUsage(int number) {
        this.number = number;
    }

    /**
     * The kernel's number for the usage.
     *
     * @return 0 to 3
     */
    public int number() {
        return number;
    }

    /**
     * What a new access has to wait for.
     *
     * @param write whether it writes
     * @return READ (readers, writers and memory management) if it writes, WRITE (the latter two) if it only reads
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_resv_usage_rw">dma_resv_usage_rw</a>
     */
    public static FenceUsage toWaitFor(boolean write) {
        return write ? READ : WRITE;
    }

    /** Whether a query for this usage returns fences of another one. */
    boolean includes(FenceUsage other) {
        return other.number <= number;
    }
}
