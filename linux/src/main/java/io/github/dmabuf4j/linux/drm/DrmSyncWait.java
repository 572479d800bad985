package io.github.dmabuf4j.linux.drm;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.linux.SystemCallException;
import io.github.dmabuf4j.linux.ioctl.DrmUapi;
import io.github.dmabuf4j.linux.ioctl.Ioctl;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A wait for points of sync objects of one device. Immutable: each refinement is another wait, and each may be used again.
 *
 * <p>The thread that waits sleeps in the kernel, which does not hear of {@link Thread#interrupt()}; so it wakes up now and then to
 * look. A virtual thread has another thread sleep for it.
 */
public final class DrmSyncWait {
    /** What {@link Result#firstSignaled()} says when a wait for all found nothing signalled at its start. */
    public static final int NONE = -1;

    private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final Ioctl<Integer> TIMELINE_WAIT = Ioctl.of(
            "DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT",
            DrmUapi.DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT,
            DrmUapi.SYNCOBJ_TIMELINE_WAIT,
            (_, answer) -> answer.get("first_signaled"));

    private final List<DrmSyncPoint> points;
    private final int flags;
    private final long deadlineNanos;

    private DrmSyncWait(List<DrmSyncPoint> points, int flags, long deadlineNanos) {
        this.points = points;
        this.flags = flags;
        this.deadlineNanos = deadlineNanos;
    }

    /**
     * How a wait ended.
     *
     * @param done false if the time was over
     * @param firstSignaled which of the points was signalled first, as far as the kernel tells; {@link #NONE} for none
     */
    public record Result(boolean done, int firstSignaled) {}

    /**
     * A wait for any of several points.
     *
     * @param points the points, all of the same device; none ends at once
     * @return the wait
     */
    public static DrmSyncWait forAny(List<DrmSyncPoint> points) {
        return new DrmSyncWait(List.copyOf(points), 0, 0);
    }

    /**
     * A wait for all of several points.
     *
     * @param points the points, all of the same device; none ends at once
     * @return the wait
     */
    public static DrmSyncWait forAll(List<DrmSyncPoint> points) {
        return forAny(points).with(DrmUapi.DRM_SYNCOBJ_WAIT_FLAGS_WAIT_ALL);
    }

    /**
     * The same wait, also for points that do not exist yet.
     *
     * @return the wait
     */
    public DrmSyncWait forSubmit() {
        return with(DrmUapi.DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT);
    }

    /**
     * The same wait, only until the points exist.
     *
     * @return the wait
     */
    public DrmSyncWait available() {
        return with(DrmUapi.DRM_SYNCOBJ_WAIT_FLAGS_WAIT_AVAILABLE);
    }

    /**
     * The same wait, which tells the fences that are there when they are wanted. Needs Linux 6.6.
     *
     * @param nanos CLOCK_MONOTONIC in nanoseconds
     * @return the wait
     */
    public DrmSyncWait deadline(long nanos) {
        return new DrmSyncWait(points, flags | DrmUapi.DRM_SYNCOBJ_WAIT_FLAGS_WAIT_DEADLINE, nanos);
    }

    private DrmSyncWait with(int flag) {
        return new DrmSyncWait(points, flags | flag, deadlineNanos);
    }

    /**
     * Waits.
     *
     * @param timeout the longest wait; zero only looks
     * @return how it ended
     * @throws SystemCallException if a point does not exist and the wait is not for such (EINVAL)
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public Result await(Duration timeout) throws SystemCallException, InterruptedException {
        if (points.isEmpty()) {
            return new Result(true, NONE);
        }
        long end = deadlineAfter(timeout);
        if (timeout.isZero()) {
            return ask(0);
        }
        return Thread.currentThread().isVirtual() ? awaitElsewhere(end) : awaitHere(end);
    }

    private static long deadlineAfter(Duration timeout) {
        long now = System.nanoTime();
        try {
            return Math.addExact(now, timeout.toNanos());
        } catch (ArithmeticException forEver) {
            return Long.MAX_VALUE;
        }
    }

    private Result awaitHere(long end) throws SystemCallException, InterruptedException {
        while (true) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            long now = System.nanoTime();
            long slice = end - now <= SLICE_NANOS ? end : now + SLICE_NANOS;
            Result result = ask(slice);
            if (result.done() || slice == end) {
                return result;
            }
        }
    }

    private Result awaitElsewhere(long end) throws SystemCallException, InterruptedException {
        FutureTask<Result> task = new FutureTask<>(() -> awaitHere(end));
        Thread thread = Thread.ofPlatform().daemon().name("dmabuf4j-syncobj").unstarted(task);
        thread.start();
        try {
            return task.get(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SystemCallException refused) {
                throw refused;
            }
            throw new IllegalStateException(e.getCause());
        } catch (TimeoutException never) {
            throw new AssertionError(never);
        } finally {
            task.cancel(true);
        }
    }

    private Result ask(long absoluteNanos) throws SystemCallException {
        try {
            int first = TIMELINE_WAIT.call(
                    points.getFirst().object().device().fd(),
                    "a wait for sync objects is refused; does a point not exist yet?",
                    (argument, arena) -> {
                        MemorySegment handles = arena.allocate(ValueLayout.JAVA_INT, points.size());
                        MemorySegment numbers = arena.allocate(ValueLayout.JAVA_LONG, points.size());
                        for (int i = 0; i < points.size(); i++) {
                            handles.setAtIndex(
                                    ValueLayout.JAVA_INT,
                                    i,
                                    points.get(i).object().handle());
                            numbers.setAtIndex(
                                    ValueLayout.JAVA_LONG, i, points.get(i).point());
                        }
                        argument.point("handles", handles)
                                .point("points", numbers)
                                .setLong("timeout_nsec", absoluteNanos)
                                .set("count_handles", points.size())
                                .set("flags", flags)
                                .setLong("deadline_nsec", deadlineNanos);
                    });
            return new Result(true, first);
        } catch (SystemCallException e) {
            if (e.errno().equals(Errno.ETIME)) {
                return new Result(false, NONE);
            }
            throw e;
        }
    }
}
