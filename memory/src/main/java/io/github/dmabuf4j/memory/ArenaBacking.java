package io.github.dmabuf4j.memory;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Pages of plain Java memory outside the heap: for tests, and for systems that have nothing better.
 *
 * <p>It needs no native access and no operating system, and therefore lacks two things: the pages have no descriptor,
 * so no other process can have them, and a lease does not end with its arena ({@link #revokes()} is false). A view that
 * is kept too long stays harmless to the JVM, since the garbage collector frees the memory of closed pages only when
 * the last view is gone; but pooled pages may have another owner by then.
 *
 * <p>The memory counts against {@code -XX:MaxDirectMemorySize}. All methods may be called from any thread.
 */
public final class ArenaBacking implements PageBacking {
    private static final long PAGE_SIZE = 4096;

    private final long capacity;
    private final AtomicLong given = new AtomicLong();

    /** Makes a backing that gives as much as the JVM has. */
    public ArenaBacking() {
        this(Long.MAX_VALUE);
    }

    /**
     * Makes a backing with an end, like a small machine.
     *
     * @param capacity the most that may be out at a time, in bytes
     * @throws IllegalArgumentException if the capacity is negative
     */
    public ArenaBacking(long capacity) {
        if (capacity < 0) {
            throw new IllegalArgumentException("a capacity is not negative, but this one is " + capacity);
        }
        this.capacity = capacity;
    }

    @Override
    public String name() {
        return "arena";
    }

    @Override
    public long pageSize() {
        return PAGE_SIZE;
    }

    @Override
    public boolean revokes() {
        return false;
    }

    /**
     * How much is out: given and not yet closed.
     *
     * @return bytes
     */
    public long given() {
        return given.get();
    }

    @Override
    public long capacity() {
        return capacity;
    }

    @Override
    public Room room() {
        long left = capacity - given.get();
        return capacity == Long.MAX_VALUE ? Room.UNKNOWN : new Room(left, left);
    }

    @Override
    public Pages give(long size, String label) throws IOException {
        long rounded = roundUp(size);
        reserve(rounded);
        try {
            // An automatic arena for each run: its memory can be freed by itself, and closing costs no handshake
            // with every other thread as a shared arena's would.
            return new ArenaPages(Arena.ofAuto().allocate(rounded, PAGE_SIZE), label);
        } catch (OutOfMemoryError full) {
            given.addAndGet(-rounded);
            throw new IOException("the JVM has no " + rounded + " bytes of direct memory left", full);
        }
    }

    private void reserve(long rounded) throws IOException {
        long before = given.get();
        while (rounded <= capacity - before) {
            long witness = given.compareAndExchange(before, before + rounded);
            if (witness == before) {
                return;
            }
            before = witness;
        }
        long left = capacity - before;
        throw new OutOfPagesException(
                "the arena has " + left + " of " + capacity + " bytes left, not " + rounded, left, left);
    }

    private final class ArenaPages implements Pages {
        private final long size;
        private final String label;
        private @Nullable MemorySegment memory;

        ArenaPages(MemorySegment memory, String label) {
            this.memory = memory;
            this.size = memory.byteSize();
            this.label = label;
        }

        @Override
        public long size() {
            return size;
        }

        @Override
        public MemorySegment lease(Arena arena, boolean writable) {
            if (!arena.scope().isAlive()) {
                throw new IllegalStateException("the arena of this lease is closed already");
            }
            MemorySegment open = open();
            return writable ? open : open.asReadOnly();
        }

        @Override
        public boolean writable() {
            return true;
        }

        @Override
        public void zero() {
            open().fill((byte) 0);
        }

        @Override
        public synchronized void close() {
            if (memory != null) {
                memory = null;
                given.addAndGet(-size);
            }
        }

        private synchronized MemorySegment open() {
            MemorySegment open = memory;
            if (open == null) {
                throw new IllegalStateException("the pages \"" + label + "\" are closed");
            }
            return open;
        }

        @Override
        public String toString() {
            return "pages \"" + label + "\" of " + size + " bytes";
        }
    }
}
