package io.github.dmabuf4j.fence;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A wait for points of sync objects, with the kernel's rules: what is waited for is fixed when a point is first seen,
 * and replacing or resetting an object afterwards does not change it; errors of fences do not matter, a failed fence is
 * a signalled one.
 *
 * <pre>{@code
 * Result result = SyncObjWait.forAll(points).forSubmit().await(Duration.ofMillis(16));
 * }</pre>
 *
 * <p>It is made ready by one thread; after that any thread may wait, any number of times.
 *
 * @see <a href="https://docs.kernel.org/gpu/drm-mm.html#drm-sync-objects">DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT</a>
 */
public final class SyncObjWait {
    /** What {@link Result#firstSignaled()} says when no point was signalled before an {@code all} wait went to sleep. */
    public static final int NONE = -1;

    private final List<SyncPoint> points;
    private final boolean all;
    private boolean forSubmit;
    private boolean available;
    private @Nullable Long deadlineNanos;

    /**
     * How a wait ended.
     *
     * @param done true if what was waited for came true, false if the time was over
     * @param firstSignaled of a wait for any the lowest index found; of a wait for all the lowest index that was
     *     signalled at the start, or {@link #NONE}
     */
    public record Result(boolean done, int firstSignaled) {}

    private SyncObjWait(List<SyncPoint> points, boolean all) {
        this.points = List.copyOf(points);
        this.all = all;
    }

    /**
     * A wait for the first of several points.
     *
     * @param points the points; none ends at once
     * @return the wait, to be refined and begun
     */
    public static SyncObjWait forAny(List<SyncPoint> points) {
        return new SyncObjWait(points, false);
    }

    /**
     * A wait for all of several points.
     *
     * @param points the points; none ends at once
     * @return the wait, to be refined and begun
     */
    public static SyncObjWait forAll(List<SyncPoint> points) {
        return new SyncObjWait(points, true);
    }

    /**
     * Waits also for points that nobody has submitted yet. Without this a missing point is an error.
     *
     * @return this
     */
    public SyncObjWait forSubmit() {
        forSubmit = true;
        return this;
    }

    /**
     * Waits only until points exist, signalled or not.
     *
     * @return this
     */
    public SyncObjWait available() {
        available = true;
        return this;
    }

    /**
     * Hints to the fences that exist at the start when they are wanted.
     *
     * @param nanos CLOCK_MONOTONIC in nanoseconds
     * @return this
     */
    public SyncObjWait deadline(long nanos) {
        deadlineNanos = nanos;
        return this;
    }

    /**
     * Waits.
     *
     * @param timeout the longest wait; zero only looks
     * @return how it ended
     * @throws IllegalArgumentException if the timeout is negative
     * @throws IllegalStateException if a point was not submitted and this is neither {@link #forSubmit()} nor
     *     {@link #available()}; nothing is waited for then
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public Result await(Duration timeout) throws InterruptedException {
        long timeoutNanos = FenceWait.nanos(timeout);
        List<Entry> entries = points.stream().map(Entry::new).toList();
        for (Entry entry : entries) {
            entry.fence = entry.object.findFence(entry.point);
            if (entry.fence == null && !forSubmit && !available) {
                throw new IllegalStateException("nothing was submitted for point " + Long.toUnsignedString(entry.point)
                        + " yet; wait with forSubmit()");
            }
        }
        int done = 0;
        int first = NONE;
        for (int i = 0; i < entries.size(); i++) {
            if (isDone(entries.get(i))) {
                done++;
                first = first == NONE ? i : first;
            }
        }
        if (done == entries.size() || (done > 0 && !all)) {
            return new Result(true, first);
        }
        if (timeoutNanos == 0) {
            return new Result(false, NONE);
        }
        try {
            return sleep(entries, timeoutNanos, first);
        } finally {
            for (Entry entry : entries) {
                entry.cancel();
            }
        }
    }

    private boolean isDone(Entry entry) {
        DmaFence fence = entry.fence;
        return fence != null && (available || fence.poll());
    }

    private Result sleep(List<Entry> entries, long timeoutNanos, int firstAtStart) throws InterruptedException {
        long start = System.nanoTime();
        for (Entry entry : entries) {
            DmaFence fence = entry.fence;
            if (fence == null) {
                entry.object.watch(entry);
            } else if (deadlineNanos != null) {
                fence.setDeadline(deadlineNanos);
            }
        }
        for (; ; ) {
            int done = 0;
            for (int i = 0; i < entries.size(); i++) {
                Entry entry = entries.get(i);
                if (isDone(entry) || entry.isSignaledInsteadOfListening()) {
                    if (!all) {
                        return new Result(true, i);
                    }
                    done++;
                }
            }
            if (done == entries.size()) {
                return new Result(true, firstAtStart);
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            long left = FenceWait.remaining(timeoutNanos, start);
            if (left == 0) {
                return new Result(false, NONE);
            }
            LockSupport.parkNanos(this, left);
        }
    }

    /** One point of the wait: first looked up, perhaps watched for, then listened to. */
    private static final class Entry extends SyncObj.Watcher {
        private final SyncObj object;
        private final Thread waiter;
        private volatile @Nullable DmaFence fence;
        private @Nullable FenceCallback callback;

        Entry(SyncPoint point) {
            super(point.point());
            this.object = point.object();
            this.waiter = Thread.currentThread();
        }

        @Override
        void materialized(DmaFence found) {
            fence = found;
            LockSupport.unpark(waiter);
        }

        /** Listens from the first call on that sees a fence; true if that is signalled. */
        boolean isSignaledInsteadOfListening() {
            DmaFence now = fence;
            if (now == null || callback != null) {
                return false;
            }
            FenceCallback wake = FenceCallback.of(_ -> LockSupport.unpark(waiter));
            if (!now.addCallback(wake)) {
                return true;
            }
            callback = wake;
            return false;
        }

        void cancel() {
            object.unwatch(this);
            DmaFence now = fence;
            FenceCallback listening = callback;
            if (now != null && listening != null) {
                now.removeCallback(listening);
            }
        }
    }
}
