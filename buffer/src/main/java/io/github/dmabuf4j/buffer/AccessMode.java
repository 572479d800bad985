package io.github.dmabuf4j.buffer;

/**
 * What the CPU is about to do with a buffer.
 *
 * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_buf_sync">struct dma_buf_sync</a>
 */
public enum AccessMode {
    /** The CPU reads: it waits for writers, and its view is read-only. */
    READ,
    /** The CPU writes without looking at what was there: it waits for readers and writers. */
    WRITE,
    /** The CPU reads and writes: it waits for readers and writers. */
    READ_WRITE;

    /**
     * Whether the view may be written.
     *
     * @return false for {@link #READ} only
     */
    public boolean writes() {
        return this != READ;
    }
}
