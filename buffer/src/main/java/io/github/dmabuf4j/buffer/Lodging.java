package io.github.dmabuf4j.buffer;

import io.github.dmabuf4j.memory.Pages;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * What a heap knows of a lodger: where it lives, and whether it may be moved. It never refers to the {@link Lodger} that
 * its owner has, or that one would never be found forgotten.
 */
final class Lodging {
    private static final Logger LOG = System.getLogger(Lodger.class.getName());

    final long size;
    private final CmaHeap heap;
    private final String name;
    private final @Nullable Throwable place = Hold.place("lodger");
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

    Lodging(CmaHeap heap, String name, long size, Home home) {
        this.heap = heap;
        this.name = name;
        this.size = size;
        this.home = home;
    }

    /** Counts a lease of the memory that it answers with. */
    synchronized Pages lease() {
        checkOpen();
        leases++;
        return home.pages();
    }

    void leaseEnded() {
        boolean last;
        synchronized (this) {
            leases--;
            last = closed && leases == 0;
        }
        if (last) {
            heap.leave(this);
        }
    }

    synchronized void pin() {
        checkOpen();
        pins++;
    }

    synchronized void unpin() {
        if (pins == 0) {
            throw new IllegalStateException(this + " is not pinned");
        }
        pins--;
    }

    synchronized boolean isInArea() {
        return home.part() != null;
    }

    /** Ends it with its last lease. Idempotent. */
    void close() {
        boolean last;
        synchronized (this) {
            last = !closed && leases == 0;
            closed = true;
        }
        if (last) {
            heap.leave(this);
        }
    }

    /** Nobody can reach the lodger any more, nor a lease of it. Nothing happens if it was closed. */
    void forgotten() {
        boolean leased;
        synchronized (this) {
            if (closed) {
                return;
            }
            leased = leases > 0;
        }
        Hold.LEAKS.incrementAndGet();
        String end = leased ? "neither was a lease of it, so that its memory stays taken. " : "it is closed now. ";
        LOG.log(
                Level.WARNING,
                "a " + this + " was never closed; " + end
                        + (place != null
                                ? "It was made here:"
                                : "Run with -Ddmabuf4j.traceAllocations=true to see where."),
                place);
        close();
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
