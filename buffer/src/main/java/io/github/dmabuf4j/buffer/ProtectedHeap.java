package io.github.dmabuf4j.buffer;

import io.github.dmabuf4j.memory.CacheMaintenance;
import io.github.dmabuf4j.memory.Caching;
import io.github.dmabuf4j.memory.PageBacking;
import io.github.dmabuf4j.memory.Pages;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A heap for content that only devices may see: its buffers cannot be leased, viewed or mapped by the CPU. No line of
 * them is in a cache when they are handed over.
 *
 * <p>This is a promise of this library's interfaces, not of hardware: on real memory the process itself could still
 * reach the pages by other means.
 *
 * @see <a href="https://docs.kernel.org/userspace-api/dma-buf-heaps.html">protected heaps in the kernel's manual</a>
 */
public final class ProtectedHeap extends PoolHeap {
    private static final String NAME = "protected";

    private final Caching caching;

    /**
     * Makes a heap.
     *
     * @param backing where memory comes from
     * @param limits how much the heap gives and keeps
     * @param maintenance what is done when memory is taken out of the caches, is zeroed, and leaves
     */
    public ProtectedHeap(PageBacking backing, HeapLimits limits, CacheMaintenance maintenance) {
        super(NAME, backing, limits, limits.highWaterBytes(), maintenance);
        this.caching = backing.offers(Caching.UNCACHED) ? Caching.UNCACHED : Caching.CACHED;
    }

    /** {@inheritDoc} The CPU maps none of it; requests are for {@link Caching#CACHED} as everywhere. */
    @Override
    public boolean offers(Caching asked) {
        return asked == Caching.CACHED;
    }

    @Override
    void take(long size, Caching mapped, String label, List<Pages> pieces) throws IOException {
        super.take(size, mapped, label, pieces);
        if (mapped == Caching.CACHED) {
            // It was zeroed through the caches, and nobody maintains them for memory that the CPU does not map.
            runs.maintenance.becomeUncached(pieces.getLast());
        }
    }

    @Override
    Caching mapping(Caching asked) {
        return caching;
    }

    @Override
    @Nullable Pages view(List<Pages> pieces) {
        return null;
    }
}
