package io.github.dmabuf4j.fence;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A point on a timeline whose points were added one by one: a node holds a fence and the node before it, and is
 * signalled when its own fence and those of all nodes before it are.
 *
 * <p>Walking a chain collects it: nodes whose fence is signalled are unlinked on the way, and a node that is signalled
 * itself lets go of all before it. No operation recurses, whatever the length.
 *
 * <p>A node never takes over the error of a fence inside; ask the leaves ({@link FenceUnwrap}) for those.
 *
 * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#dma-fence-chain">DMA fence chain</a>
 */
public final class FenceChain extends FenceContainer {
    private static final VarHandle PREVIOUS;

    static {
        try {
            PREVIOUS = MethodHandles.lookup().findVarHandle(FenceChain.class, "previous", DmaFence.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final DmaFence contained;
    private final long previousSeqno;
    private volatile @Nullable DmaFence previous;

    private FenceChain(
            FenceContext context, long seqno, long previousSeqno, @Nullable DmaFence previous, DmaFence contained) {
        super(context, seqno);
        this.previousSeqno = previousSeqno;
        this.previous = previous;
        this.contained = contained;
    }

    /**
     * A new newest node.
     *
     * <p>On top of a node with a lower number it continues that node's context. In every other case it begins a context
     * of its own: without a predecessor, on top of a fence that is no chain, and out of order, where its number becomes
     * that of the predecessor.
     *
     * @param previous the newest node so far, or any fence that comes first, or null
     * @param fence the fence of the new point; an array may be, a chain may not
     * @param seqno the number of the new point
     * @return the node
     * @throws IllegalArgumentException if the fence is a chain
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_fence_chain_init">dma_fence_chain_init</a>
     */
    public static FenceChain of(@Nullable DmaFence previous, DmaFence fence, long seqno) {
        Objects.requireNonNull(fence, "fence");
        if (fence instanceof FenceChain) {
            throw new IllegalArgumentException(
                    "a chain cannot be the fence inside a chain node: take its fences apart with FenceUnwrap");
        }
        if (previous instanceof FenceChain before) {
            if (Long.compareUnsigned(seqno, before.seqno()) > 0) {
                return new FenceChain(before.fenceContext(), seqno, before.seqno(), before, fence);
            }
            return new FenceChain(newContext(), before.seqno(), 0, before, fence);
        }
        return new FenceChain(newContext(), seqno, 0, previous, fence);
    }

    private static FenceContext newContext() {
        return FenceContext.unnamed(FenceContext.allocate(1));
    }

    /**
     * The fence of this point alone.
     *
     * @return the fence inside
     */
    public DmaFence contained() {
        return contained;
    }

    /**
     * The fence inside a chain node, or the fence itself if it is none.
     *
     * @param fence any fence
     * @return what it stands for alone
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_fence_chain_contained">
     *     dma_fence_chain_contained</a>
     */
    public static DmaFence contained(DmaFence fence) {
        return fence instanceof FenceChain chain ? chain.contained : fence;
    }

    /**
     * The next older fence of a chain that is still worth waiting for. Nodes in between whose fence is signalled are
     * unlinked for good. Any number of threads may walk at once.
     *
     * @param fence where to stand; a fence that is no chain has nothing before it
     * @return the next older node, or the fence at the end that is no chain, or null
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_fence_chain_walk">dma_fence_chain_walk</a>
     */
    public static @Nullable DmaFence walk(DmaFence fence) {
        if (!(fence instanceof FenceChain chain)) {
            return null;
        }
        for (; ; ) {
            DmaFence before = chain.previous;
            if (before == null || !contained(before).poll()) {
                return before;
            }
            // Whoever loses this race finds what the winner left.
            PREVIOUS.compareAndSet(chain, before, before instanceof FenceChain node ? node.previous : null);
        }
    }

    /**
     * Finds the node that a point waits for.
     *
     * @param seqno the number of the point; 0 stands for the newest
     * @return the oldest node with that number or a higher one: for a gap the next higher point, for a point that is
     *     signalled out of order an older one. Null if the point is signalled and collected
     * @throws IllegalArgumentException if this node is older than the point: nobody has added it yet
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_fence_chain_find_seqno">
     *     dma_fence_chain_find_seqno</a>
     */
    public @Nullable DmaFence findSeqno(long seqno) {
        if (seqno == 0) {
            return this;
        }
        if (Long.compareUnsigned(seqno(), seqno) < 0) {
            throw new IllegalArgumentException("point " + Long.toUnsignedString(seqno)
                    + " was not added yet: the newest is " + Long.toUnsignedString(seqno()));
        }
        DmaFence at = this;
        while (at instanceof FenceChain node
                && node.context() == context()
                && Long.compareUnsigned(node.previousSeqno, seqno) >= 0) {
            at = walk(node);
        }
        return at;
    }

    /**
     * The highest point that is reached, as a query of a timeline answers it.
     *
     * @return the number of the oldest node of this context if it is signalled, else the number before it
     */
    long reachedSeqno() {
        FenceChain oldest = this;
        DmaFence at = this;
        while (at instanceof FenceChain node && node.context() == context()) {
            oldest = node;
            at = walk(node);
        }
        return oldest.poll() ? oldest.seqno() : oldest.previousSeqno;
    }

    @Override
    public String driverName() {
        return "dma_fence_chain";
    }

    @Override
    public String timelineName() {
        return "unbound";
    }

    /** Registers with the newest fence that is not signalled: one at a time, since the older ones end earlier. */
    @Override
    boolean arm(ArrayDeque<FenceContainer> toArm) {
        for (DmaFence at = this; at != null; at = walk(at)) {
            DmaFence inside = contained(at);
            if (inside.isSignaled()) {
                continue;
            }
            if (!(inside instanceof FenceContainer)) {
                // Before linking: a fence that completes by being enabled must not call back into this loop.
                inside.enable();
            }
            if (inside.link(new Rearm(this))) {
                enableInside(inside, toArm);
                return false;
            }
        }
        return true;
    }

    @Override
    boolean advance() {
        ArrayDeque<FenceContainer> toArm = new ArrayDeque<>(2);
        boolean done = arm(toArm);
        armAll(toArm);
        return done;
    }

    @Override
    @Nullable Errno outcome() {
        return null;
    }

    @Override
    protected boolean pollSignaled() {
        for (DmaFence at = this; at != null; at = walk(at)) {
            if (!contained(at).poll()) {
                return false;
            }
        }
        return true;
    }

    @Override
    protected void deadlineRequested(long deadlineNanos) {
        for (DmaFence at = this; at != null; at = walk(at)) {
            contained(at).setDeadline(deadlineNanos);
        }
    }

    @Override
    protected void released() {
        previous = null;
    }

    /** The node's entry in the list of the fence it waits for at present. */
    private static final class Rearm extends FenceCallback {
        private final FenceChain chain;

        Rearm(FenceChain chain) {
            this.chain = chain;
        }

        @Override
        protected void signaled(DmaFence fence) {
            throw new AssertionError("containers are called through fire");
        }

        @Override
        FenceContainer fire(DmaFence fence) {
            return chain;
        }
    }
}
