package io.github.dmabuf4j.fence;

import org.jspecify.annotations.Nullable;

/**
 * A 64-bit counter that only rises, and whose points are fences: point {@code p} is signalled once the value is at
 * least {@code p}.
 *
 * <p>There are two ways to use it. The <em>checked</em> way takes a {@link DmaFence} for a point and works with
 * callbacks, arrays and every other kind of fence. The <em>raw</em> way speaks in values ({@link #value()},
 * {@link #status(long)}, {@link #awaitPoint(long, long)}) and allocates nothing.
 *
 * <p>A failure is terminal: the point that failed and every later one read as {@link PointStatus#FAILED} for ever, and
 * earlier points keep what they were. A timeline never runs backwards.
 *
 * <p>All methods may be called from any thread.
 *
 * @see <a href="https://docs.kernel.org/driver-api/sync_file.html">sync_file and sw_sync in the kernel's manual</a>
 */
public interface Timeline {
    /**
     * The name for people: it appears in reports and in {@link DmaFence#timelineName()}.
     *
     * @return the name
     */
    String name();

    /**
     * The value reached so far; one acquire read, no system call.
     *
     * @return the value
     */
    long value();

    /**
     * Looks at a point without waiting; no system call.
     *
     * @param point the point to look at
     * @return its state; SIGNALED and FAILED are final
     */
    PointStatus status(long point);

    /**
     * Why the timeline failed.
     *
     * @return the error of the failed points, or null while the timeline is sound
     */
    @Nullable Errno error();

    /**
     * Waits until a point is signalled or failed, or until the time is over. Allocates nothing on a platform thread.
     *
     * @param point the point to wait for
     * @param timeoutNanos the longest wait in nanoseconds; 0 only looks, {@link Long#MAX_VALUE} has no limit
     * @return the state of the point, PENDING when the time is over
     * @throws InterruptedException if the thread is interrupted before the point is reached
     */
    PointStatus awaitPoint(long point, long timeoutNanos) throws InterruptedException;

    /**
     * The fence of a point. Two calls may return two fences; both complete together.
     *
     * @param point the point
     * @return a fence that is signalled when the point is reached, with {@link #error()} if it failed
     */
    DmaFence fence(long point);
}
