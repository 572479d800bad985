package io.github.dmabuf4j.memory;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Runs of pages that their owner has given up, kept zeroed by size for the next owner.
 *
 * <p>A run that comes back is zeroed by the pool's own daemon thread, neither by who gives it back nor by who asks for
 * memory. That thread may fall behind when small runs come back faster than memory can be written. Who gives small runs
 * back then begins to zero them before going on, so that who asks finds clean ones. Whoever asks for a size of which no clean run
 * is pooled, but a dirty one is, waits for it, or zeroes a small one: both are shorter than the system takes for fresh
 * pages, and the second is shorter than waking up.
 *
 * <p>What the pool keeps, zeroed or waiting for it, never exceeds the high-water mark. To make room it gives back runs
 * of the size that was not asked for longest.
 *
 * <p>All methods may be called from any thread.
 *
 * @see <a href="https://docs.kernel.org/userspace-api/dma-buf-heaps.html">dma-buf heaps in the kernel's manual</a>
 */
public final class PagePool implements AutoCloseable {
    private final RunSource source;
    private final long highWaterBytes;

    private final ReentrantLock lock = new ReentrantLock();

    // Everything below is guarded by the lock.
    private final RunShelves shelves = new RunShelves();
    private final Set<Pages> live = Collections.newSetFromMap(new IdentityHashMap<>());
    private final RunCleaner cleaner;
    private boolean closed;
    private long liveBytes;
    private long hits;
    private long misses;
    private long savedBytes;
    private long mostKeptBytes;

    /**
     * Makes an empty pool. Its thread starts with the first run that comes back.
     *
     * @param backing where fresh pages come from
     * @param highWaterBytes the most that the pool keeps for later, in bytes; 0 keeps nothing
     * @throws IllegalArgumentException if the mark is negative
     */
    public PagePool(PageBacking backing, long highWaterBytes) {
        this(backing, highWaterBytes, Caching.CACHED, backing.maintenance());
    }

    /**
     * Makes an empty pool of runs that are mapped in a given way. A fresh run is maintained once, when it is mapped so,
     * and stays as it is however often it changes its owner: it is zeroed through that same mapping.
     *
     * @param backing where fresh pages come from
     * @param highWaterBytes the most that the pool keeps for later, in bytes; 0 keeps nothing
     * @param caching how runs are mapped
     * @param maintenance what is done when a run becomes uncached, is zeroed, and leaves
     * @throws IllegalArgumentException if the mark is negative
     * @throws UnsupportedCachingException if the backing does not offer that way
     */
    public PagePool(PageBacking backing, long highWaterBytes, Caching caching, CacheMaintenance maintenance) {
        if (highWaterBytes < 0) {
            throw new IllegalArgumentException("a high-water mark is not negative, but this one is " + highWaterBytes);
        }
        this.source = new RunSource(backing, caching, maintenance);
        this.highWaterBytes = highWaterBytes;
        this.cleaner = new RunCleaner(source, shelves, lock);
    }

    /**
     * Where fresh pages come from.
     *
     * @return the backing this pool was made with
     */
    public PageBacking backing() {
        return source.backing;
    }

    /**
     * Takes a run of pages, every byte zero. The caller owns it until it gives it to {@link #retire}.
     *
     * <p>When the backing has no more, what the pool keeps is given back to it and it is asked once more.
     *
     * @param size how much, in bytes; rounded up to whole pages
     * @param label a name for people, given to fresh pages; pooled pages keep their first one
     * @return the pages
     * @throws IllegalArgumentException if the size is not positive or too large to be rounded up
     * @throws IllegalStateException if the pool is closed
     * @throws IOException if the backing has no more
     */
    public Pages take(long size, String label) throws IOException {
        return take(size, label, true);
    }

    /**
     * Takes a run as {@link #take}, if the pool has one or the backing gives one at once; nothing that the pool keeps is
     * given back for it. For whoever can do with smaller runs.
     *
     * @param size how much, in bytes; rounded up to whole pages
     * @param label a name for people, given to fresh pages
     * @return the pages
     * @throws IllegalArgumentException if the size is not positive or too large to be rounded up
     * @throws IllegalStateException if the pool is closed
     * @throws IOException if the backing has no run of that size
     */
    public Pages takeIfAtHand(long size, String label) throws IOException {
        return take(size, label, false);
    }

    private Pages take(long size, String label, boolean reclaim) throws IOException {
        long rounded = source.backing.roundUp(size);
        Pages pooled = takePooled(rounded);
        if (pooled != null) {
            return pooled;
        }
        Pages fresh = giveFresh(rounded, label, reclaim);
        RunCleaner.enter(lock);
        try {
            misses++;
            enliven(fresh);
        } finally {
            lock.unlock();
        }
        return fresh;
    }

    private @Nullable Pages takePooled(long size) {
        RunShelves.Dirty stolen = null;
        RunCleaner.enter(lock);
        try {
            checkOpen();
            RunShelves.Shelf own = shelves.of(size);
            if (own == null) {
                return null;
            }
            Pages pages = shelves.takeClean(own);
            if (pages == null && size <= RunCleaner.SMALL_BYTES) {
                stolen = shelves.stealDirty(own);
                pages = stolen == null ? null : stolen.run();
            }
            if (pages == null && own.pending > own.waiters) {
                pages = cleaner.await(own);
            }
            shelves.forgetUnused(own);
            if (pages != null) {
                hits++;
                savedBytes += source.savedBy(size);
                enliven(pages);
            }
            if (stolen == null) {
                return pages;
            }
        } finally {
            lock.unlock();
        }
        return cleaner.wipe(stolen.rest()) ? stolen.run() : dropTaken(stolen.run());
    }

    /** A run that was counted as taken cannot be used. */
    private @Nullable Pages dropTaken(Pages pages) {
        RunCleaner.enter(lock);
        try {
            hits--;
            savedBytes -= source.savedBy(pages.size());
            live.remove(pages);
            liveBytes -= pages.size();
            shelves.dropped++;
        } finally {
            lock.unlock();
        }
        source.takeBack(pages);
        return null;
    }

    /**
     * Takes a run back from its owner, who must not use it any more. It is zeroed for the next owner, or given back to
     * the system at once if it may not be used again or the pool has no room.
     *
     * @param pages the run, with no lease open
     * @param reusable false if somebody who is not trusted may still reach the memory
     * @throws IllegalArgumentException if the run is not out: retired before, or of another pool
     */
    public void retire(Pages pages, boolean reusable) {
        List<Pages> doomed = List.of();
        RunShelves.Shelf begun = null;
        long share = 0;
        RunCleaner.enter(lock);
        try {
            if (!live.remove(pages)) {
                throw new IllegalArgumentException(
                        pages + " are not out: they were retired before or belong to another pool");
            }
            long size = pages.size();
            liveBytes -= size;
            if (reusable && !closed && pages.writable() && size <= highWaterBytes) {
                doomed = makeRoom(size);
            }
            if (reusable && !closed && pages.writable() && size <= room()) {
                share = cleaner.share(pages);
                if (share == 0) {
                    cleaner.add(pages);
                } else {
                    begun = cleaner.addBegun(pages);
                }
                mostKeptBytes = Math.max(mostKeptBytes, highWaterBytes - room());
            } else {
                doomed = new ArrayList<>(doomed);
                doomed.add(pages);
                shelves.dropped++;
            }
        } finally {
            lock.unlock();
        }
        if (begun != null) {
            cleaner.begin(begun, pages, share);
        }
        doomed.forEach(source::takeBack);
    }

    /**
     * Gives runs that the pool keeps back to the system, those of the size not asked for longest first; runs that are
     * not zeroed yet only after all others.
     *
     * @param bytes how much to give back at least
     * @return how much was given back, in bytes; less than asked if the pool did not have as much
     */
    public long shrink(long bytes) {
        List<Pages> doomed = new ArrayList<>();
        long freed;
        RunCleaner.enter(lock);
        try {
            freed = evict(bytes, doomed);
        } finally {
            lock.unlock();
        }
        doomed.forEach(source::takeBack);
        return freed;
    }

    /**
     * What the pool holds and did.
     *
     * @return the numbers of one moment
     */
    public PoolStats stats() {
        RunCleaner.enter(lock);
        try {
            return new PoolStats(
                    live.size(),
                    liveBytes,
                    shelves.cleanRuns,
                    shelves.cleanBytes,
                    shelves.dirtyRuns,
                    shelves.dirtyBytes,
                    hits,
                    misses,
                    shelves.dropped,
                    source.maintainedBytes(),
                    savedBytes);
        } finally {
            lock.unlock();
        }
    }

    /**
     * The most that the pool kept at any moment so far; never more than the high-water mark.
     *
     * @return bytes, zeroed or waiting for it
     */
    public long mostKeptBytes() {
        RunCleaner.enter(lock);
        try {
            return mostKeptBytes;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until every run that came back is zeroed, or was given back to the system. */
    public void awaitZeroed() {
        RunCleaner.enter(lock);
        try {
            cleaner.awaitAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Gives everything the pool keeps back to the system and ends its thread. Runs that are out stay valid; retired
     * later, they go back to the system. Idempotent.
     */
    @Override
    public void close() {
        List<Pages> doomed = new ArrayList<>();
        @Nullable Thread thread;
        RunCleaner.enter(lock);
        try {
            closed = true;
            evict(Long.MAX_VALUE, doomed);
            thread = cleaner.close();
        } finally {
            lock.unlock();
        }
        doomed.forEach(source::takeBack);
        if (thread != null) {
            joinUninterruptibly(thread);
        }
    }

    private Pages giveFresh(long size, String label, boolean reclaim) throws IOException {
        try {
            return source.give(size, label);
        } catch (IOException exhausted) {
            if (!reclaim || reclaimAll() == 0) {
                throw exhausted;
            }
            return source.give(size, label);
        }
    }

    /** Gives back all that the pool keeps, and waits for the runs that are being zeroed to give them back too. */
    private long reclaimAll() {
        long freed = shrink(Long.MAX_VALUE);
        RunCleaner.enter(lock);
        try {
            cleaner.awaitUnderWay();
        } finally {
            lock.unlock();
        }
        return freed + shrink(Long.MAX_VALUE);
    }

    private void enliven(Pages pages) {
        live.add(pages);
        liveBytes += pages.size();
    }

    private long room() {
        return highWaterBytes - shelves.cleanBytes - shelves.dirtyBytes;
    }

    /** Takes clean runs away if that makes enough room for another one. */
    private List<Pages> makeRoom(long size) {
        long room = room();
        if (size <= room || size > room + shelves.cleanBytes) {
            return List.of();
        }
        List<Pages> doomed = new ArrayList<>();
        shelves.evictClean(size - room, doomed);
        return doomed;
    }

    /** Takes runs away, those that are not zeroed yet after all others. Answers with their bytes. */
    private long evict(long bytes, List<Pages> doomed) {
        long freed = shelves.evictClean(bytes, doomed);
        long waiting = shelves.evictDirty(bytes - freed, doomed);
        if (waiting > 0) {
            cleaner.fewer(); // whoever waits for one of these waits in vain
        }
        return freed + waiting;
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("this page pool is closed");
        }
    }

    private static void joinUninterruptibly(Thread thread) {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
