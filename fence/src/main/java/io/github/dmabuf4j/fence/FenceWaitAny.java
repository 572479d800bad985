package io.github.dmabuf4j.fence;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Waiting for the first of several fences: an entry on each, and the first that runs leaves its fence here. Waking
 * looks at nothing else, so it costs the same for ten fences and for a thousand.
 *
 * <p>The entries are not taken back, for that would be most of the way from the signal to the answer. They are
 * abandoned, all at once, by this being over: one that runs later finds nothing to do, and the lists in which they stand
 * are swept (see {@link FenceState}). What stays on a fence until then are entries that lead to this object, and from
 * here to nothing: neither the thread nor the fence that was the answer.
 *
 * <p>The value: null while nothing has happened, then the fence that ended the wait, then a marker. Whoever changes null
 * has decided how the wait ends.
 */
final class FenceWaitAny extends AtomicReference<@Nullable Object> {
    private static final long serialVersionUID = 1L;

    private static final Object OVER = "over";

    private static final LearningSpin.Condition<FenceWaitAny> DECIDED = (wait, _) -> wait.isDecided();

    /** Who is to be woken; whoever decides reads it afterwards, and may find that there is nobody left. */
    private transient volatile @Nullable Thread thread = Thread.currentThread();

    private FenceWaitAny() {
        super(null);
    }

    static @Nullable DmaFence await(Collection<? extends DmaFence> fences, long timeoutNanos)
            throws InterruptedException {
        List<DmaFence> list = List.copyOf(fences);
        if (list.isEmpty()) {
            throw new IllegalArgumentException("there is nothing to wait for: give at least one fence");
        }
        for (DmaFence fence : list) {
            fence.enable();
            if (fence.poll()) {
                return fence;
            }
        }
        if (timeoutNanos == 0) {
            return null;
        }
        FenceEvents.Wait event = new FenceEvents.Wait();
        event.begin();
        if (FenceValidator.ENABLED) {
            FenceValidator.checkPlaceOfWait(list.getFirst());
        }
        FenceWaitAny wait = new FenceWaitAny();
        DmaFence first = null;
        try {
            wait.sleep(list, timeoutNanos);
            first = wait.answer();
            return first;
        } finally {
            wait.end();
            event.commitFor(list.getFirst(), list.size(), first != null);
        }
    }

    /** Returns when it is decided how the wait ends. */
    private void sleep(List<DmaFence> fences, long timeoutNanos) throws InterruptedException {
        long start = System.nanoTime();
        for (DmaFence fence : fences) {
            if (!fence.link(new Entry(this))) {
                compareAndSet(null, fence);
                return;
            }
        }
        LearningSpin.FENCES.spin(DECIDED, this, 0, timeoutNanos, start);
        while (!isDecided()) {
            if (Thread.interrupted()) {
                if (compareAndSet(null, OVER)) {
                    throw new InterruptedException();
                }
                Thread.currentThread().interrupt(); // success wins; the interrupt is somebody else's
                return;
            }
            long left = FenceWait.remaining(timeoutNanos, start);
            if (left == 0) {
                compareAndSet(null, OVER);
                return;
            }
            LockSupport.parkNanos(this, left);
        }
    }

    private boolean isDecided() {
        return get() != null;
    }

    private @Nullable DmaFence answer() {
        return get() instanceof DmaFence fence ? fence : null;
    }

    /** What was abandoned keeps nothing alive. */
    private void end() {
        thread = null;
        set(OVER);
    }

    /** The waiter's entry on one fence. */
    static final class Entry extends FenceWaiter {
        private final FenceWaitAny wait;

        private Entry(FenceWaitAny wait) {
            this.wait = wait;
        }

        @Override
        boolean isAbandoned() {
            return wait.isDecided();
        }

        @Override
        protected void signaled(DmaFence fence) {
            if (wait.compareAndSet(null, fence)) {
                LockSupport.unpark(wait.thread);
            }
        }
    }
}
