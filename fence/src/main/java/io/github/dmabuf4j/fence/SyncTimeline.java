package io.github.dmabuf4j.fence;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A timeline that software moves: the kernel's sw_sync, within one process.
 *
 * <p>There are two ways to speak to it. As a {@link SignalingTimeline} it counts in 64 bits and can fail. In the manner
 * of sw_sync, {@link #createPoint(int)} and {@link #increment(int)} count in 32 bits and wrap around. Both move the same
 * value.
 *
 * <p>Points complete in the order of their numbers; when a call that moved the timeline returns, the fences up to the
 * new value are signalled. Callbacks run on the thread that moved it, without a lock.
 *
 * <p>Close it when no more points will be reached: those that are pending fail with {@code ENOENT}. All methods may be
 * called from any thread.
 *
 * @see <a href="https://docs.kernel.org/driver-api/sync_file.html">sync_file and sw_sync in the kernel's manual</a>
 */
public final class SyncTimeline implements SignalingTimeline, AutoCloseable {
    /** What {@link DmaFence#driverName()} of the points says. */
    public static final String DRIVER_NAME = "sw_sync";

    private static final LearningSpin.Condition<SyncTimeline> REACHED =
            (timeline, point) -> timeline.status(point) != PointStatus.PENDING;

    private final FenceContext context;

    /** Guarded by this; so are the changes of all that follows. */
    private final PendingPoints pending = new PendingPoints();

    private final LearningSpin spin = new LearningSpin();
    private volatile long value;
    private volatile @Nullable Failure failure;
    private long reachedNanos = System.nanoTime();
    private boolean closed;
    private int sleepers;

    /**
     * The sticky failure.
     *
     * @param firstFailed the first point that failed
     * @param error how
     * @param nanos when
     */
    private record Failure(long firstFailed, Errno error, long nanos) {}

    private SyncTimeline(String name) {
        context = FenceContext.create(DRIVER_NAME, name);
    }

    /**
     * A new timeline at 0.
     *
     * @param name the name for people (the kernel takes that of the opener's process)
     * @return the timeline
     */
    public static SyncTimeline create(String name) {
        return new SyncTimeline(name);
    }

    @Override
    public String name() {
        return context.timelineName();
    }

    /**
     * The context of the points' fences.
     *
     * @return the id
     */
    public long context() {
        return context.id();
    }

    @Override
    public long value() {
        return value;
    }

    @Override
    public PointStatus status(long point) {
        Failure failed = failure; // before the value: a point below the failure was reached first
        if (failed != null && point >= failed.firstFailed) {
            return PointStatus.FAILED;
        }
        return point <= value ? PointStatus.SIGNALED : PointStatus.PENDING;
    }

    @Override
    public @Nullable Errno error() {
        Failure failed = failure;
        return failed == null ? null : failed.error;
    }

    @Override
    public void signal(long newValue) {
        Completed completed;
        synchronized (this) {
            checkMoves();
            if (newValue <= value) {
                throw new IllegalArgumentException(
                        "timeline " + name() + " only rises: " + newValue + " does not come after " + value);
            }
            completed = moveTo(newValue);
        }
        completed.runCallbacks();
    }

    /**
     * Moves the timeline forward in the manner of sw_sync. No point in between is jumped over, whatever the amount.
     *
     * @param amount how far, as an unsigned number of 32 bits; 0 moves nothing
     * @throws IllegalStateException if the timeline has failed or is closed
     */
    public void increment(int amount) {
        Completed completed;
        synchronized (this) {
            checkMoves();
            completed = moveTo(value + Integer.toUnsignedLong(amount));
        }
        completed.runCallbacks();
    }

    /** Publishes the new value and the fences up to it; their callbacks are left for when the lock is released. */
    private Completed moveTo(long newValue) {
        value = newValue;
        reachedNanos = System.nanoTime();
        Completed completed = new Completed();
        for (TimelinePoint point = pending.takeUpTo(newValue); point != null; point = pending.takeUpTo(newValue)) {
            completed.complete(point, null, reachedNanos);
        }
        wakeSleepers();
        return completed;
    }

    @Override
    public void fail(long firstFailed, Errno error) {
        Objects.requireNonNull(error, "error");
        Completed completed;
        synchronized (this) {
            checkMoves();
            if (firstFailed <= value) {
                throw new IllegalArgumentException("point " + firstFailed + " of timeline " + name()
                        + " is reached and cannot fail any more; the value is " + value);
            }
            completed = failFrom(firstFailed, error);
        }
        completed.runCallbacks();
    }

    private Completed failFrom(long firstFailed, Errno error) {
        long now = System.nanoTime();
        failure = new Failure(firstFailed, error, now);
        ArrayDeque<TimelinePoint> inOrder = new ArrayDeque<>();
        for (TimelinePoint p = pending.takeDownTo(firstFailed); p != null; p = pending.takeDownTo(firstFailed)) {
            inOrder.addFirst(p);
        }
        Completed completed = new Completed();
        for (TimelinePoint point : inOrder) {
            completed.complete(point, error, now);
        }
        wakeSleepers();
        return completed;
    }

    private void checkMoves() {
        if (closed) {
            throw new IllegalStateException("timeline " + name() + " is closed");
        }
        Failure failed = failure;
        if (failed != null) {
            throw new IllegalStateException(
                    "timeline " + name() + " has failed with " + failed.error + " and moves no more");
        }
    }

    /**
     * The fence of a point in the manner of sw_sync. A pending point that is asked for again gives the same fence.
     *
     * @param point the number in 32 bits, compared with the value with wrap-around: one that is 2<sup>31</sup> or more
     *     ahead counts as passed
     * @return the fence, signalled if the point is reached
     * @throws IllegalStateException if the timeline is closed
     */
    public DmaFence createPoint(int point) {
        synchronized (this) {
            if (closed) {
                throw new IllegalStateException("timeline " + name() + " is closed");
            }
            return fence(Math.max(0, value + (point - (int) value)));
        }
    }

    @Override
    public DmaFence fence(long point) {
        TimelinePoint fence;
        synchronized (this) {
            TimelinePoint known = pending.find(point);
            if (known != null) {
                return known;
            }
            fence = new TimelinePoint(context, point);
            Failure failed = failure;
            if (failed != null && point >= failed.firstFailed) {
                fence.complete(failed.error, failed.nanos);
            } else if (point <= value) {
                fence.complete(null, reachedNanos);
            } else {
                pending.add(fence);
            }
        }
        return fence;
    }

    @Override
    public PointStatus awaitPoint(long point, long timeoutNanos) throws InterruptedException {
        FenceWait.checked(timeoutNanos);
        PointStatus status = status(point);
        if (status != PointStatus.PENDING || timeoutNanos == 0) {
            return status;
        }
        long start = System.nanoTime();
        spin.spin(REACHED, this, point, timeoutNanos, start);
        return sleep(point, timeoutNanos, start);
    }

    private synchronized PointStatus sleep(long point, long timeoutNanos, long start) throws InterruptedException {
        PointStatus status = status(point);
        sleepers++;
        try {
            while (status == PointStatus.PENDING) {
                long left = FenceWait.remaining(timeoutNanos, start);
                if (left == 0) {
                    break;
                }
                // A monitor waits in milliseconds for ever, and in nanoseconds up to the timeout.
                wait(
                        left == Long.MAX_VALUE ? 0 : left / 1_000_000,
                        left == Long.MAX_VALUE ? 0 : (int) (left % 1_000_000));
                status = status(point);
            }
            return status;
        } finally {
            sleepers--;
        }
    }

    private void wakeSleepers() {
        if (sleepers > 0) {
            notifyAll();
        }
    }

    /**
     * The deadline somebody asked for a point of any such timeline.
     *
     * @param point a fence of a {@code SyncTimeline}
     * @return the earliest deadline ever asked for while it was pending, CLOCK_MONOTONIC in nanoseconds
     * @throws IllegalArgumentException if the fence is no point of such a timeline, for instance a merged one
     */
    public static OptionalLong deadline(DmaFence point) {
        if (!(point instanceof TimelinePoint known)) {
            throw new IllegalArgumentException("only points of a SyncTimeline keep deadlines, not " + point);
        }
        return known.deadline();
    }

    /**
     * How many points are pending.
     *
     * @return the number of fences not signalled
     */
    public synchronized int pendingPoints() {
        return pending.size();
    }

    /**
     * Ends the timeline: pending points fail in order, with {@code ENOENT} or with the error of a timeline that had
     * failed; whoever waits ends. Points that are reached stay so. A second call does nothing.
     */
    @Override
    public void close() {
        Completed completed;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            Failure before = failure;
            completed = failFrom(value + 1, before == null ? Errno.ENOENT : before.error);
        }
        completed.runCallbacks();
    }

    /** One line for people, as {@code sync/info} of the kernel shows a timeline. */
    @Override
    public String toString() {
        return name() + ": " + value;
    }

    /** Points completed under the lock, whose callbacks run after it. */
    private static final class Completed {
        private @Nullable List<TimelinePoint> points;
        private @Nullable List<FenceCallback> lists;

        @SuppressWarnings("ReferenceEquality")
        void complete(TimelinePoint point, @Nullable Errno error, long nanos) {
            FenceCallback list = point.finish(error, nanos);
            if (list != null && list != TooLate.MARK) {
                if (points == null || lists == null) {
                    points = new ArrayList<>();
                    lists = new ArrayList<>();
                }
                points.add(point);
                lists.add(list);
            }
        }

        void runCallbacks() {
            if (points != null && lists != null) {
                for (int i = 0; i < points.size(); i++) {
                    CompletionTrampoline.run(points.get(i), lists.get(i));
                }
            }
        }
    }
}
