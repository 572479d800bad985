package io.github.dmabuf4j.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A run of pages that a {@link PageBacking} gave: the storage of one buffer.
 *
 * <p>Whoever holds the pages counts the leases: {@link #close()} takes the mapping away at once, and a lease that is
 * still open then would point nowhere. {@code DmaBuf} does the counting for everybody else.
 *
 * <p>All methods may be called from any thread.
 */
public interface Pages extends AutoCloseable {
    /**
     * The size of the run.
     *
     * @return bytes, a multiple of the page size
     */
    long size();

    /**
     * Hands out a view of all bytes that lives exactly as long as an arena. The mapping itself is shared by all leases
     * and stays; opening a lease makes no system call. Where the backing cannot revoke ({@link PageBacking#revokes()})
     * the view outlives the arena and any thread may use it.
     *
     * @param arena whose life bounds the view, and whose threads may use it
     * @param writable whether the view may be written
     * @return the view
     * @throws IllegalStateException if the pages are closed
     * @throws IllegalArgumentException if the view should be writable and the pages are not
     */
    MemorySegment lease(Arena arena, boolean writable);

    /**
     * Called when a lease ends, before its arena closes, by the thread that ends it. A backing whose leases are copies
     * brings back what was written; it gives {@linkplain #slice parts} of its own, that lease only their bytes.
     *
     * @param view what {@link #lease} returned, or that of a part
     * @param written whether it was opened to be written
     */
    default void settle(MemorySegment view, boolean written) {}

    /**
     * How the CPU's caches treat leases of these pages.
     *
     * @return {@link Caching#CACHED} unless the backing says otherwise
     */
    default Caching caching() {
        return Caching.CACHED;
    }

    /**
     * A part of the run, to be used like a run of its own: by heaps that hand out pieces of one large run. It is valid
     * as long as the run; closing it gives nothing back.
     *
     * @param offset where the part begins, in bytes
     * @param size its size in bytes
     * @return the part, mapped like the run
     * @throws IllegalArgumentException if the part is empty or not inside the run
     */
    default Pages slice(long offset, long size) {
        return new PageSlice(this, offset, size);
    }

    /**
     * Whether the pages may be written from here.
     *
     * @return false for pages that were mapped read-only
     */
    boolean writable();

    /**
     * Overwrites every byte with zero, in the way that is right for how the pages are mapped.
     *
     * @throws IllegalStateException if the pages are closed or not writable
     */
    void zero();

    /** Unmaps the pages and gives them back. Idempotent; legal only while no lease is open. */
    @Override
    void close();
}
