package io.github.dmabuf4j.linux;

import io.github.dmabuf4j.fence.PointStatus;
import java.lang.invoke.VarHandle;

/**
 * Waiting for one point of one timeline, which nearly all waits are: a spin that learns, then a sleep on the timeline's
 * own word, woken by whoever moves it. {@link Sleeper} sees to it that death, closing and interrupts end the sleep too.
 *
 * <p>Allocates nothing on a platform thread. Every line here is between one process and another on a machine with one
 * processor, with cold caches: the clock is read once, and only the full fence that is needed is there.
 */
final class PointWait {
    private PointWait() {}

    /** Waits until the point is signalled or failed, or the time is over. */
    static void await(FutexTimeline timeline, long point, long timeoutNanos) throws InterruptedException {
        if (Thread.currentThread().isVirtual()) {
            TimelineWait.awaitAny(new FutexTimeline[] {timeline}, new long[] {point}, 1, timeoutNanos);
            return;
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        long now = System.nanoTime();
        long deadline = timeoutNanos > Long.MAX_VALUE - now ? Long.MAX_VALUE : now + timeoutNanos;
        if (timeline.spin.isAllowed()) {
            if (spin(timeline, point, now, timeoutNanos)) {
                return;
            }
            now = System.nanoTime();
        }
        sleep(timeline, point, deadline, now);
    }

    private static boolean spin(FutexTimeline timeline, long point, long start, long timeoutNanos) {
        LearningSpin spin = timeline.spin;
        long limit = Math.min(timeoutNanos, spin.limitNanos());
        long spent = 0;
        while (spent < limit && !Thread.currentThread().isInterrupted()) {
            for (int i = 0; i < LearningSpin.LOOKS_PER_CLOCK_READ; i++) {
                if (timeline.status(point) != PointStatus.PENDING) {
                    spin.paidOff(System.nanoTime() - start);
                    return true;
                }
                Thread.onSpinWait();
            }
            spent = System.nanoTime() - start;
        }
        spin.wasInVain();
        return false;
    }

    private static void sleep(FutexTimeline timeline, long point, long deadline, long start)
            throws InterruptedException {
        Sleeper me = Sleeper.current();
        long now = start;
        timeline.sleeping.enter(me, point);
        me.begin();
        try {
            while (true) {
                me.lieDown(timeline.line.wordAddress(), deadline, now);
                // The interest, and that we lie down, before the look at the value; see TimelineDescriptor.
                VarHandle.fullFence();
                long value = timeline.look();
                if (timeline.statusAt(value, point) != PointStatus.PENDING) {
                    return;
                }
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                if (deadline - now <= 0) {
                    return;
                }
                me.sleepOnOne((int) value);
                if (timeline.status(point) != PointStatus.PENDING) {
                    return;
                }
                now = System.nanoTime();
            }
        } finally {
            me.end();
            timeline.sleeping.leave(me, point);
        }
    }
}
