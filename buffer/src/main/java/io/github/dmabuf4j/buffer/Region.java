package io.github.dmabuf4j.buffer;

import io.github.dmabuf4j.memory.CacheMaintenance;
import io.github.dmabuf4j.memory.Caching;
import io.github.dmabuf4j.memory.DeferredFree;
import io.github.dmabuf4j.memory.PageBacking;
import io.github.dmabuf4j.memory.PageBitmap;
import io.github.dmabuf4j.memory.Pages;
import io.github.dmabuf4j.memory.SgEntry;
import io.github.dmabuf4j.memory.SgTable;
import java.io.IOException;
import java.util.BitSet;
import java.util.Map;

/**
 * A run of pages of a fixed size that heaps hand out in parts.
 *
 * <p>How a page was last mapped is the page's state: it is maintained when that changes, and only then. A part that
 * comes back is zeroed through the mapping that it had, by a thread of its own, and is free afterwards.
 *
 * <p>Numbers of pages are ints, as in the bitmap. Methods lock the region; a heap that does several things at once
 * locks it around them.
 */
final class Region {
    final String heap;
    final PageBacking backing;
    final CacheMaintenance maintenance;
    final long pageSize;
    final Pages all;
    private final DeferredFree cleaner;
    // Guarded by this:
    private final PageBitmap bitmap;
    /** Pages that no line of is in a cache, and of whose cacheable mappings nobody makes use. */
    private final BitSet uncached = new BitSet();

    /** Pages that came back and are not zeroed yet, and the parts that they belong to. */
    private int waiting;

    private int waitingParts;
    private int out;
    private boolean closed;
    private boolean over;
    private long given;
    private long lost;
    private long maintainedBytes;
    private long savedBytes;

    Region(String heap, PageBacking backing, long bytes, CacheMaintenance maintenance) throws IOException {
        this.heap = heap;
        this.backing = backing;
        this.maintenance = maintenance;
        this.pageSize = backing.pageSize();
        long pages = backing.roundUp(bytes) / pageSize;
        if (pages > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("a region has less than 2^31 pages, not " + pages);
        }
        this.all = backing.give(bytes, heap);
        this.bitmap = new PageBitmap((int) pages);
        this.cleaner = new DeferredFree(heap);
    }

    /** A part that is out. */
    record Part(int first, int count, Pages pages, Caching caching) {}

    /** How many pages a size takes. Refuses what is larger than the region. */
    int pagesFor(long size) throws HeapExhaustedException {
        long pages = backing.roundUp(size) / pageSize;
        if (pages > bitmap.pages()) {
            throw full(size);
        }
        return (int) pages;
    }

    /** Finds and takes a run; while there is none, waits for what came back to be zeroed. */
    int take(int count, int align) throws HeapExhaustedException {
        int first = takeIfFree(count, align);
        if (first < 0) {
            throw full(count * pageSize);
        }
        return first;
    }

    /** The same; answers with -1 when there is none. */
    synchronized int takeIfFree(int count, int align) {
        boolean interrupted = false;
        try {
            while (true) {
                checkOpen();
                int first = bitmap.find(count, align);
                if (first >= 0) {
                    bitmap.take(first, count);
                    return first;
                }
                if (waiting == 0) {
                    return -1;
                }
                try {
                    wait(); // for the cleaner: short, and nobody can give what is not zeroed
                } catch (InterruptedException later) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    synchronized void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the heap \"" + heap + "\" is closed");
        }
    }

    synchronized HeapExhaustedException full(long size) {
        return HeapExhaustedException.full(heap, size, bitmap.free() * pageSize, bitmap.largestRun() * pageSize);
    }

    /** Which pages are taken. For use with the region locked. */
    PageBitmap bitmap() {
        return bitmap;
    }

    /** Gives a run back that nobody wrote to, or that is zeroed. */
    synchronized void giveBack(int first, int count) {
        bitmap.giveBack(first, count);
        closeWhenOver();
    }

    /** Maps a run that was taken. If that fails, the run is given back. */
    synchronized Part map(int first, int count, Caching caching) throws IOException {
        try {
            settle(first, count, caching);
            Pages slice = all.slice(first * pageSize, count * pageSize);
            Part part =
                    new Part(first, count, caching == Caching.CACHED ? slice : backing.remap(slice, caching), caching);
            out++;
            return part;
        } catch (Throwable failed) {
            bitmap.giveBack(first, count);
            throw failed;
        }
    }

    /** Brings pages into the state that a mapping needs, each stretch of equal pages at a time. */
    private void settle(int first, int count, Caching caching) throws IOException {
        int end = first + count;
        for (int from = first; from < end; ) {
            boolean isOut = uncached.get(from);
            int to = Math.min(end, isOut ? uncached.nextClearBit(from) : nextUncached(from));
            long bytes = (to - from) * pageSize;
            if (caching == Caching.CACHED && isOut) {
                maintenance.leaveUncached(all.slice(from * pageSize, bytes));
                uncached.clear(from, to);
            } else if (caching != Caching.CACHED && isOut) {
                savedBytes += bytes;
            } else if (caching != Caching.CACHED) {
                maintainedBytes +=
                        maintenance.becomeUncached(backing.remap(all.slice(from * pageSize, bytes), caching));
                uncached.set(from, to);
            }
            from = to;
        }
    }

    /** Counts what was handed out. */
    synchronized void handedOut(int parts) {
        given += parts;
    }

    /** Takes a part back that nobody wrote to. */
    synchronized void putBack(Part part) {
        out--;
        giveBack(part.first(), part.count());
    }

    /** A part is not out any more; its pages are somebody else's. For use with the region locked. */
    void vacated() {
        out--;
    }

    private int nextUncached(int from) {
        int next = uncached.nextSetBit(from);
        return next < 0 ? bitmap.pages() : next;
    }

    /** Takes a part back: it is zeroed and free later; or never, if somebody who is not trusted may reach it. */
    void retire(Part part, boolean reusable) {
        synchronized (this) {
            out--;
            if (!reusable) {
                lost++;
                closeWhenOver();
                return;
            }
            waiting += part.count();
            waitingParts++;
        }
        cleaner.add(() -> clean(part));
    }

    private void clean(Part part) {
        boolean clean = false;
        try {
            zero(part.pages());
            clean = true;
        } finally {
            synchronized (this) {
                waiting -= part.count();
                waitingParts--;
                notifyAll();
                if (clean) {
                    bitmap.giveBack(part.first(), part.count());
                } else {
                    lost++;
                }
                closeWhenOver();
            }
        }
    }

    void zero(Pages pages) {
        maintenance.zero(pages);
    }

    SgTable table(Iterable<Part> parts, long maxSegment) {
        SgTable.Builder builder = SgTable.builder(maxSegment, pageSize);
        for (Part part : parts) {
            // Seen from the region, so that parts that follow each other become one entry.
            builder.add(new SgEntry.Memory(all, part.first() * pageSize, part.count() * pageSize));
        }
        return builder.build();
    }

    void awaitIdle() {
        cleaner.awaitIdle();
    }

    synchronized HeapStats stats(HeapAccount account) {
        long kept = closed ? 0 : (long) bitmap.freeRuns() + waitingParts;
        long keptBytes = closed ? 0 : ((long) bitmap.free() + waiting) * pageSize;
        return new HeapStats(
                account.buffers(),
                account.bytes(),
                kept,
                keptBytes,
                given,
                0,
                lost,
                maintainedBytes,
                savedBytes,
                Map.of());
    }

    void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        cleaner.close();
        synchronized (this) {
            closeWhenOver();
        }
    }

    /** The region goes back to the system with the last part. */
    private void closeWhenOver() {
        if (closed && !over && out == 0 && waiting == 0) {
            over = true;
            if (!uncached.isEmpty()) {
                maintenance.drain();
                maintenance.leaveUncached(all);
                uncached.clear(); // the last part and the heap may end at the same time, and both come here
            }
            all.close();
        }
    }
}
