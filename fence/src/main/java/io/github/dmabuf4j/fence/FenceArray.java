package io.github.dmabuf4j.fence;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One fence for many: signalled when all of its fences are. Its error is that of the first of them that was seen to
 * fail; it still waits for the others.
 *
 * <p>It registers with its fences when somebody begins to wait for it, not before. Polling an array that nobody waits
 * for asks its fences.
 *
 * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#dma-fence-array">DMA fence array</a>
 */
public final class FenceArray extends FenceContainer {
    private static final VarHandle PENDING;
    private static final VarHandle FIRST_ERROR;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            PENDING = lookup.findVarHandle(FenceArray.class, "pending", int.class);
            FIRST_ERROR = lookup.findVarHandle(FenceArray.class, "firstError", Errno.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final List<DmaFence> fences;
    private final boolean nested;

    /** How many fences are still awaited, and one more until all are registered. */
    private volatile int pending;

    private volatile @Nullable Errno firstError;

    private FenceArray(FenceContext context, long seqno, List<DmaFence> fences) {
        super(context, seqno);
        this.fences = fences;
        this.pending = fences.size() + 1;
        this.nested = fences.stream().anyMatch(fence -> fence instanceof FenceContainer);
    }

    /**
     * An array in a context of its own, with number 1.
     *
     * @param fences the fences, at least one. Arrays and chains among them work, but merging flattens and removes
     *     doubles as well: see the package overview
     * @return the array
     * @throws IllegalArgumentException if there are no fences
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_fence_array_create">
     *     dma_fence_array_create</a>
     */
    public static FenceArray of(Collection<? extends DmaFence> fences) {
        return of(fences, FenceContext.allocate(1), 1);
    }

    /**
     * An array in a given context.
     *
     * @param fences the fences, at least one
     * @param context the id of the context
     * @param seqno the number in it
     * @return the array
     * @throws IllegalArgumentException if there are no fences
     */
    public static FenceArray of(Collection<? extends DmaFence> fences, long context, long seqno) {
        List<DmaFence> copy = List.copyOf(fences);
        if (copy.isEmpty()) {
            throw new IllegalArgumentException("an array of fences needs at least one fence; use DmaFence.stub()");
        }
        return new FenceArray(FenceContext.unnamed(context), seqno, copy);
    }

    /**
     * The fences inside, in the order they were given.
     *
     * @return an unmodifiable list
     */
    public List<DmaFence> fences() {
        return fences;
    }

    /**
     * Whether all that a fence stands for belongs to one context.
     *
     * @param fence a fence; of an array every fence inside has to match
     * @param context the id of the context
     * @return true if it does
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_fence_match_context">
     *     dma_fence_match_context</a>
     */
    public static boolean matchContext(DmaFence fence, long context) {
        return fence instanceof FenceArray array
                ? array.fences.stream().allMatch(inside -> inside.context() == context)
                : fence.context() == context;
    }

    @Override
    public String driverName() {
        return "dma_fence_array";
    }

    @Override
    public String timelineName() {
        return "unbound";
    }

    @Override
    boolean arm(ArrayDeque<FenceContainer> toArm) {
        for (DmaFence fence : fences) {
            if (fence.link(new Countdown(this))) {
                enableInside(fence, toArm);
            } else {
                countDown(fence);
            }
        }
        return decrement();
    }

    private boolean countDown(DmaFence fence) {
        Errno error = fence.error();
        if (error != null) {
            FIRST_ERROR.compareAndSet(this, null, error);
        }
        return decrement();
    }

    private boolean decrement() {
        return (int) PENDING.getAndAdd(this, -1) == 1;
    }

    @Override
    boolean advance() {
        return true;
    }

    @Override
    @Nullable Errno outcome() {
        return firstError;
    }

    @Override
    protected boolean pollSignaled() {
        if (isSignalingEnabled()) {
            // Registered: the callbacks count. (Between two of them the kernel, too, answers "not yet".)
            return false;
        }
        for (DmaFence leaf : nested ? FenceUnwrap.leaves(this) : fences) {
            if (!leaf.poll()) {
                return false;
            }
            Errno error = leaf.error();
            if (error != null) {
                FIRST_ERROR.compareAndSet(this, null, error);
            }
        }
        complete(firstError, System.nanoTime());
        return true;
    }

    @Override
    protected void deadlineRequested(long deadlineNanos) {
        for (DmaFence leaf : nested ? FenceUnwrap.leaves(this) : fences) {
            leaf.setDeadline(deadlineNanos);
        }
    }

    /** The array's entry in the list of one of its fences. */
    private static final class Countdown extends FenceCallback {
        private final FenceArray array;

        Countdown(FenceArray array) {
            this.array = array;
        }

        @Override
        protected void signaled(DmaFence fence) {
            throw new AssertionError("containers are called through fire");
        }

        @Override
        @Nullable FenceContainer fire(DmaFence fence) {
            return array.countDown(fence) ? array : null;
        }
    }
}
