package io.github.dmabuf4j.buffer;

import io.github.dmabuf4j.memory.CacheMaintenance;
import io.github.dmabuf4j.memory.Caching;
import io.github.dmabuf4j.memory.PageBacking;
import java.io.IOException;
import java.util.List;

/**
 * A heap on memory that was set aside for it at the start: contiguous buffers from a region of a fixed size.
 *
 * @see <a href="https://lwn.net/Articles/480055/">ION's carveout heap</a>
 */
public final class CarveoutHeap extends RegionHeap {
    /**
     * Sets memory aside.
     *
     * @param name the heap's name
     * @param backing where the region comes from
     * @param bytes the region's size; rounded up to whole pages
     * @param limits how much the heap gives
     * @param maintenance what is done when a page becomes uncached, is zeroed, and leaves
     * @throws IOException if the system does not have as much
     */
    public CarveoutHeap(String name, PageBacking backing, long bytes, HeapLimits limits, CacheMaintenance maintenance)
            throws IOException {
        super(name, backing, bytes, limits, maintenance);
    }

    @Override
    public HeapKind kind() {
        return HeapKind.CARVEOUT;
    }

    @Override
    long roundUp(long size) {
        return region.backing.roundUp(size);
    }

    @Override
    List<Region.Part> take(long size, Caching caching) throws IOException {
        int count = region.pagesFor(size);
        return List.of(region.map(region.take(count, 1), count, caching));
    }
}
