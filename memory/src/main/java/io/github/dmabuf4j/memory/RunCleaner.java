package io.github.dmabuf4j.memory;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Zeroes the runs that a pool got back: a daemon thread, one run at a time and off the lock. Whoever gives small runs
 * back faster than the thread keeps up with begins with them, as far as the thread is behind.
 *
 * <p>Methods are for use with the pool's lock held unless they say otherwise; they never zero with it held.
 */
final class RunCleaner {
    private static final Logger LOG = System.getLogger(RunCleaner.class.getName());

    /** A run up to this size is zeroed in less time than it takes to wake a thread that waits for it. */
    static final long SMALL_BYTES = 64 << 10;
    /** With more than this before it, the thread that gives a small run back begins to zero it. */
    static final long BACKLOG_BYTES = 256 << 10;
    /** The more there is to do, the more of it is done by who gives back: this part of it. */
    private static final int SHARE = 16;

    private static final long ALIGNMENT = 16 << 10;

    /**
     * How often a thread tries to get the lock before it sleeps: critical sections are shorter than a sleep by far. On one
     * processor whoever has the lock does not run meanwhile.
     */
    private static final int TRIES = Runtime.getRuntime().availableProcessors() > 1 ? 200 : 0;

    private final RunSource source;
    private final RunShelves shelves;
    private final ReentrantLock lock;
    private final Condition work;
    private final Condition zeroed;

    // Everything below is guarded by the lock.
    /** One token for each run to zero, and one more, at the head, for each thread that waits. Tokens may be stale. */
    private final ArrayDeque<RunShelves.Shelf> todo = new ArrayDeque<>();

    private @Nullable Thread thread;
    private boolean idle;
    private int waiters;
    private int zeroing;
    private long zeroings;
    private boolean closed;

    RunCleaner(RunSource source, RunShelves shelves, ReentrantLock lock) {
        this.source = source;
        this.shelves = shelves;
        this.lock = lock;
        this.work = lock.newCondition();
        this.zeroed = lock.newCondition();
    }

    /**
     * How much of a run its last owner should zero before it is {@link #add added}, because the thread has too much to
     * do.
     *
     * @return bytes, 0 for nothing
     */
    long share(Pages run) {
        if (run.size() > SMALL_BYTES || shelves.dirtyBytes < BACKLOG_BYTES) {
            return 0;
        }
        return Math.min(run.size(), (shelves.dirtyBytes / SHARE) & -ALIGNMENT);
    }

    /** Puts a run on its shelf, to be zeroed by the thread. */
    void add(Pages run) {
        queue(shelves.addDirty(run));
    }

    /** Counts a run as one that is being zeroed. The caller is to {@link #begin} with it, without the lock. */
    RunShelves.Shelf addBegun(Pages run) {
        zeroing++;
        return shelves.addPending(run);
    }

    /** Zeroes the first bytes of a run and leaves the rest to the thread. For use without the lock. */
    void begin(RunShelves.Shelf own, Pages run, long bytes) {
        if (bytes == run.size()) {
            zero(own, new RunShelves.Dirty(run, 0));
            return;
        }
        boolean clean = wipe(run.slice(0, bytes));
        enter(lock);
        try {
            if (clean && !closed) {
                zeroing--;
                zeroings++;
                shelves.putBack(own, new RunShelves.Dirty(run, bytes));
                queue(own);
                fewer(); // are being zeroed
                return;
            }
        } finally {
            lock.unlock();
        }
        finish(own, run, false);
    }

    private void queue(RunShelves.Shelf own) {
        todo.addLast(own);
        if (thread == null) {
            thread = Thread.ofPlatform()
                    .daemon()
                    .name("dmabuf4j page pool (" + source.backing.name() + ")")
                    .start(this::zeroUntilClosed);
        }
        wake();
    }

    /** Waits for a run of a shelf that has none but pending ones. Answers with null if others were faster. */
    @Nullable Pages await(RunShelves.Shelf shelf) {
        Pages run;
        shelf.waiters++;
        todo.addFirst(shelf);
        wake();
        do {
            awaitZeroing();
            run = shelves.takeClean(shelf);
        } while (run == null && shelf.pending >= shelf.waiters && !closed);
        shelf.waiters--;
        return run;
    }

    /** Waits until every run that came back is zeroed, or was given back to the system. */
    void awaitAll() {
        while (shelves.dirtyRuns > 0) {
            awaitZeroing();
        }
    }

    /** Waits until the runs that are being zeroed now are pooled, or as many others. */
    void awaitUnderWay() {
        long enough = zeroings + zeroing;
        while (zeroing > 0 && zeroings < enough) {
            awaitZeroing();
        }
    }

    /** Tells everybody who waits that there is less to wait for. */
    void fewer() {
        if (waiters > 0) {
            zeroed.signalAll();
        }
    }

    /** Ends the thread. Answers with it, for the caller to join with the lock released. */
    @Nullable Thread close() {
        closed = true;
        todo.clear();
        work.signalAll();
        zeroed.signalAll();
        return thread;
    }

    private void wake() {
        if (idle) {
            work.signal();
        }
    }

    @SuppressWarnings("WaitNotInLoop") // those who call it loop
    private void awaitZeroing() {
        waiters++;
        zeroed.awaitUninterruptibly();
        waiters--;
    }

    /** The thread. */
    private void zeroUntilClosed() {
        while (true) {
            RunShelves.Shelf own;
            RunShelves.Dirty run;
            enter(lock);
            try {
                while (todo.isEmpty() && !closed) {
                    idle = true;
                    work.awaitUninterruptibly();
                    idle = false;
                }
                if (closed) {
                    return;
                }
                own = todo.removeFirst();
                run = shelves.takeDirty(own);
                zeroing += run == null ? 0 : 1;
            } finally {
                lock.unlock();
            }
            if (run != null) {
                zero(own, run);
            }
        }
    }

    /** Zeroes the rest of a run and puts it on its shelf, or gives it back to the system. */
    private void zero(RunShelves.Shelf own, RunShelves.Dirty dirty) {
        finish(own, dirty.run(), wipe(dirty.rest()));
    }

    private void finish(RunShelves.Shelf own, Pages run, boolean wiped) {
        boolean clean;
        enter(lock);
        try {
            zeroing--;
            zeroings++;
            clean = wiped && !closed;
            if (clean) {
                shelves.addClean(own, run);
            } else {
                shelves.lose(own);
            }
            fewer();
        } finally {
            lock.unlock();
        }
        if (!clean) {
            source.takeBack(run);
        }
    }

    /** Zeroes memory. False: it must not reach anybody. For use without the lock. */
    boolean wipe(Pages run) {
        try {
            source.zero(run);
            return true;
        } catch (RuntimeException | InternalError broken) {
            LOG.log(Level.WARNING, run + " could not be zeroed and are given back to the system", broken);
            return false;
        }
    }

    /** Locks. */
    static void enter(ReentrantLock lock) {
        for (int i = 0; i < TRIES; i++) {
            if (lock.tryLock()) {
                return;
            }
            Thread.onSpinWait();
        }
        lock.lock();
    }
}
