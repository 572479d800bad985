package io.github.dmabuf4j.fence;

import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/**
 * A fence as its producer sees it: the hooks that an own kind may override, and how it completes. All of this is part of
 * {@link DmaFence}, the only class that extends this one.
 */
abstract sealed class ProducedFence extends FenceState permits DmaFence {
    ProducedFence(boolean signalingEnabled) {
        super(signalingEnabled);
    }

    private DmaFence fence() {
        return (DmaFence) this;
    }

    /**
     * Hook: somebody is going to wait; make sure that {@link #complete} will be called. Called at most once, before
     * the first callback is queued, by the thread that waits or adds one; another thread's callback may be queued while
     * it runs. It may complete the fence itself (that is how it reports an error). If it throws, the fence completes
     * with {@code EIO}.
     *
     * @return false if the work is done: the fence is signalled at once. True, the default, if completion will be
     *     reported
     */
    protected boolean enableSignaling() {
        return true;
    }

    /**
     * Hook: is the work done? Asked by {@link DmaFence#poll()}, from any thread, also concurrently. Once true it must
     * stay true. It may complete the fence itself, for instance with an error. Whoever overrides it must still call
     * {@link #complete} when the work is done and signalling was enabled.
     *
     * @return true if the work is done; the default knows nothing and says false
     */
    protected boolean pollSignaled() {
        return false;
    }

    /**
     * Hook: waits until the fence is signalled. The default spins a little and then sleeps; signalling is enabled when
     * this is called. An own one may do whatever its work needs. If it throws another exception than
     * InterruptedException, that counts as signalled: the fence completes with {@code EIO}.
     *
     * @param timeoutNanos the longest wait, more than 0; {@link Long#MAX_VALUE} has no limit
     * @return true if the work is done, false if the time is over
     * @throws InterruptedException if the thread is interrupted; the caller starts again if it must not be
     */
    protected boolean waitForCompletion(long timeoutNanos) throws InterruptedException {
        return FenceWait.sleep(fence(), timeoutNanos);
    }

    /**
     * Hook: the fence needs its producer no more. Called once, by the thread that completed it, after the last callback;
     * the moment to let go of what only the unsignalled fence needed. (The kernel's {@code release} comes with the last
     * reference, which under a garbage collector has no moment.) What it throws is logged. The default does nothing.
     */
    protected void released() {}

    /**
     * Hook: somebody wants the fence at a time. Called from any thread, also concurrently and repeatedly; keep the
     * earliest. The default ignores it.
     *
     * @param deadlineNanos CLOCK_MONOTONIC in nanoseconds
     */
    protected void deadlineRequested(long deadlineNanos) {}

    /**
     * Completes the fence: publishes error and time, wakes the waiters, runs the callbacks on this thread. The first
     * call wins; the others change nothing and do not wait for the callbacks of the first.
     *
     * @param error how the work failed, or null if it succeeded
     * @param timestampNanos when it ended, CLOCK_MONOTONIC in nanoseconds; stored as it is
     * @return true if this call completed the fence
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html">dma_fence_check_and_signal (which answers the
     *     opposite)</a>
     */
    @SuppressWarnings("ReferenceEquality")
    protected final boolean complete(@Nullable Errno error, long timestampNanos) {
        FenceCallback list = finish(error, timestampNanos);
        if (list == TooLate.MARK) {
            return false;
        }
        CompletionTrampoline.run(fence(), list);
        return true;
    }

    /** Publishes the end and leaves the callbacks to the caller: the answer is that of {@link #publish}. */
    @SuppressWarnings("ReferenceEquality")
    final @Nullable FenceCallback finish(@Nullable Errno error, long timestampNanos) {
        if (FenceValidator.ENABLED) {
            FenceValidator.completing(fence());
        }
        FenceCallback list = publish(error, timestampNanos);
        if (list != TooLate.MARK) {
            FenceEvents.signaled(fence());
        }
        return list;
    }

    /** Enables signalling once, and completes the fence if that shows it is done. */
    final void enable() {
        if (!claimEnable()) {
            return;
        }
        boolean willSignal;
        try {
            willSignal = enableSignaling();
        } catch (RuntimeException | Error failure) {
            report("the enableSignaling hook of fence " + this + " threw; the fence completes with EIO", failure);
            complete(Errno.EIO, System.nanoTime());
            return;
        }
        if (!willSignal && !isCompleted()) {
            complete(null, System.nanoTime());
        }
    }

    static void report(String message, Throwable failure) {
        System.getLogger(DmaFence.class.getName()).log(Level.ERROR, message, failure);
    }
}
