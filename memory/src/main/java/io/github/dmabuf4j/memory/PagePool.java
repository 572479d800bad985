package io.github.dmabuf4j.memory;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Runs of pages that their owner has given up, kept zeroed by size for the next owner.
 *
 * <p>A run that comes back is zeroed by the pool's own daemon thread, never by the thread that asks for memory. Whoever
 * asks for a size of which the only pooled run is still being zeroed waits for it: that is several times shorter than
 * the system takes for fresh pages.
 *
 * <p>What the pool keeps, zeroed or waiting for it, never exceeds the high-water mark. To make room it gives back runs
 * of the size that was not asked for longest.
 *
 * <p>All methods may be called from any thread.
 *
 * @see <a href="https://docs.kernel.org/userspace-api/dma-buf-heaps.html">dma-buf heaps in the kernel's manual</a>
 */
public final class PagePool implements AutoCloseable {
    private static final Logger LOG = System.getLogger(PagePool.class.getName());

    private final RunSource source;
    private final long highWaterBytes;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private final Condition zeroed = lock.newCondition();

    // Everything below is guarded by the lock.
    private final RunShelves shelves = new RunShelves();
    private final Set<Pages> live = Collections.newSetFromMap(new IdentityHashMap<>());
    /** One token for each run to zero, and one more, at the head, for each thread that waits. Tokens may be stale. */
    private final ArrayDeque<RunShelves.Shelf> todo = new ArrayDeque<>();

    private @Nullable Thread zeroer;
    private boolean zeroing;
    private long zeroings;
    private boolean closed;
    private long liveBytes;
    private long hits;
    private long misses;
    private long dropped;
    private long savedBytes;

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
        lock.lock();
        try {
            checkOpen();
            Pages pooled = takePooled(rounded);
            if (pooled != null) {
                hits++;
                savedBytes += source.savedBy(rounded);
                enliven(pooled);
                return pooled;
            }
        } finally {
            lock.unlock();
        }
        Pages fresh = giveFresh(rounded, label, reclaim);
        lock.lock();
        try {
            misses++;
            enliven(fresh);
        } finally {
            lock.unlock();
        }
        return fresh;
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
        List<Pages> doomed = new ArrayList<>();
        lock.lock();
        try {
            if (!live.remove(pages)) {
                throw new IllegalArgumentException(
                        pages + " are not out: they were retired before or belong to another pool");
            }
            long size = pages.size();
            liveBytes -= size;
            if (reusable && !closed && pages.writable() && makeRoom(size, doomed)) {
                todo.addLast(shelves.addDirty(pages));
                startZeroer();
                work.signal();
            } else {
                doomed.add(pages);
                dropped++;
            }
        } finally {
            lock.unlock();
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
        lock.lock();
        try {
            freed = evict(bytes, doomed);
            freed += evictWaiting(bytes - freed, doomed);
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
        lock.lock();
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
                    dropped,
                    source.maintainedBytes(),
                    savedBytes);
        } finally {
            lock.unlock();
        }
    }

    /** Waits until every run that came back is zeroed, or was given back to the system. */
    public void awaitZeroed() {
        lock.lock();
        try {
            while (shelves.dirtyRuns > 0) {
                zeroed.awaitUninterruptibly();
            }
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
        Thread thread;
        lock.lock();
        try {
            closed = true;
            evict(Long.MAX_VALUE, doomed);
            evictWaiting(Long.MAX_VALUE, doomed);
            todo.clear();
            thread = zeroer;
            work.signalAll();
            zeroed.signalAll();
        } finally {
            lock.unlock();
        }
        doomed.forEach(source::takeBack);
        if (thread != null) {
            joinUninterruptibly(thread);
        }
    }

    private @Nullable Pages takePooled(long size) {
        RunShelves.Shelf own = shelves.of(size);
        if (own == null) {
            return null;
        }
        Pages pages = shelves.takeClean(own);
        if (pages == null && own.pending > own.waiters) {
            own.waiters++;
            todo.addFirst(own);
            work.signal();
            do {
                zeroed.awaitUninterruptibly();
                pages = shelves.takeClean(own);
            } while (pages == null && own.pending >= own.waiters && !closed);
            own.waiters--;
        }
        shelves.forgetUnused(own);
        return pages;
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

    /** Gives back all that the pool keeps, and waits for the run that is being zeroed to give that back too. */
    private long reclaimAll() {
        long freed = shrink(Long.MAX_VALUE);
        lock.lock();
        try {
            long seen = zeroings;
            while (zeroing && zeroings == seen) {
                zeroed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
        return freed + shrink(Long.MAX_VALUE);
    }

    private void enliven(Pages pages) {
        live.add(pages);
        liveBytes += pages.size();
    }

    private boolean makeRoom(long size, List<Pages> doomed) {
        long room = highWaterBytes - shelves.cleanBytes - shelves.dirtyBytes;
        if (size > room && size <= room + shelves.cleanBytes) {
            room += evict(size - room, doomed);
        }
        return size <= room;
    }

    private long evict(long bytes, List<Pages> doomed) {
        int before = doomed.size();
        long freed = shelves.evictClean(bytes, doomed);
        dropped += doomed.size() - before;
        return freed;
    }

    private long evictWaiting(long bytes, List<Pages> doomed) {
        int before = doomed.size();
        long freed = shelves.evictDirty(bytes, doomed);
        dropped += doomed.size() - before;
        if (freed > 0) {
            zeroed.signalAll(); // whoever waits for one of these waits in vain
        }
        return freed;
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("this page pool is closed");
        }
    }

    private void startZeroer() {
        if (zeroer == null) {
            zeroer = Thread.ofPlatform()
                    .daemon()
                    .name("dmabuf4j page pool (" + source.backing.name() + ")")
                    .start(this::zeroUntilClosed);
        }
    }

    private void zeroUntilClosed() {
        while (true) {
            RunShelves.Shelf own;
            Pages pages;
            lock.lock();
            try {
                while (todo.isEmpty() && !closed) {
                    work.awaitUninterruptibly();
                }
                if (closed) {
                    return;
                }
                own = todo.removeFirst();
                pages = shelves.takeDirty(own);
                zeroing = pages != null;
            } finally {
                lock.unlock();
            }
            if (pages != null) {
                zeroOne(own, pages);
            }
        }
    }

    private void zeroOne(RunShelves.Shelf own, Pages pages) {
        boolean clean = false;
        try {
            source.zero(pages);
            clean = true;
        } catch (RuntimeException | InternalError broken) {
            // Memory that cannot be wiped must not reach anybody; the pool goes on without it.
            LOG.log(Level.WARNING, pages + " could not be zeroed and are given back to the system", broken);
        }
        lock.lock();
        try {
            zeroing = false;
            zeroings++;
            clean &= !closed;
            if (clean) {
                shelves.addClean(own, pages);
            } else {
                shelves.lose(own);
                dropped++;
            }
            zeroed.signalAll();
        } finally {
            lock.unlock();
        }
        if (!clean) {
            source.takeBack(pages);
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
