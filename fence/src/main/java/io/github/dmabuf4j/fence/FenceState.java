package io.github.dmabuf4j.fence;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The part of a fence that changes: a state word, which is also its lock, and its list of callbacks.
 *
 * <p>Looking is one read; signalling is one compare-and-set and one store, of a number, since storing a reference costs
 * more under most garbage collectors. The word:
 *
 * <pre>
 *   bit 31      SIGNALED: final; the word then holds nothing else but the error number, 0 for none
 *   bit 30      LOCKED: somebody changes the list or is just completing, for a few instructions
 *   bit 29      ENABLED: signalling is enabled
 *   bit 28      LISTED: there are callbacks
 *   bit 27      SWEPT: the list has had entries that may be abandoned, and is swept from time to time
 *   bits 0-11   the error number
 * </pre>
 *
 * <p>A load behind the compare-and-set would wait for it, which nearly doubles the life of a fence without callbacks. So
 * the word tells what its holder must know, and taking the lock answers the word as it was.
 *
 * <p>The lock is never held while foreign code runs or memory is allocated. Completing takes the lock and never gives
 * it back: it writes the timestamp, takes the list and stores the final word, which publishes everything. From then on
 * the list belongs to the thread that completed, except that an entry can still be removed through its own state.
 *
 * <p>Who waits for the first of a thousand fences does not take 999 entries back when one has signalled, but abandons
 * them. They are unlinked by whoever queues something on the fence later: as many may be queued between two sweeps as
 * were left by the last one, and one more. So a sweep costs O(1) for each, and at no time has a list more than twice
 * the entries of threads that really waited at the last sweep, and one.
 *
 * <p>Together with {@link DmaFence} this has 40 bytes with both kinds of object header: keep it so.
 */
@SuppressWarnings("ReferenceEquality") // entries and markers are what they are, not what they equal
abstract class FenceState {
    private static final int SIGNALED = 1 << 31;
    private static final int LOCKED = 1 << 30;
    private static final int ENABLED = 1 << 29;
    private static final int LISTED = 1 << 28;
    private static final int SWEPT = 1 << 27;

    private static final VarHandle WORD;

    static {
        try {
            WORD = MethodHandles.lookup().findVarHandle(FenceState.class, "word", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("UnusedVariable") // through WORD
    private int word;

    /** The head of the list of callbacks, whose previous is the tail; guarded by the lock. */
    private @Nullable FenceCallback callbacks;

    /**
     * Written before the final word is published. Until then, guarded by the lock, of a list that is swept: how many
     * entries may be queued before the next sweep.
     */
    private long timestampNanos;

    FenceState(boolean signalingEnabled) {
        word = signalingEnabled ? ENABLED : 0;
    }

    final boolean isCompleted() {
        return (int) WORD.getAcquire(this) < 0; // the sign is SIGNALED
    }

    final @Nullable Errno completionError() {
        int seen = (int) WORD.getAcquire(this);
        return seen < 0 && seen != SIGNALED ? new Errno(seen & Errno.MAX) : null;
    }

    /** When it completed; only after {@link #isCompleted()} said so. */
    final long completedAtNanos() {
        return timestampNanos;
    }

    final boolean isSignalingEnabled() {
        return ((int) WORD.getAcquire(this) & ENABLED) != 0;
    }

    /**
     * Publishes the end.
     *
     * @return the callbacks to run, or null if there are none, or {@link TooLate}
     */
    final @Nullable FenceCallback publish(@Nullable Errno error, long timestampNanos) {
        int end = error == null ? SIGNALED : SIGNALED | error.number();
        int seen = lock();
        if (seen < 0) {
            return TooLate.MARK;
        }
        FenceCallback list = null;
        if ((seen & LISTED) != 0) {
            list = callbacks;
            callbacks = null;
        }
        this.timestampNanos = timestampNanos;
        WORD.setRelease(this, end);
        return list;
    }

    /** True for the one caller that has to enable signalling. */
    final boolean claimEnable() {
        if (isSignalingEnabled()) {
            return false;
        }
        int seen = lock();
        if (seen < 0) {
            return false;
        }
        unlock(seen | ENABLED);
        return (seen & ENABLED) == 0;
    }

    /**
     * Queues a callback without enabling: those of waiters at the front, for they are woken before callbacks run.
     *
     * @return false if the fence is signalled: the callback is as new
     */
    final boolean link(FenceCallback callback) {
        callback.checkNew();
        int seen = lock();
        if (seen < 0) {
            return false;
        }
        if ((seen & SWEPT) != 0 && --timestampNanos < 0) {
            timestampNanos = sweep();
        }
        callback.setQueued(this);
        FenceCallback head = callbacks;
        if (head == null) {
            callback.previous = callback;
            callbacks = callback;
        } else {
            FenceCallback tail = Objects.requireNonNull(head.previous);
            callback.previous = tail;
            if (callback instanceof FenceWaiter) {
                head.previous = callback;
                callback.next = head;
                callbacks = callback;
            } else {
                head.previous = callback;
                tail.next = callback;
            }
        }
        unlock(callback instanceof FenceWaitAny.Entry ? seen | LISTED | SWEPT : seen | LISTED);
        return true;
    }

    /** Unlinks the waiters that are abandoned, and answers how many are left. */
    private long sweep() {
        int left = 0;
        FenceCallback at = callbacks;
        while (at instanceof FenceWaiter waiter) { // all of them stand at the front
            at = waiter.next;
            if (waiter.isAbandoned()) {
                callbacks = without(Objects.requireNonNull(callbacks), waiter);
                waiter.setRemoved();
            } else {
                left++;
            }
        }
        return left;
    }

    /** Takes a callback back; the guarantee is that of {@link DmaFence#removeCallback}. */
    final boolean unlink(FenceCallback callback) {
        int seen = lock();
        if (seen < 0) {
            return callback.removeFromSignaled(this);
        }
        boolean queued = callback.isQueuedOn(this);
        if (queued) {
            callbacks = without(Objects.requireNonNull(callbacks), callback);
            callback.setRemoved();
        }
        unlock(callbacks == null ? seen & ~LISTED : seen);
        return queued;
    }

    private static @Nullable FenceCallback without(FenceCallback head, FenceCallback callback) {
        FenceCallback next = callback.next;
        FenceCallback previous = Objects.requireNonNull(callback.previous);
        callback.next = null;
        callback.previous = null;
        if (callback == head) {
            if (next != null) {
                next.previous = previous;
            }
            return next;
        }
        previous.next = next;
        if (next != null) {
            next.previous = previous;
        } else {
            head.previous = previous;
        }
        return head;
    }

    /** How many callbacks are queued; for tests and reports. */
    final int queuedCallbacks() {
        int seen = lock();
        if (seen < 0) {
            return 0;
        }
        int count = 0;
        for (FenceCallback at = callbacks; at != null; at = at.next) {
            count++;
        }
        unlock(seen);
        return count;
    }

    /** Takes the lock and answers the word as it was; negative if the fence is signalled, which nobody locks any more. */
    private int lock() {
        int seen = (int) WORD.getAcquire(this);
        if (seen >= 0 && (seen & LOCKED) == 0 && WORD.compareAndSet(this, seen, seen | LOCKED)) {
            return seen;
        }
        return lockContended();
    }

    private int lockContended() {
        Backoff backoff = new Backoff();
        for (; ; ) {
            int seen = (int) WORD.getAcquire(this);
            if (seen < 0 || ((seen & LOCKED) == 0 && WORD.compareAndSet(this, seen, seen | LOCKED))) {
                return seen;
            }
            backoff.pause();
        }
    }

    /** Gives the lock back, with the word as it is now. */
    private void unlock(int now) {
        WORD.setRelease(this, now);
    }
}
