package io.github.dmabuf4j.fence;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A fence that Java code completes. Made by a {@link FenceContext}; hand it out as {@link DmaFence}, which can only be
 * observed.
 *
 * <p>Use it in a {@code try} block: closed without having been signalled, it completes with
 * {@link Errno#ECANCELED}, so that no waiter waits for work that nobody will do any more. (The kernel does the same
 * with {@code EDEADLK} when the last reference of a fence with waiters is dropped; a garbage collector has no such
 * moment.)
 *
 * <p>All methods may be called from any thread; of several that complete it, the first wins and the others change
 * nothing.
 */
public sealed class UserFence extends DmaFence implements AutoCloseable permits TrackedFence {
    /**
     * A fence of a context.
     *
     * @param context the context
     * @param seqno its sequence number
     */
    UserFence(FenceContext context, long seqno) {
        super(context, seqno, true);
    }

    static UserFence create(FenceContext context, long seqno) {
        return FenceValidator.ENABLED && TrackedFence.isWanted(seqno)
                ? new TrackedFence(context, seqno)
                : new UserFence(context, seqno);
    }

    /**
     * Signals success, with the current time.
     *
     * @return true if this call completed the fence, false if it was complete
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_fence_signal">dma_fence_signal</a>
     */
    public final boolean signal() {
        return signal(System.nanoTime());
    }

    /**
     * Signals success with a given time, which saves the clock read and keeps a time that hardware measured.
     *
     * @param timestampNanos when the work ended, CLOCK_MONOTONIC in nanoseconds; stored as it is
     * @return true if this call completed the fence, false if it was complete
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_fence_signal_timestamp">
     *     dma_fence_signal_timestamp</a>
     */
    public final boolean signal(long timestampNanos) {
        return first(complete(null, timestampNanos), null);
    }

    /**
     * Signals failure, with the current time.
     *
     * @param error how the work failed
     * @return true if this call completed the fence, false if it was complete
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_fence_set_error">dma_fence_set_error</a>
     */
    public final boolean fail(Errno error) {
        return fail(error, System.nanoTime());
    }

    /**
     * Signals failure with a given time.
     *
     * @param error how the work failed
     * @param timestampNanos when, CLOCK_MONOTONIC in nanoseconds
     * @return true if this call completed the fence, false if it was complete
     */
    public final boolean fail(Errno error, long timestampNanos) {
        Objects.requireNonNull(error, "error");
        return first(complete(error, timestampNanos), error);
    }

    private boolean first(boolean first, @Nullable Errno error) {
        if (FenceValidator.ENABLED && !first) {
            FenceValidator.completedAgain(this, error);
        }
        return first;
    }

    /** Completes the fence with {@link Errno#ECANCELED} if it is not complete; otherwise does nothing. */
    @Override
    public final void close() {
        if (!isSignaled()) {
            complete(Errno.ECANCELED, System.nanoTime());
        }
    }

    @Override
    public final String driverName() {
        return fenceContext().driverName();
    }

    @Override
    public final String timelineName() {
        return fenceContext().timelineName();
    }
}
