package io.github.dmabuf4j.buffer;

import io.github.dmabuf4j.memory.Pages;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;

/**
 * Memory that may live in the area of a {@link CmaHeap} as long as nobody needs the area: a movable allocation.
 *
 * <p>It is reached by leases only. While none is open and it is not pinned, the heap may move it to another place, at
 * any time; its bytes go with it. It is no buffer: devices never get it, and no heap's account is charged.
 *
 * <p>One that is forgotten is found by the garbage collector, closed, and reported.
 *
 * <p>All methods may be called from any thread. A lease belongs to the thread that opened it.
 *
 * @see <a href="https://lwn.net/Articles/486301/">movable pages in the kernel's contiguous memory allocator</a>
 */
public final class Lodger implements AutoCloseable {
    private final Lodging lodging;
    private final Cleaner.Cleanable forgotten;

    Lodger(Lodging lodging) {
        this.lodging = lodging;
        this.forgotten = Hold.CLEANER.register(this, lodging::forgotten);
    }

    /** A view of a lodger's bytes; as long as it is open the lodger stays where it is. */
    public final class Lease implements AutoCloseable {
        private final Arena arena = Arena.ofConfined();
        private final Pages pages;
        private final MemorySegment segment;
        private final boolean written;
        private boolean ended;

        private Lease(Pages pages, boolean written) {
            this.pages = pages;
            this.written = written;
            this.segment = pages.lease(arena, written);
        }

        /**
         * The bytes, for the thread that opened the lease.
         *
         * @return the view, read-only unless the mode writes
         */
        public MemorySegment segment() {
            return segment;
        }

        /** Ends the lease. Idempotent. */
        @Override
        public void close() {
            if (!ended) {
                pages.settle(segment, written);
                arena.close();
                ended = true;
                lodging.leaseEnded();
            }
        }
    }

    /**
     * How large it is.
     *
     * @return bytes, in whole pages
     */
    public long size() {
        return lodging.size;
    }

    /**
     * Opens a view of all bytes.
     *
     * @param mode what will be done with it
     * @return the lease, to be closed by this thread
     * @throws IllegalStateException if the lodger is closed
     */
    public Lease lease(AccessMode mode) {
        Pages pages = lodging.lease();
        try {
            return new Lease(pages, mode.writes());
        } catch (Throwable failed) {
            lodging.leaseEnded();
            throw failed;
        }
    }

    /**
     * Forbids moving. Pins are counted.
     *
     * @throws IllegalStateException if the lodger is closed
     */
    public void pin() {
        lodging.pin();
    }

    /**
     * Takes back one {@link #pin()}.
     *
     * @throws IllegalStateException if it is not pinned
     */
    public void unpin() {
        lodging.unpin();
    }

    /**
     * Whether it lives in the heap's area.
     *
     * @return false once it was moved out, or when the area had no room for it
     */
    public boolean isInArea() {
        return lodging.isInArea();
    }

    /** Gives the memory back, when the last lease has ended. Idempotent. */
    @Override
    public void close() {
        lodging.close();
        forgotten.clean();
    }

    @Override
    public String toString() {
        return lodging.toString();
    }
}
