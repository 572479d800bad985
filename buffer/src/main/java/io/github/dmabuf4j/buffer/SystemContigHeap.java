package io.github.dmabuf4j.buffer;

import io.github.dmabuf4j.memory.CacheMaintenance;
import io.github.dmabuf4j.memory.PageBacking;

/**
 * A heap whose buffers are one run of pages each, straight from the system: nothing is kept for later.
 *
 * <p>On real memory a run is contiguous in its file, not in physical memory.
 *
 * @see <a href="https://lwn.net/Articles/480055/">ION's system-contig heap</a>
 */
public final class SystemContigHeap extends PoolHeap {
    private static final String NAME = "system-contig";

    /**
     * Makes a heap.
     *
     * @param backing where memory comes from
     * @param limits how much the heap gives; it keeps nothing whatever they say
     * @param maintenance what is done when memory becomes uncached, and leaves
     */
    public SystemContigHeap(PageBacking backing, HeapLimits limits, CacheMaintenance maintenance) {
        super(NAME, backing, limits, 0, maintenance);
    }

    @Override
    public HeapKind kind() {
        return HeapKind.SYSTEM_CONTIG;
    }
}
