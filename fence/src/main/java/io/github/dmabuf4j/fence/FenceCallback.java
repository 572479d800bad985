package io.github.dmabuf4j.fence;

import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What runs when a fence signals: the kernel's {@code dma_fence_cb}. The object is itself the entry in the fence's
 * list, so that adding one allocates nothing more.
 *
 * <p>A callback serves one registration: it is <em>queued</em> by {@link DmaFence#addCallback}, then either
 * <em>runs</em> and is <em>done</em>, or is <em>removed</em> by {@link DmaFence#removeCallback} and never runs. For
 * another fence make another one. (The kernel lets a finished entry be used again; here the thread that signals may
 * still walk over a removed one.)
 *
 * <p>It runs exactly once, after the fence's error and timestamp are published, in the order of registration, on the
 * thread that signals. It must not block: that thread has other callbacks to run, and may hold locks of the producer.
 * What it throws is logged, and the other callbacks run all the same. It may signal other fences; their callbacks run
 * nested, as in the kernel (arrays and chains never nest, however deep they are).
 *
 * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_fence_cb">struct dma_fence_cb</a>
 */
public abstract class FenceCallback {
    private static final VarHandle STATE;
    private static final int NEW = 0;
    private static final int QUEUED = 1;
    private static final int RUNNING = 2;
    private static final int DONE = 3;
    private static final int REMOVED = 4;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(FenceCallback.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Neighbours in the fence's list, guarded by the fence's lock; the head's previous is the tail. */
    @Nullable FenceCallback next;

    @Nullable FenceCallback previous;

    private volatile int state;

    /** Queued: the fence. Running: the thread that runs it. */
    private @Nullable Object owner;

    /** A callback that is not registered yet. */
    protected FenceCallback() {}

    /**
     * A callback from a lambda.
     *
     * @param action what to do with the fence that signalled; must not block
     * @return a new callback
     */
    public static FenceCallback of(Consumer<? super DmaFence> action) {
        Objects.requireNonNull(action, "action");
        return new FenceCallback() {
            @Override
            protected void signaled(DmaFence fence) {
                action.accept(fence);
            }
        };
    }

    /**
     * Called once, when the fence has signalled, on the thread that signalled it. Must not block.
     *
     * @param fence the fence, signalled
     */
    protected abstract void signaled(DmaFence fence);

    /**
     * What the trampoline calls: containers answer with themselves instead of completing within this call.
     *
     * @return the container that has to look at itself now, or null
     */
    @Nullable FenceContainer fire(DmaFence fence) {
        signaled(fence);
        return null;
    }

    /** Before the lock of the fence is taken; two threads adding one callback break the rules. */
    final void checkNew() {
        if (state != NEW) {
            throw new IllegalStateException(
                    "this callback was registered before; a callback serves one registration, make a new one");
        }
    }

    /** New to queued, by the holder of the fence's lock: whoever removes takes queued for being in the list. */
    final void setQueued(FenceState fence) {
        owner = fence;
        STATE.setRelease(this, QUEUED);
    }

    /** Queued to removed, by the holder of the lock of a fence that is not signalled. */
    final void setRemoved() {
        owner = null;
        STATE.setRelease(this, REMOVED);
    }

    /** Under the lock of the fence, or after it signalled. */
    @SuppressWarnings("ReferenceEquality") // fences are what they are
    final boolean isQueuedOn(FenceState fence) {
        return state == QUEUED && owner == fence;
    }

    /** Runs the callback unless it was removed. */
    final @Nullable FenceContainer run(DmaFence fence) {
        if (!STATE.compareAndSet(this, QUEUED, RUNNING)) {
            return null;
        }
        owner = Thread.currentThread();
        DmaFence outer = null;
        if (FenceValidator.ENABLED) {
            outer = FenceValidator.currentCallback();
            FenceValidator.enterCallback(fence);
        }
        try {
            return fire(fence);
        } catch (Throwable failure) { // one bad callback must not cost the others their call
            System.getLogger(FenceCallback.class.getName())
                    .log(Level.ERROR, "a callback of fence " + fence + " threw", failure);
            return null;
        } finally {
            owner = null;
            STATE.setRelease(this, DONE);
            if (FenceValidator.ENABLED) {
                FenceValidator.exitCallback(outer);
            }
        }
    }

    /** Removes a callback from a fence that has signalled: it may be waiting for its turn, running, or done. */
    final boolean removeFromSignaled(FenceState fence) {
        if (isQueuedOn(fence) && STATE.compareAndSet(this, QUEUED, REMOVED)) {
            return true;
        }
        Backoff backoff = new Backoff();
        // Only the running thread itself can find itself here, so a stale owner does no harm.
        while (state == RUNNING && owner != Thread.currentThread()) {
            backoff.pause();
        }
        return false;
    }
}
