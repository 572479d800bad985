package io.github.dmabuf4j.machine;

/**
 * What things cost, in cycles of a processor: the numbers of a machine like that in a phone, where memory is about a
 * hundred cycles away.
 *
 * <p>They are what the cost table of the experiments is made of, and nothing else depends on them.
 */
public enum Cost {
    /** A word of 8 bytes loaded from or stored to a line in the cache. */
    HIT(2),
    /** A line fetched because it was asked for. */
    MISS(100),
    /** A dirty line written to memory, by eviction or by maintenance. */
    WRITE_BACK(20),
    /** A word of 8 bytes loaded past the cache: the processor waits for memory. */
    UNCACHED_LOAD(100),
    /** A word of 8 bytes stored past the cache: it is on its way while the processor goes on. */
    UNCACHED_STORE(20),
    /** A word of 8 bytes stored into the store buffer. */
    COMBINED_STORE(2),
    /** A line, or part of it, that leaves the store buffer. */
    DRAIN(20),
    /** The instruction that cleans a line; what it writes comes on top. */
    CLEAN(6),
    /** The instruction that invalidates a line. */
    INVALIDATE(6),
    /** A line that a device reads or writes; no processor waits for it. */
    DMA(0),
    /** A line that somebody else found in the cache; no processor waits for it. */
    SNOOP(0);

    private final int cycles;

    Cost(int cycles) {
        this.cycles = cycles;
    }

    /**
     * What it costs the processors.
     *
     * @return cycles
     */
    public int cycles() {
        return cycles;
    }
}
