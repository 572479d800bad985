package io.github.dmabuf4j.fence;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Waiting for one fence, or for all of several. */
final class FenceWait {
    private static final LearningSpin.Condition<DmaFence> SIGNALED = (fence, _) -> fence.isSignaled();

    private FenceWait() {}

    /** A timeout in nanoseconds; what is too long for a long is for ever. */
    static long nanos(Duration timeout) {
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("a timeout cannot be negative: " + timeout);
        }
        return timeout.toSeconds() >= Long.MAX_VALUE / 1_000_000_000L ? Long.MAX_VALUE : timeout.toNanos();
    }

    static long checked(long timeoutNanos) {
        if (timeoutNanos < 0) {
            throw new IllegalArgumentException("a timeout cannot be negative: " + timeoutNanos + " ns");
        }
        return timeoutNanos;
    }

    /** What is left of a timeout that began at a time; at least 0. */
    static long remaining(long timeoutNanos, long startNanos) {
        return timeoutNanos == Long.MAX_VALUE
                ? Long.MAX_VALUE
                : Math.max(0, timeoutNanos - (System.nanoTime() - startNanos));
    }

    static boolean await(DmaFence fence, long timeoutNanos) throws InterruptedException {
        if (fence.isSignaled()) {
            return true;
        }
        fence.enable();
        if (fence.poll()) {
            return true;
        }
        if (timeoutNanos == 0) {
            return false;
        }
        FenceEvents.Wait event = new FenceEvents.Wait();
        event.begin();
        if (FenceValidator.ENABLED) {
            FenceValidator.beginWait(fence);
        }
        boolean done = false;
        try {
            done = callHook(fence, timeoutNanos);
            return done;
        } finally {
            if (FenceValidator.ENABLED) {
                FenceValidator.endWait();
            }
            event.commitFor(fence, 1, done);
        }
    }

    private static boolean callHook(DmaFence fence, long timeoutNanos) throws InterruptedException {
        boolean done;
        try {
            done = fence.waitForCompletion(timeoutNanos);
        } catch (RuntimeException | Error failure) {
            ProducedFence.report("the wait of fence " + fence + " threw; the fence completes with EIO", failure);
            fence.complete(Errno.EIO, System.nanoTime());
            return true;
        }
        if (done && !fence.isSignaled()) {
            fence.complete(null, System.nanoTime());
        }
        return done || fence.isSignaled();
    }

    static boolean awaitUninterruptibly(DmaFence fence, long timeoutNanos) {
        boolean interrupted = false;
        long start = System.nanoTime();
        long left = timeoutNanos;
        try {
            for (; ; ) {
                try {
                    return await(fence, left);
                } catch (InterruptedException e) {
                    interrupted = true;
                    left = remaining(timeoutNanos, start);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    static boolean awaitAll(Collection<? extends DmaFence> fences, long timeoutNanos) throws InterruptedException {
        long start = System.nanoTime();
        for (DmaFence fence : List.copyOf(fences)) {
            if (!await(fence, remaining(timeoutNanos, start))) {
                return false;
            }
        }
        return true;
    }

    /** The default wait: a platform thread spins as long as that has paid off lately, then every thread sleeps. */
    static boolean sleep(DmaFence fence, long timeoutNanos) throws InterruptedException {
        long start = System.nanoTime();
        if (LearningSpin.FENCES.spin(SIGNALED, fence, 0, timeoutNanos, start)) {
            return true;
        }
        Wakeup wakeup = new Wakeup(Thread.currentThread());
        if (!fence.link(wakeup)) {
            return true;
        }
        for (; ; ) {
            if (fence.isSignaled()) {
                return true;
            }
            if (Thread.interrupted()) {
                if (fence.removeCallback(wakeup)) {
                    throw new InterruptedException();
                }
                Thread.currentThread().interrupt(); // success wins; the interrupt is somebody else's
                return true;
            }
            if (timeoutNanos == Long.MAX_VALUE) {
                LockSupport.park(fence);
                continue;
            }
            long left = remaining(timeoutNanos, start);
            if (left == 0) {
                return !fence.removeCallback(wakeup);
            }
            LockSupport.parkNanos(fence, left);
        }
    }

    /** The entry of a thread that sleeps for one fence: taken back when it wakes for another reason. */
    static final class Wakeup extends FenceWaiter {
        private final Thread thread;

        private Wakeup(Thread thread) {
            this.thread = thread;
        }

        @Override
        boolean isAbandoned() {
            return false;
        }

        @Override
        protected void signaled(DmaFence fence) {
            LockSupport.unpark(thread);
        }
    }
}
