package io.github.dmabuf4j.buffer;

import io.github.dmabuf4j.memory.CacheMaintenance;
import io.github.dmabuf4j.memory.Caching;
import io.github.dmabuf4j.memory.PageBacking;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A heap whose buffers are made of chunks of one size, wherever they are free in its region: for devices that map large
 * pages of their own.
 *
 * <p>Where runs cannot be {@linkplain PageBacking#joins() joined}, the chunks of a buffer follow each other.
 *
 * @see <a href="https://lwn.net/Articles/480055/">ION's chunk heap</a>
 */
public final class ChunkHeap extends RegionHeap {
    private final long chunkBytes;

    /**
     * Sets memory aside.
     *
     * @param name the heap's name
     * @param backing where the region comes from
     * @param bytes the region's size; rounded up to whole pages, of which those behind the last whole chunk stay unused
     * @param chunkBytes the size of a chunk, a power of two and at least a page
     * @param limits how much the heap gives
     * @param maintenance what is done when a page becomes uncached, is zeroed, and leaves
     * @throws IllegalArgumentException if a chunk cannot have that size
     * @throws IOException if the system does not have as much
     */
    public ChunkHeap(
            String name,
            PageBacking backing,
            long bytes,
            long chunkBytes,
            HeapLimits limits,
            CacheMaintenance maintenance)
            throws IOException {
        if (Long.bitCount(chunkBytes) != 1 || chunkBytes < backing.pageSize() || chunkBytes > 1 << 30) {
            throw new IllegalArgumentException(
                    "a chunk has a power of two of bytes, from a page to a GiB, not " + chunkBytes);
        }
        this.chunkBytes = chunkBytes;
        super(name, backing, bytes, limits, maintenance);
    }

    @Override
    public HeapKind kind() {
        return HeapKind.CHUNK;
    }

    @Override
    long roundUp(long size) {
        if (size > Long.MAX_VALUE - chunkBytes) {
            throw new IllegalArgumentException(size + " bytes are too large to be rounded up to whole chunks");
        }
        return (size + chunkBytes - 1) & -chunkBytes;
    }

    @Override
    long maxSegment() {
        return chunkBytes;
    }

    @Override
    List<Region.Part> take(long size, Caching caching) throws IOException {
        int pages = region.pagesFor(size);
        int chunk = (int) (chunkBytes / region.pageSize);
        if (!region.backing.joins()) {
            return List.of(region.map(region.take(pages, chunk), pages, caching));
        }
        List<Region.Part> parts = new ArrayList<>();
        try {
            for (int done = 0; done < pages; done += chunk) {
                parts.add(region.map(region.take(chunk, chunk), chunk, caching));
            }
            return parts;
        } catch (HeapExhaustedException full) {
            parts.forEach(region::putBack);
            throw region.full(size);
        } catch (Throwable failed) {
            parts.forEach(region::putBack);
            throw failed;
        }
    }
}
