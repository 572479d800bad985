package io.github.dmabuf4j.fence;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Waiting for the first of several fences: an entry on each, and the first that runs leaves its fence here. Waking
 * looks at nothing else, so it costs the same for ten fences and for a thousand; the entries are taken back in O(1)
 * each.
 */
final class FenceWaitAny extends AtomicReference<@Nullable DmaFence> {
    private static final long serialVersionUID = 1L;

    private static final LearningSpin.Condition<FenceWaitAny> ANY = (waiter, _) -> waiter.get() != null;

    private final transient Thread thread = Thread.currentThread();

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
        DmaFence first = null;
        try {
            first = new FenceWaitAny().await(list, timeoutNanos);
            return first;
        } finally {
            event.commitFor(list.getFirst(), list.size(), first != null);
        }
    }

    private @Nullable DmaFence await(List<DmaFence> fences, long timeoutNanos) throws InterruptedException {
        long start = System.nanoTime();
        List<Entry> entries = new ArrayList<>(fences.size());
        try {
            for (DmaFence fence : fences) {
                Entry entry = new Entry(this);
                if (!fence.link(entry, true)) {
                    compareAndSet(null, fence);
                    return get();
                }
                entries.add(entry);
            }
            LearningSpin.FENCES.spin(ANY, this, 0, timeoutNanos, start);
            for (; ; ) {
                DmaFence first = get();
                if (first != null) {
                    return first;
                }
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                long left = FenceWait.remaining(timeoutNanos, start);
                if (left == 0) {
                    return null;
                }
                LockSupport.parkNanos(this, left);
            }
        } finally {
            for (int i = 0; i < entries.size(); i++) {
                fences.get(i).removeCallback(entries.get(i));
            }
        }
    }

    /** The waiter's entry on one fence. */
    private static final class Entry extends FenceCallback {
        private final FenceWaitAny waiter;

        Entry(FenceWaitAny waiter) {
            this.waiter = waiter;
        }

        @Override
        protected void signaled(DmaFence fence) {
            if (waiter.compareAndSet(null, fence)) {
                LockSupport.unpark(waiter.thread);
            }
        }
    }
}
