package io.github.dmabuf4j.fence;

import java.time.Duration;
import java.util.Collection;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A one-shot event that says some work is done: a copy by a device, a drawing, a decoder's frame. It goes from
 * unsignalled to signalled once, for good, with a timestamp and perhaps an error.
 *
 * <p>A fence is observed here, and completed by its producer: a {@link UserFence} by any Java code, other kinds by what
 * they stand for. Own kinds extend this class; only the two names are mandatory. The hooks are called without any lock
 * held, at times and on threads that each names.
 *
 * <p>All methods may be called from any thread unless they say otherwise. Whoever sees a fence signalled sees its error
 * and its timestamp too, and everything that the signalling thread wrote before.
 *
 * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#dma-fences">DMA fences in the kernel's manual</a>
 */
public abstract non-sealed class DmaFence extends ProducedFence {
    private final FenceContext context;
    private final long seqno;

    /**
     * An unsignalled fence of an own kind.
     *
     * @param context the id of its context, from {@link FenceContext#allocate(int)}; 0 if it does not matter
     * @param seqno its number in that context, compared with 64 bits
     */
    protected DmaFence(long context, long seqno) {
        this(FenceContext.unnamed(context), seqno);
    }

    /**
     * An unsignalled fence of an own kind that shares a context object: saves memory beside
     * {@link #DmaFence(long, long)}, and compares sequence numbers as the context does.
     *
     * @param context its context
     * @param seqno its number in that context
     */
    protected DmaFence(FenceContext context, long seqno) {
        this(context, seqno, false);
    }

    DmaFence(FenceContext context, long seqno, boolean signalingEnabled) {
        super(signalingEnabled);
        this.context = context;
        this.seqno = seqno;
        FenceEvents.created(context, seqno);
    }

    /**
     * The line of execution the fence belongs to.
     *
     * @return the id of the context
     */
    public final long context() {
        return context.id();
    }

    /**
     * The place of the fence in its context.
     *
     * @return the sequence number
     */
    public final long seqno() {
        return seqno;
    }

    /**
     * Who made the fence.
     *
     * @return the name of the driver or component; never changes
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_fence_ops">get_driver_name</a>
     */
    public abstract String driverName();

    /**
     * Which line of execution the fence belongs to, for people.
     *
     * @return the name of the timeline; never changes
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_fence_ops">get_timeline_name</a>
     */
    public abstract String timelineName();

    final FenceContext fenceContext() {
        return context;
    }

    /**
     * Whether this fence comes after another one of the same context.
     *
     * @param other a fence of the same context
     * @return true if this one is strictly later
     * @throws IllegalArgumentException if the contexts differ: such fences have no order
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_fence_is_later">dma_fence_is_later</a>
     */
    public final boolean isLater(DmaFence other) {
        if (context() != other.context()) {
            throw new IllegalArgumentException("fences of different contexts have no order: " + this + " and " + other);
        }
        return context.isLater(seqno, other.seqno);
    }

    /**
     * Whether this is another fence or comes after it. Two objects with equal numbers are not the same.
     *
     * @param other a fence of the same context
     * @return true if it is the same object, or an earlier one
     * @throws IllegalArgumentException if the contexts differ
     */
    @SuppressWarnings("ReferenceEquality") // the same object is what is asked for
    public final boolean isLaterOrSame(DmaFence other) {
        return this == other || isLater(other);
    }

    /**
     * The fence that is still worth waiting for out of two of the same context.
     *
     * @param first a fence
     * @param second a fence of the same context
     * @return the later one, or null if that is signalled already; asks the fence as {@link #poll()} does
     * @throws IllegalArgumentException if the contexts differ
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_fence_later">dma_fence_later</a>
     */
    public static @Nullable DmaFence later(DmaFence first, DmaFence second) {
        DmaFence later = first.isLater(second) ? first : second;
        return later.poll() ? null : later;
    }

    /**
     * Looks at the fence; one acquire read, no side effect. May say false for work that is done but not reported yet.
     *
     * @return true if the fence is signalled
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html">dma_fence_test_signaled_flag</a>
     */
    public final boolean isSignaled() {
        return isCompleted();
    }

    /**
     * Looks at the fence and asks its producer: if the work proves to be done, the fence is signalled now, by this
     * thread, with the present time, and its callbacks run here.
     *
     * @return true if the fence is signalled; false may be out of date at once
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_fence_is_signaled">dma_fence_is_signaled</a>
     */
    public final boolean poll() {
        if (isSignaled()) {
            return true;
        }
        if (!pollSignaled()) {
            return isSignaled();
        }
        if (!isSignaled()) {
            complete(null, System.nanoTime());
        }
        return true;
    }

    /**
     * How the fence stands, asking its producer as {@link #poll()} does.
     *
     * @return the status
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_fence_get_status">dma_fence_get_status</a>
     */
    public final FenceStatus status() {
        if (!poll()) {
            return FenceStatus.ACTIVE;
        }
        return error() == null ? FenceStatus.SIGNALED : FenceStatus.FAILED;
    }

    /**
     * The error of the work.
     *
     * @return how the work failed; null while the fence is unsignalled, and when the work succeeded
     */
    public final @Nullable Errno error() {
        return completionError();
    }

    /**
     * When the fence signalled.
     *
     * @return CLOCK_MONOTONIC in nanoseconds, as {@link System#nanoTime()} counts on Linux
     * @throws IllegalStateException if the fence is not signalled (the kernel warns and answers the present time)
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_fence_timestamp">dma_fence_timestamp</a>
     */
    public final long timestampNanos() {
        if (!isSignaled()) {
            throw new IllegalStateException("fence " + this + " has no timestamp before it is signalled");
        }
        return completedAtNanos();
    }

    /**
     * Adds a callback, and sees to it that the producer reports completion.
     *
     * @param callback what to run; a new one
     * @return true if it is queued and will run once; false if the fence is signalled: then it is not run, and may be
     *     used for another fence (the kernel's {@code -ENOENT})
     * @throws IllegalStateException if the callback was registered before
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_fence_add_callback">
     *     dma_fence_add_callback</a>
     */
    public final boolean addCallback(FenceCallback callback) {
        Objects.requireNonNull(callback, "callback");
        if (isSignaled()) {
            return false;
        }
        enable();
        return link(callback);
    }

    /**
     * Takes a callback back.
     *
     * @param callback what was added
     * @return true if it will never run; false if it has run, or was never queued here. If another thread is running it,
     *     this waits until it is done; called from inside the callback it returns at once
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_fence_remove_callback">
     *     dma_fence_remove_callback</a>
     */
    public final boolean removeCallback(FenceCallback callback) {
        Objects.requireNonNull(callback, "callback");
        return unlink(callback);
    }

    /**
     * Runs an action when the fence signals, or at once, on this thread, if it is signalled.
     *
     * @param action what to do with the fence; must not block
     */
    public final void onSignaled(Consumer<? super DmaFence> action) {
        Objects.requireNonNull(action, "action");
        if (!addCallback(FenceCallback.of(action))) {
            action.accept(this);
        }
    }

    /**
     * Runs an action on an executor when the fence signals, or soon if it is signalled. This one may block.
     *
     * @param executor where to run it; must not refuse
     * @param action what to do with the fence
     */
    public final void onSignaledAsync(Executor executor, Consumer<? super DmaFence> action) {
        Objects.requireNonNull(executor, "executor");
        Objects.requireNonNull(action, "action");
        onSignaled(fence -> executor.execute(() -> action.accept(fence)));
    }

    /**
     * A future that follows the fence. It is a copy: completing or cancelling it never touches the fence.
     *
     * @return a new future: completed normally when the fence succeeds, with a {@link FenceException} when it fails
     */
    public final CompletableFuture<@Nullable Void> toCompletableFuture() {
        return FenceFutures.follow(this);
    }

    /**
     * Waits until the fence is signalled, however it ended; ask {@link #error()} afterwards. If it is signalled
     * already, this returns even when the thread is interrupted.
     *
     * @throws InterruptedException if the thread is interrupted while it waits
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_fence_wait">dma_fence_wait</a>
     */
    public final void await() throws InterruptedException {
        FenceWait.await(this, Long.MAX_VALUE);
    }

    /**
     * Waits until the fence is signalled, but not for ever.
     *
     * @param timeout the longest wait; zero only looks and never sleeps
     * @return true if the fence is signalled, false if the time is over
     * @throws IllegalArgumentException if the timeout is negative
     * @throws InterruptedException if the thread is interrupted while it waits
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_fence_wait_timeout">
     *     dma_fence_wait_timeout</a>
     */
    public final boolean await(Duration timeout) throws InterruptedException {
        return FenceWait.await(this, FenceWait.nanos(timeout));
    }

    /**
     * Waits until the fence is signalled, but not for ever.
     *
     * @param timeoutNanos the longest wait in nanoseconds; 0 only looks, {@link Long#MAX_VALUE} has no limit
     * @return true if the fence is signalled, false if the time is over
     * @throws IllegalArgumentException if the timeout is negative
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public final boolean await(long timeoutNanos) throws InterruptedException {
        return FenceWait.await(this, FenceWait.checked(timeoutNanos));
    }

    /** Waits until the fence is signalled; an interrupt is kept for later. */
    public final void awaitUninterruptibly() {
        FenceWait.awaitUninterruptibly(this, Long.MAX_VALUE);
    }

    /**
     * Waits until the fence is signalled, but not for ever; an interrupt is kept for later.
     *
     * @param timeout the longest wait; zero only looks and never sleeps
     * @return true if the fence is signalled, false if the time is over
     * @throws IllegalArgumentException if the timeout is negative
     */
    public final boolean awaitUninterruptibly(Duration timeout) {
        return FenceWait.awaitUninterruptibly(this, FenceWait.nanos(timeout));
    }

    /**
     * Waits for the first of several fences, of whatever kinds. What lies between the signal and the answer is the same
     * for any number of fences; what is left on the others is forgotten by what is queued there later, and keeps nothing
     * alive until then. For waiting again and again for the same fences a {@link FenceSet} is cheaper, since it
     * registers once.
     *
     * @param fences the fences, at least one
     * @param timeout the longest wait; zero only looks and never sleeps
     * @return the fence that ended the wait, or null if the time is over. The kernel answers the lowest signalled index;
     *     this is the one that signalled, or the first in order when some were signalled before
     * @throws IllegalArgumentException if there are no fences, or the timeout is negative
     * @throws InterruptedException if the thread is interrupted while it waits
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_fence_wait_any_timeout">
     *     dma_fence_wait_any_timeout</a>
     */
    public static @Nullable DmaFence awaitAny(Collection<? extends DmaFence> fences, Duration timeout)
            throws InterruptedException {
        return FenceWaitAny.await(fences, FenceWait.nanos(timeout));
    }

    /**
     * Waits until all of several fences are signalled.
     *
     * @param fences the fences; none means there is nothing to wait for
     * @param timeout the longest wait; zero only looks and never sleeps
     * @return true if all are signalled, false if the time is over
     * @throws IllegalArgumentException if the timeout is negative
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public static boolean awaitAll(Collection<? extends DmaFence> fences, Duration timeout)
            throws InterruptedException {
        return FenceWait.awaitAll(fences, FenceWait.nanos(timeout));
    }

    /**
     * A fence that is signalled: context 0, number 0, always the same object.
     *
     * @return the stub
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_fence_get_stub">dma_fence_get_stub</a>
     */
    public static DmaFence stub() {
        return StubFence.GLOBAL;
    }

    /**
     * A fence of its own that is signalled since a given time.
     *
     * @param timestampNanos what {@link #timestampNanos()} shall say
     * @return a new signalled fence
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_fence_allocate_private_stub">
     *     dma_fence_allocate_private_stub</a>
     */
    public static DmaFence stub(long timestampNanos) {
        return new StubFence(null, timestampNanos);
    }

    /**
     * A fence that follows a stage, such as a {@link CompletableFuture}.
     *
     * @param stage the work
     * @return a new fence: signalled when the stage ends; a {@link FenceException} gives it its error, a cancellation
     *     {@code ECANCELED}, a timeout {@code ETIME}, any other failure {@code EIO}
     */
    public static DmaFence of(CompletionStage<?> stage) {
        return FenceFutures.lead(stage);
    }

    /**
     * Hints when the fence is wanted, so that a producer can hurry. Never changes what happens, only when. Ignored
     * once the fence is signalled.
     *
     * @param deadlineNanos CLOCK_MONOTONIC in nanoseconds; a time that has passed means now
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_fence_set_deadline">
     *     dma_fence_set_deadline</a>
     */
    public final void setDeadline(long deadlineNanos) {
        if (!poll()) {
            deadlineRequested(deadlineNanos);
        }
    }

    /**
     * The fence in one line, as the kernel describes it: {@code context:seqno timeline driver unsignalled}. A signalled
     * fence has no names there.
     *
     * @return the line
     */
    public final String describe() {
        String number = Long.toUnsignedString(context()) + ":" + Long.toUnsignedString(seqno);
        return isSignaled()
                ? number + "   signalled"
                : number + " " + timelineName() + " " + driverName() + " unsignalled";
    }

    @Override
    public String toString() {
        String end = !isSignaled() ? "unsignalled" : error() == null ? "signalled" : "failed with " + error();
        return driverName() + " " + timelineName() + " " + Long.toUnsignedString(context()) + ":"
                + Long.toUnsignedString(seqno) + " " + end;
    }
}
