package io.github.dmabuf4j.buffer;

import io.github.dmabuf4j.memory.Pages;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Memory that may live in the area of a {@link CmaHeap} as long as nobody needs the area: a movable allocation.
 *
 * <p>It is reached by leases only. While none is open and it is not pinned, the heap may move it to another place, at
 * any time; its bytes go with it. It is no buffer: devices never get it, and no heap's account is charged.
 *
 * <p>All methods may be called from any thread. A lease belongs to the thread that opened it.
 *
 * @see <a href="https://lwn.net/Articles/486301/">movable pages in the kernel's contiguous memory allocator</a>
 */
public final class Lodger implements AutoCloseable {
    private final CmaHeap heap;
    private final String name;
    private final long size;
    // Guarded by this:
    private Home home;
    private int leases;
    private int pins;
    private boolean closed;

    /**
     * Where the bytes are.
     *
     * @param pages the memory
     * @param part the part of the heap's region that this is; null outside of it
     */
    record Home(Pages pages, Region.@Nullable Part part) {}

    Lodger(CmaHeap heap, String name, long size, Home home) {
        this.heap = heap;
        this.name = name;
        this.size = size;
        this.home = home;
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
                leaseEnded();
            }
        }
    }

    /**
     * How large it is.
     *
     * @return bytes, in whole pages
     */
    public long size() {
        return size;
    }

    /**
     * Opens a view of all bytes.
     *
     * @param mode what will be done with it
     * @return the lease, to be closed by this thread
     * @throws IllegalStateException if the lodger is closed
     */
    public synchronized Lease lease(AccessMode mode) {
        checkOpen();
        Lease lease = new Lease(home.pages(), mode.writes());
        leases++;
        return lease;
    }

    /**
     * Forbids moving. Pins are counted.
     *
     * @throws IllegalStateException if the lodger is closed
     */
    public synchronized void pin() {
        checkOpen();
        pins++;
    }

    /**
     * Takes back one {@link #pin()}.
     *
     * @throws IllegalStateException if it is not pinned
     */
    public synchronized void unpin() {
        if (pins == 0) {
            throw new IllegalStateException(this + " is not pinned");
        }
        pins--;
    }

    /**
     * Whether it lives in the heap's area.
     *
     * @return false once it was moved out, or when the area had no room for it
     */
    public synchronized boolean isInArea() {
        return home.part() != null;
    }

    /** Gives the memory back, when the last lease has ended. Idempotent. */
    @Override
    public void close() {
        boolean last;
        synchronized (this) {
            last = !closed && leases == 0;
            closed = true;
        }
        if (last) {
            heap.leave(this);
        }
    }

    private void leaseEnded() {
        boolean last;
        synchronized (this) {
            leases--;
            last = closed && leases == 0;
        }
        if (last) {
            heap.leave(this);
        }
    }

    synchronized Home home() {
        return home;
    }

    /** The part of the area that it would make free; null if it must stay, or is not there. */
    synchronized Region.@Nullable Part movable() {
        return closed || leases > 0 || pins > 0 ? null : home.part();
    }

    /** Moves the bytes. False: somebody has a lease by now. */
    synchronized boolean moveTo(Home next) {
        if (movable() == null) {
            return false;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment from = home.pages().lease(arena, false);
            MemorySegment to = next.pages().lease(arena, true);
            MemorySegment.copy(from, 0, to, 0, size);
            home.pages().settle(from, false);
            next.pages().settle(to, true);
        }
        home = next;
        return true;
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException(this + " is closed");
        }
    }

    @Override
    public String toString() {
        return "lodger \"" + name + "\" of " + size + " bytes in " + heap;
    }
}
