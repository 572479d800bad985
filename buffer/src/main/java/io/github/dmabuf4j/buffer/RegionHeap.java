package io.github.dmabuf4j.buffer;

import io.github.dmabuf4j.memory.CacheMaintenance;
import io.github.dmabuf4j.memory.Caching;
import io.github.dmabuf4j.memory.PageBacking;
import io.github.dmabuf4j.memory.Pages;
import io.github.dmabuf4j.memory.UnsupportedCachingException;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * What heaps on a region of a fixed size have in common: accounts, export, and what happens at the end.
 */
public abstract sealed class RegionHeap implements DmaHeap permits CarveoutHeap, ChunkHeap, CmaHeap {
    final Region region;
    private final HeapAccount account;

    RegionHeap(String name, PageBacking backing, long bytes, HeapLimits limits, CacheMaintenance maintenance)
            throws IOException {
        this.region = new Region(name, backing, bytes, maintenance);
        this.account = new HeapAccount(name, limits);
    }

    /** Parts of the region for a buffer, mapped. */
    abstract List<Region.Part> take(long size, Caching caching) throws IOException;

    /** What a size is rounded up to. */
    abstract long roundUp(long size);

    /** The longest entry of a buffer's scatter table. */
    long maxSegment() {
        return Long.MAX_VALUE;
    }

    @Override
    public final String name() {
        return region.heap;
    }

    @Override
    public final long capacity() {
        return region.all.size();
    }

    @Override
    public final boolean offers(Caching caching) {
        return region.backing.offers(caching);
    }

    @Override
    public final DmaBuf allocate(AllocationRequest request) throws IOException {
        long size = roundUp(request.size());
        if (!offers(request.caching())) {
            throw new UnsupportedCachingException(region.backing.name(), request.caching());
        }
        region.checkOpen();
        account.charge(request.owner(), size);
        List<Region.Part> parts = List.of();
        try {
            parts = take(size, request.caching());
            return export(request, size, parts);
        } catch (Throwable failed) {
            parts.forEach(region::putBack);
            account.discharge(request.owner(), size);
            throw failed;
        }
    }

    private DmaBuf export(AllocationRequest request, long size, List<Region.Part> parts) throws IOException {
        boolean single = parts.size() == 1;
        Pages pages = single
                ? parts.getFirst().pages()
                : region.backing.join(parts.stream().map(Region.Part::pages).toList());
        DmaBuf buffer = DmaBuf.export(new HeapBuffer(
                name(),
                request.owner(),
                size,
                pages,
                () -> region.table(parts, maxSegment()),
                region.maintenance,
                shared -> {
                    account.discharge(request.owner(), size);
                    if (!single) {
                        pages.close();
                    }
                    parts.forEach(part -> region.retire(part, !shared));
                }));
        region.handedOut(parts.size());
        if (!request.name().isEmpty()) {
            buffer.name(request.name());
        }
        return buffer;
    }

    @Override
    public final HeapStats stats() {
        return region.stats(account);
    }

    @Override
    public final Map<String, OwnerUsage> owners() {
        return account.owners();
    }

    /** {@inheritDoc} A region is never given back before the heap is closed. */
    @Override
    public final long shrink(long bytes) {
        return 0;
    }

    /** {@inheritDoc} Nothing: what is free of a region stays with it. */
    @Override
    public final long reclaimableBytes() {
        return 0;
    }

    @Override
    public final void awaitIdle() {
        region.awaitIdle();
    }

    /** {@inheritDoc} The region itself goes back with the last buffer. */
    @Override
    public void close() {
        region.close();
    }

    @Override
    public final String toString() {
        return "heap \"" + name() + "\"";
    }
}
