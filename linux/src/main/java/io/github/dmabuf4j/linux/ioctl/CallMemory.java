package io.github.dmabuf4j.linux.ioctl;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Memory for the structures of one call. Each thread keeps a small block and uses it again for every call, since allocating would cost
 * more than the kernel does; what has no room in it, and a call inside of another one, get memory of their own.
 *
 * <p>Confined to its thread. What was allocated is valid until {@link #close()} and must not be kept.
 */
final class CallMemory implements Arena {
    private static final long SIZE = 512;
    private static final ThreadLocal<CallMemory> OF_THREAD = ThreadLocal.withInitial(CallMemory::new);

    private final MemorySegment block = Arena.ofAuto().allocate(SIZE, Long.BYTES);
    private boolean inUse;
    private long used;
    private @Nullable Arena more;

    private CallMemory() {}

    /** The thread's memory, empty; the caller closes it. */
    @SuppressWarnings("MustBeClosed") // by the caller
    static Arena open() {
        CallMemory memory = OF_THREAD.get();
        if (memory.inUse) {
            return Arena.ofConfined();
        }
        memory.inUse = true;
        return memory;
    }

    @Override
    @SuppressWarnings("MustBeClosed") // with this one
    public MemorySegment allocate(long size, long alignment) {
        long begin = (used + alignment - 1) & -alignment;
        // The block begins at a multiple of eight.
        if (alignment > Long.BYTES || size > SIZE - begin) {
            Arena beyond = more;
            if (beyond == null) {
                beyond = Arena.ofConfined();
                more = beyond;
            }
            return beyond.allocate(size, alignment);
        }
        used = begin + size;
        return block.asSlice(begin, size).fill((byte) 0);
    }

    @Override
    public MemorySegment.Scope scope() {
        return block.scope();
    }

    /** Takes back what was allocated. */
    @Override
    public void close() {
        used = 0;
        inUse = false;
        Arena beyond = more;
        if (beyond != null) {
            more = null;
            beyond.close();
        }
    }
}
