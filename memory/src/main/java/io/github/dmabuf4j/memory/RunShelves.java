package io.github.dmabuf4j.memory;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a pool keeps, by size. For use with the pool's lock held. */
final class RunShelves {
    // Access order: the first shelf is the one not asked for longest.
    private final LinkedHashMap<Long, Shelf> shelves = new LinkedHashMap<>(16, 0.75f, true);

    long cleanRuns;
    long cleanBytes;
    long dirtyRuns;
    long dirtyBytes;
    /** Runs that were taken off for good. */
    long dropped;

    /**
     * A run that is to be zeroed.
     *
     * @param run the run
     * @param from where the part begins that is not zero yet, in bytes
     */
    record Dirty(Pages run, long from) {
        /** The part that is not zero yet. */
        Pages rest() {
            return from == 0 ? run : run.slice(from, run.size() - from);
        }
    }

    /** The runs of one size. */
    static final class Shelf {
        final long size;
        private final ArrayDeque<Pages> clean = new ArrayDeque<>();
        private final ArrayDeque<Dirty> dirty = new ArrayDeque<>();
        /** Dirty runs and the one that is being zeroed. */
        int pending;
        /** Threads that wait for one of the pending runs. */
        int waiters;

        Shelf(long size) {
            this.size = size;
        }

        private boolean unused() {
            return clean.isEmpty() && pending == 0 && waiters == 0;
        }
    }

    @Nullable Shelf of(long size) {
        return shelves.get(size);
    }

    Shelf addDirty(Pages run) {
        Shelf shelf = addPending(run);
        shelf.dirty.addLast(new Dirty(run, 0));
        return shelf;
    }

    /** Has the rest of a run wait that was counted as dirty before. */
    void putBack(Shelf shelf, Dirty rest) {
        shelf.dirty.addLast(rest);
    }

    /** Counts a run as dirty that is being zeroed already, until it is {@link #addClean clean} or {@link #lose lost}. */
    Shelf addPending(Pages run) {
        Shelf shelf = shelves.computeIfAbsent(run.size(), Shelf::new);
        shelf.pending++;
        dirtyRuns++;
        dirtyBytes += shelf.size;
        return shelf;
    }

    /** Takes a run to be zeroed; it counts as dirty until it is {@link #addClean clean} or {@link #lose lost}. */
    @Nullable Dirty takeDirty(Shelf shelf) {
        return shelf.dirty.pollFirst();
    }

    /** Takes a run away that waits to be zeroed, the one that came last: it may still be in the processor's cache. */
    @Nullable Dirty stealDirty(Shelf shelf) {
        Dirty run = shelf.dirty.pollLast();
        if (run != null) {
            removeDirty(shelf);
        }
        return run;
    }

    void addClean(Shelf shelf, Pages run) {
        removeDirty(shelf);
        shelf.clean.addLast(run);
        cleanRuns++;
        cleanBytes += shelf.size;
    }

    void lose(Shelf shelf) {
        removeDirty(shelf);
        dropped++;
        forgetUnused(shelf);
    }

    @Nullable Pages takeClean(Shelf shelf) {
        Pages run = shelf.clean.pollLast();
        if (run != null) {
            cleanRuns--;
            cleanBytes -= shelf.size;
        }
        return run;
    }

    void forgetUnused(Shelf shelf) {
        if (shelf.unused()) {
            shelves.remove(shelf.size, shelf);
        }
    }

    /** Takes clean runs away, those of the size not asked for longest first. Answers with their bytes. */
    long evictClean(long bytes, List<Pages> doomed) {
        long freed = 0;
        Iterator<Shelf> oldestFirst = shelves.values().iterator();
        while (freed < bytes && oldestFirst.hasNext()) {
            Shelf each = oldestFirst.next();
            while (freed < bytes && !each.clean.isEmpty()) {
                doomed.add(each.clean.removeFirst());
                freed += each.size;
                dropped++;
                cleanRuns--;
                cleanBytes -= each.size;
            }
            if (each.unused()) {
                oldestFirst.remove();
            }
        }
        return freed;
    }

    /** Takes runs away that wait to be zeroed. Answers with their bytes. */
    long evictDirty(long bytes, List<Pages> doomed) {
        long freed = 0;
        Iterator<Shelf> oldestFirst = shelves.values().iterator();
        while (freed < bytes && oldestFirst.hasNext()) {
            Shelf each = oldestFirst.next();
            while (freed < bytes && !each.dirty.isEmpty()) {
                doomed.add(each.dirty.removeFirst().run());
                freed += each.size;
                dropped++;
                removeDirty(each);
            }
            if (each.unused()) {
                oldestFirst.remove();
            }
        }
        return freed;
    }

    private void removeDirty(Shelf shelf) {
        shelf.pending--;
        dirtyRuns--;
        dirtyBytes -= shelf.size;
    }
}
