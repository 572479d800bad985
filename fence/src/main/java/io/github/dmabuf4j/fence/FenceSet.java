package io.github.dmabuf4j.fence;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A reusable wait for the first of many fences. Each fence is registered once, however often is waited; adding and
 * removing cost the same for any number of fences, and a wake-up costs what became ready, not what is in the set.
 *
 * <p>Each signalled fence is handed out once and leaves the set with that. Adding, removing and {@link #poll()} may be
 * called from any thread; one thread at a time may wait.
 *
 * <p>Close it when it is no longer needed: it leaves nothing on the fences.
 */
public final class FenceSet implements AutoCloseable {
    private static final LearningSpin.Condition<FenceSet> READY = (set, _) -> set.closed || !set.ready.isEmpty();

    private final Map<DmaFence, Entry> entries = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<Entry> ready = new ConcurrentLinkedQueue<>();
    private final AtomicReference<@Nullable Thread> waiter = new AtomicReference<>();
    private final LearningSpin spin = new LearningSpin();
    private volatile boolean closed;

    /** An empty set. */
    public FenceSet() {}

    /**
     * Puts a fence into the set. If it is signalled, the next wait hands it out.
     *
     * @param fence a fence of any kind
     * @return false if it is in the set already
     * @throws IllegalStateException if the set is closed
     */
    public boolean add(DmaFence fence) {
        Objects.requireNonNull(fence, "fence");
        checkOpen();
        Entry entry = new Entry(this, fence);
        if (entries.putIfAbsent(fence, entry) != null) {
            return false;
        }
        if (fence.poll() || !fence.addCallback(entry)) {
            announce(entry);
        }
        if (closed) {
            entries.remove(fence, entry);
        }
        if (entries.get(fence) != entry) {
            // Taken out before it was on the fence: whoever did that found nothing there to take back.
            fence.removeCallback(entry);
        }
        return true;
    }

    /**
     * Takes a fence out of the set: it is not handed out any more.
     *
     * @param fence the fence
     * @return false if it is not in the set, or was handed out
     */
    public boolean remove(DmaFence fence) {
        Entry entry = entries.remove(fence);
        if (entry == null) {
            return false;
        }
        fence.removeCallback(entry);
        return true;
    }

    /**
     * How many fences are in the set.
     *
     * @return those not handed out and not removed
     */
    public int size() {
        return entries.size();
    }

    /**
     * Takes a signalled fence without waiting.
     *
     * @return a fence, which leaves the set, or null if none is signalled
     * @throws IllegalStateException if the set is closed
     */
    public @Nullable DmaFence poll() {
        checkOpen();
        for (Entry entry = ready.poll(); entry != null; entry = ready.poll()) {
            if (entries.remove(entry.fence, entry)) {
                return entry.fence;
            }
        }
        return null;
    }

    /**
     * Waits for a signalled fence. Fences are handed out in the order in which they signalled.
     *
     * @param timeout the longest wait; zero only looks
     * @return a fence, which leaves the set, or null if the time is over
     * @throws IllegalArgumentException if the timeout is negative
     * @throws IllegalStateException if another thread is waiting, or the set is closed, also while waiting
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public @Nullable DmaFence await(Duration timeout) throws InterruptedException {
        long timeoutNanos = FenceWait.nanos(timeout);
        DmaFence first = poll();
        if (first != null || timeoutNanos == 0) {
            return first;
        }
        if (!waiter.compareAndSet(null, Thread.currentThread())) {
            throw new IllegalStateException("another thread waits for this set; use a set for each thread");
        }
        try {
            long start = System.nanoTime();
            spin.spin(READY, this, 0, timeoutNanos, start);
            for (; ; ) {
                first = poll();
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
            waiter.set(null);
        }
    }

    /** Takes all fences out of the set, for good. A thread that waits ends with an {@link IllegalStateException}. */
    @Override
    public void close() {
        closed = true;
        for (DmaFence fence : entries.keySet()) {
            remove(fence);
        }
        ready.clear();
        LockSupport.unpark(waiter.get());
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("this set of fences is closed");
        }
    }

    private void announce(Entry entry) {
        ready.add(entry);
        LockSupport.unpark(waiter.get());
    }

    /** The set's entry on one fence. */
    private static final class Entry extends FenceCallback {
        private final FenceSet set;
        private final DmaFence fence;

        Entry(FenceSet set, DmaFence fence) {
            this.set = set;
            this.fence = fence;
        }

        @Override
        protected void signaled(DmaFence signaled) {
            set.announce(this);
        }
    }
}
