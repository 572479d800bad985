package io.github.dmabuf4j.buffer;

import io.github.dmabuf4j.memory.Pages;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A long-lived view of a buffer, for any thread: the raw tier of a hand-over, and what {@code vmap} and {@code mmap}
 * are in the kernel.
 *
 * <p>It holds the storage, where it is, but is not a bracket: it waits for no fence and does no cache maintenance.
 * Whoever uses it orders access by other means, such as the points of a timeline. It is made once and kept: using it
 * allocates nothing. The segment must not be used after the view is closed; unlike a confined {@link CpuAccess} it is
 * not taken away.
 *
 * <p>All methods may be called from any thread. A view that becomes unreachable without being closed is closed by the
 * garbage collector and reported.
 *
 * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_buf_vmap">dma_buf_vmap</a>
 */
public final class RawView implements AutoCloseable {
    private final Hold hold;
    private final AccessMode mode;
    private final MemorySegment segment;

    /** Takes over a hold that the storage has counted already, unless it throws. */
    RawView(BufferStorage storage, AccessMode mode, long offset, long length) {
        storage.checkLease(mode, offset, length);
        storage.openView();
        try {
            Pages pages = storage.pages();
            Pages part = length == storage.size ? pages : pages.slice(offset, length);
            MemorySegment view = part.lease(Arena.global(), mode.writes());
            this.mode = mode;
            this.segment = view;
            this.hold = new Hold(storage, Keeper.Kind.RAW_VIEW, () -> close(storage, part, view, mode));
        } catch (Throwable failed) {
            storage.closeView();
            throw failed;
        }
        hold.watch(this);
    }

    private static void close(BufferStorage storage, Pages part, MemorySegment view, AccessMode mode) {
        try {
            part.settle(view, mode.writes());
        } finally {
            storage.closeView();
        }
    }

    /**
     * The view; read-only for {@link AccessMode#READ}. Keep this object reachable while using it.
     *
     * @return the view, the same every time
     * @throws BufferClosedException if the view is closed
     */
    public MemorySegment segment() {
        if (!hold.isOpen()) {
            throw new BufferClosedException("this raw view of " + hold.storage + " is closed");
        }
        return segment;
    }

    /**
     * What the view was opened for.
     *
     * @return the mode
     */
    public AccessMode mode() {
        return mode;
    }

    /** Ends the view. Idempotent. */
    @Override
    public void close() {
        hold.end();
    }
}
