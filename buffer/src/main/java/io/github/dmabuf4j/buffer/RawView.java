package io.github.dmabuf4j.buffer;

import io.github.dmabuf4j.memory.Pages;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A long-lived view of all bytes of a buffer, for any thread: the raw tier of a hand-over.
 *
 * <p>It holds the storage but is not a bracket: it waits for no fence and does no cache maintenance. Whoever uses it
 * orders access by other means, such as the points of a timeline. It is made once and kept: using it allocates
 * nothing. The segment must not be used after the view is closed; unlike a confined {@link CpuAccess} it is not taken
 * away.
 *
 * <p>All methods may be called from any thread. A view that becomes unreachable without being closed is closed by the
 * garbage collector and reported.
 */
public final class RawView implements AutoCloseable {
    private final Hold hold;
    private final AccessMode mode;
    private final MemorySegment segment;

    /** Takes over a hold that the storage has counted already, unless it throws. */
    RawView(BufferStorage storage, AccessMode mode) {
        Pages pages = storage.pages();
        MemorySegment view = pages.lease(Arena.global(), mode.writes());
        this.mode = mode;
        this.segment = view;
        this.hold = new Hold(storage, "raw view", () -> pages.settle(view, mode.writes()));
        hold.watch(this);
    }

    /**
     * The view of all bytes; read-only for {@link AccessMode#READ}. Keep this object reachable while using it.
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
