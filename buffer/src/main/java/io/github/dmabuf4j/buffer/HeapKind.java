package io.github.dmabuf4j.buffer;

/**
 * How a heap finds its memory.
 *
 * @see <a href="https://lwn.net/Articles/480055/">ION's heap types</a>
 */
public enum HeapKind {
    /** Memory of the system in whatever pieces it comes. */
    SYSTEM(0, false),
    /** Memory of the system, in one run. */
    SYSTEM_CONTIG(1, true),
    /** One run of memory that was set aside. */
    CARVEOUT(2, true),
    /** Chunks of one size, of memory that was set aside. */
    CHUNK(3, false),
    /** One run of an area that others use as long as nobody needs it: ION's {@code DMA} type. */
    CMA(4, true),
    /** Any other. */
    CUSTOM(5, false);

    private final int number;
    private final boolean contiguous;

    HeapKind(int number, boolean contiguous) {
        this.number = number;
        this.contiguous = contiguous;
    }

    /**
     * ION's number for it.
     *
     * @return the number
     */
    public int number() {
        return number;
    }

    /**
     * Whether a buffer is always one run.
     *
     * @return false if it may be in pieces
     */
    public boolean isContiguous() {
        return contiguous;
    }
}
