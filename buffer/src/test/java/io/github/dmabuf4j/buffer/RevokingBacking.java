package io.github.dmabuf4j.buffer;

import io.github.dmabuf4j.memory.PageBacking;
import io.github.dmabuf4j.memory.Pages;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;

/** Memory whose leases end with their arena, as on a real system. Counts what is out; may be read-only. */
final class RevokingBacking implements PageBacking {
    final AtomicLong given = new AtomicLong();
    private final boolean writable;

    RevokingBacking() {
        this(true);
    }

    RevokingBacking(boolean writable) {
        this.writable = writable;
    }

    @Override
    public String name() {
        return "revoking";
    }

    @Override
    public long pageSize() {
        return 4096;
    }

    @Override
    public Pages give(long size, String label) {
        long rounded = roundUp(size);
        MemorySegment memory = Arena.ofAuto().allocate(rounded, 4096);
        given.addAndGet(rounded);
        return new Pages() {
            private boolean closed;

            @Override
            public long size() {
                return rounded;
            }

            @Override
            public MemorySegment lease(Arena arena, boolean write) {
                if (closed) {
                    throw new IllegalStateException("closed");
                }
                MemorySegment lease = memory.reinterpret(rounded, arena, null);
                return write ? lease : lease.asReadOnly();
            }

            @Override
            public boolean writable() {
                return writable;
            }

            @Override
            public void zero() {
                memory.fill((byte) 0);
            }

            @Override
            public void close() {
                if (!closed) {
                    closed = true;
                    given.addAndGet(-rounded);
                }
            }
        };
    }
}
