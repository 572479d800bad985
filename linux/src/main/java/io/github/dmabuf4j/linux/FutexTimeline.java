package io.github.dmabuf4j.linux;

import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.fence.FenceContext;
import io.github.dmabuf4j.fence.PointStatus;
import io.github.dmabuf4j.fence.Timeline;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/** What both ends of a timeline in shared memory have in common: looking at it, and waiting for its points. */
abstract sealed class FutexTimeline implements Timeline permits SharedTimeline, PeerTimeline {
    private static final VarHandle ENDING;

    static {
        try {
            ENDING = MethodHandles.lookup().findVarHandle(FutexTimeline.class, "ending", Ending.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    // One to three microseconds, as long as processors take for a pause.
    private static final int LOOKS_BEFORE_CLOCK = 64;

    /** How the timeline ended for good. Once there is one, the shared memory is not looked at any more. */
    record Ending(long firstFailed, Errno error) {
        PointStatus status(long point) {
            return point < firstFailed ? PointStatus.SIGNALED : PointStatus.FAILED;
        }
    }

    final TimelineLine line;
    final SleepingThreads sleeping;
    final PendingPoints pending;
    final LearningSpin spin = new LearningSpin();

    private final String name;
    private final FenceContext context;
    private volatile @Nullable Ending ending;

    FutexTimeline(String name, TimelineLine line, @Nullable InterestLine interest) {
        this.name = name;
        this.line = line;
        this.context = FenceContext.create("linux", name);
        this.sleeping = new SleepingThreads(interest);
        this.pending = new PendingPoints(this, interest);
    }

    /**
     * Reads the value from shared memory and checks it; may find that the timeline has ended. Before using the answer,
     * look at {@link #ending}.
     */
    abstract long look();

    /** Sees to it that {@link PendingPoints#complete} will be called when a point is reached. */
    abstract void dispatch();

    final @Nullable Ending ending() {
        return ending;
    }

    /** Ends the timeline unless it has ended, and lets everybody here know who waits. */
    final void end(Ending how) {
        if (declare(how)) {
            announce();
        }
    }

    /** Ends the timeline unless it has ended: from now on this is what everybody here sees. */
    final boolean declare(Ending how) {
        return ENDING.compareAndSet(this, null, how);
    }

    /** Wakes everybody here who waits. */
    final void announce() {
        sleeping.wakeAll();
        pending.complete();
    }

    @Override
    public final String name() {
        return name;
    }

    /**
     * The last point that was reached without a failure; one acquire read, no system call.
     *
     * @return the value; once the timeline has failed, the point before the first that failed
     */
    @Override
    public final long value() {
        long value = look();
        Ending ended = ending;
        return ended == null ? value : ended.firstFailed - 1;
    }

    /**
     * When the last step was made.
     *
     * @return CLOCK_MONOTONIC nanoseconds as the owner wrote them, 0 if it did not say or the page is closed
     */
    public final long timestampNanos() {
        try {
            return line.timestamp();
        } catch (IllegalStateException e) {
            return 0;
        }
    }

    @Override
    public final PointStatus status(long point) {
        return statusAt(look(), point);
    }

    /** What a value that was just looked at means for a point. */
    final PointStatus statusAt(long value, long point) {
        // After the look: an owner that fails writes the failure before the value.
        Ending ended = ending;
        if (ended != null) {
            return ended.status(point);
        }
        return value >= point ? PointStatus.SIGNALED : PointStatus.PENDING;
    }

    @Override
    public final @Nullable Errno error() {
        look();
        Ending ended = ending;
        return ended == null ? null : ended.error;
    }

    /** The error of a point that is signalled or failed. */
    final @Nullable Errno errorOf(long point) {
        Ending ended = ending;
        return ended != null && point >= ended.firstFailed ? ended.error : null;
    }

    @Override
    public final PointStatus awaitPoint(long point, long timeoutNanos) throws InterruptedException {
        long value = look();
        PointStatus status = statusAt(value, point);
        if (status != PointStatus.PENDING || timeoutNanos <= 0) {
            return status;
        }
        if (spin.isAllowed() && !Thread.currentThread().isVirtual() && changesSoon(value)) {
            status = status(point);
            if (status != PointStatus.PENDING) {
                spin.paidOffAtOnce();
                return status;
            }
        }
        PointWait.await(this, point, timeoutNanos);
        return status(point);
    }

    /** Looks for a while, too short to be worth reading the clock, whether there is something new to look at. */
    private boolean changesSoon(long value) {
        try {
            for (int i = 0; i < LOOKS_BEFORE_CLOCK; i++) {
                if (line.value() != value || ending != null) {
                    return true;
                }
                Thread.onSpinWait();
            }
            return false;
        } catch (IllegalStateException e) {
            return true; // closed: the next look tells
        }
    }

    @Override
    public final DmaFence fence(long point) {
        PointFence fence = new PointFence(context, this, point);
        fence.poll();
        return fence;
    }

    @Override
    public String toString() {
        Ending ended = ending;
        return "timeline " + name + " at " + value() + (ended == null ? "" : ", failed with " + ended.error);
    }
}
