package io.github.dmabuf4j.buffer.testing;

import io.github.dmabuf4j.buffer.CarveoutHeap;
import io.github.dmabuf4j.buffer.ChunkHeap;
import io.github.dmabuf4j.buffer.CmaHeap;
import io.github.dmabuf4j.buffer.DmaHeap;
import io.github.dmabuf4j.buffer.HeapLimits;
import io.github.dmabuf4j.buffer.ProtectedHeap;
import io.github.dmabuf4j.buffer.SystemContigHeap;
import io.github.dmabuf4j.buffer.SystemHeap;
import io.github.dmabuf4j.memory.CacheMaintenance;
import io.github.dmabuf4j.memory.PageBacking;
import java.io.IOException;

/** Every heap there is. */
public enum HeapMaker {
    /** {@link SystemHeap}. */
    SYSTEM,
    /** {@link SystemContigHeap}. */
    SYSTEM_CONTIG,
    /** {@link CarveoutHeap} of {@link #REGION_PAGES}. */
    CARVEOUT,
    /** {@link ChunkHeap} of {@link #REGION_PAGES}, in chunks of {@link #CHUNK_PAGES}. */
    CHUNK,
    /** {@link CmaHeap} of {@link #REGION_PAGES}. */
    CMA,
    /** {@link ProtectedHeap}. */
    PROTECTED;

    /** How large a region is. */
    public static final int REGION_PAGES = 64;
    /** How large a chunk is. */
    public static final int CHUNK_PAGES = 4;

    /** Makes a heap. */
    public DmaHeap make(PageBacking backing, HeapLimits limits, CacheMaintenance maintenance) throws IOException {
        long page = backing.pageSize();
        long region = REGION_PAGES * page;
        return switch (this) {
            case SYSTEM -> new SystemHeap(backing, limits, maintenance);
            case SYSTEM_CONTIG -> new SystemContigHeap(backing, limits, maintenance);
            case CARVEOUT -> new CarveoutHeap("carveout", backing, region, limits, maintenance);
            case CHUNK -> new ChunkHeap("chunk", backing, region, CHUNK_PAGES * page, limits, maintenance);
            case CMA -> new CmaHeap("cma", backing, region, limits, maintenance);
            case PROTECTED -> new ProtectedHeap(backing, limits, maintenance);
        };
    }

    /** What a size is rounded up to. */
    public long rounded(PageBacking backing, long size) {
        long pages = backing.roundUp(size) / backing.pageSize();
        long unit = this == CHUNK ? CHUNK_PAGES : 1;
        return Math.ceilDiv(pages, unit) * unit * backing.pageSize();
    }

    /** Whether memory comes from a region of a fixed size. */
    public boolean hasRegion() {
        return this == CARVEOUT || this == CHUNK || this == CMA;
    }

    /** Whether the CPU reaches buffers. */
    public boolean reachable() {
        return this != PROTECTED;
    }

    /** Whether memory is kept for the next buffer. */
    public boolean keeps() {
        return this != SYSTEM_CONTIG;
    }
}
