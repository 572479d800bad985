package io.github.dmabuf4j.fence;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The part of a fence that changes: its one state word, which is also its lock, and its list of callbacks.
 *
 * <p>Looking is one read, signalling is one compare-and-set and one store:
 *
 * <pre>
 *   null             unsignalled, no callbacks
 *   FenceCallback    unsignalled; the head of the list of callbacks, whose previous is the tail
 *   LOCKED           unsignalled; somebody changes the list or is just completing, for a few instructions
 *   Completion       signalled, final
 * </pre>
 *
 * <p>The lock is never held while foreign code runs or memory is allocated. Completing takes the lock and never gives
 * it back: it writes the timestamp and stores the Completion, which publishes both. From then on the list belongs to
 * the thread that completed, except that an entry can still be removed through its own state.
 *
 * <p>Together with {@link DmaFence} this has 40 bytes with both kinds of object header: keep it so.
 */
@SuppressWarnings("ReferenceEquality") // entries and markers are what they are, not what they equal
abstract class FenceState {
    private static final VarHandle STATE;
    private static final Object LOCKED = new Object();

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(FenceState.class, "state", Object.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private @Nullable Object state;

    /** Written before the Completion is published. */
    private long timestampNanos;

    /** Written under the lock; only ever turns true. */
    private boolean signalingEnabled;

    FenceState(boolean signalingEnabled) {
        this.signalingEnabled = signalingEnabled;
    }

    final @Nullable Completion completion() {
        return STATE.getAcquire(this) instanceof Completion completion ? completion : null;
    }

    final boolean isCompleted() {
        return STATE.getAcquire(this) instanceof Completion;
    }

    /** When it completed; only after {@link #isCompleted()} said so. */
    final long completedAtNanos() {
        return timestampNanos;
    }

    final boolean isSignalingEnabled() {
        return signalingEnabled;
    }

    /**
     * Publishes the end.
     *
     * @return the callbacks to run, or null if there are none, or the Completion of somebody who was first
     */
    final @Nullable Object publish(@Nullable Errno error, long timestampNanos) {
        Completion completion = Completion.of(error);
        Object head = lock();
        if (!(head instanceof Completion)) {
            this.timestampNanos = timestampNanos;
            unlock(completion);
        }
        return head;
    }

    /** True for the one caller that has to enable signalling. */
    final boolean claimEnable() {
        if (signalingEnabled) { // a racy read of what never turns back
            return false;
        }
        Object head = lock();
        if (head instanceof Completion) {
            return false;
        }
        boolean first = !signalingEnabled;
        signalingEnabled = true;
        unlock(head);
        return first;
    }

    /**
     * Queues a callback without enabling; at the front for waiters, who are woken before callbacks run.
     *
     * @return false if the fence is signalled: the callback is as new
     */
    final boolean link(FenceCallback callback, boolean atFront) {
        callback.claim(this);
        Object locked = lock();
        if (locked instanceof Completion) {
            callback.unclaim();
            return false;
        }
        FenceCallback head = (FenceCallback) locked;
        if (head == null) {
            callback.previous = callback;
            unlock(callback);
            return true;
        }
        FenceCallback tail = Objects.requireNonNull(head.previous);
        callback.previous = tail;
        if (atFront) {
            callback.next = head;
            head.previous = callback;
            unlock(callback);
        } else {
            tail.next = callback;
            head.previous = callback;
            unlock(head);
        }
        return true;
    }

    /** Takes a callback back; the guarantee is that of {@link DmaFence#removeCallback}. */
    final boolean unlink(FenceCallback callback) {
        Object head = lock();
        if (head instanceof Completion) {
            return callback.removeFromSignaled(this);
        }
        boolean queued = callback.isQueuedOn(this);
        if (queued) {
            head = without((FenceCallback) Objects.requireNonNull(head), callback);
            callback.setRemoved();
        }
        unlock(head);
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
        Object head = lock();
        if (head instanceof Completion) {
            return 0;
        }
        int count = 0;
        for (FenceCallback at = (FenceCallback) head; at != null; at = at.next) {
            count++;
        }
        unlock(head);
        return count;
    }

    /** Takes the lock and answers the head of the list; or answers the Completion, and has not taken it. */
    private @Nullable Object lock() {
        Object seen = STATE.getAcquire(this);
        if (seen instanceof Completion || (seen != LOCKED && STATE.compareAndSet(this, seen, LOCKED))) {
            return seen;
        }
        return lockContended();
    }

    private @Nullable Object lockContended() {
        Backoff backoff = new Backoff();
        for (; ; ) {
            Object seen = STATE.getAcquire(this);
            if (seen instanceof Completion || (seen != LOCKED && STATE.compareAndSet(this, seen, LOCKED))) {
                return seen;
            }
            backoff.pause();
        }
    }

    private void unlock(@Nullable Object next) {
        STATE.setRelease(this, next);
    }
}
