package io.github.dmabuf4j.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A part of a run whose bytes follow each other in one mapping. */
final class PageSlice implements Pages {
    private final Pages run;
    private final long offset;
    private final long size;

    PageSlice(Pages run, long offset, long size) {
        if (offset < 0 || size <= 0 || size > run.size() - offset) {
            throw new IllegalArgumentException(
                    "there is no part of " + size + " bytes at " + offset + " in a run of " + run.size() + " bytes");
        }
        this.run = run;
        this.offset = offset;
        this.size = size;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public MemorySegment lease(Arena arena, boolean writable) {
        return run.lease(arena, writable).asSlice(offset, size);
    }

    @Override
    public void settle(MemorySegment view, boolean written) {
        run.settle(view, written);
    }

    @Override
    public Caching caching() {
        return run.caching();
    }

    @Override
    public boolean writable() {
        return run.writable();
    }

    @Override
    public Pages slice(long from, long length) {
        if (from < 0 || length <= 0 || length > size - from) {
            throw new IllegalArgumentException(
                    "there is no part of " + length + " bytes at " + from + " in a part of " + size + " bytes");
        }
        return run.slice(offset + from, length);
    }

    @Override
    public void zero() {
        try (Arena arena = Arena.ofConfined()) {
            lease(arena, true).fill((byte) 0);
        }
    }

    @Override
    public void close() {}

    @Override
    public String toString() {
        return size + " bytes at " + offset + " of " + run;
    }
}
