package io.github.dmabuf4j.linux;

import io.github.dmabuf4j.fence.PointStatus;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Waiting for a point of any of several timelines: a spin that learns, then a sleep on the words of all of them. A
 * virtual thread parks instead, and is unparked by the {@link FutexDispatcher}.
 */
final class TimelineWait {
    private TimelineWait() {}

    /** Answers the index of a point that is signalled or failed, or -1 when the time is over. */
    static int awaitAny(@Nullable FutexTimeline[] timelines, long[] points, int count, long timeoutNanos)
            throws InterruptedException {
        int decided = firstDecided(timelines, points, count);
        if (decided >= 0 || timeoutNanos <= 0) {
            return decided;
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        long start = System.nanoTime();
        long deadline = timeoutNanos > Long.MAX_VALUE - start ? Long.MAX_VALUE : start + timeoutNanos;
        if (Thread.currentThread().isVirtual()) {
            return park(timelines, points, count, deadline);
        }
        decided = spin(timelines, points, count, start, timeoutNanos);
        return decided >= 0 ? decided : sleep(timelines, points, count, deadline);
    }

    private static FutexTimeline at(@Nullable FutexTimeline[] timelines, int index) {
        return Objects.requireNonNull(timelines[index]);
    }

    private static int firstDecided(@Nullable FutexTimeline[] timelines, long[] points, int count) {
        for (int i = 0; i < count; i++) {
            if (at(timelines, i).status(points[i]) != PointStatus.PENDING) {
                return i;
            }
        }
        return -1;
    }

    private static int spin(
            @Nullable FutexTimeline[] timelines, long[] points, int count, long start, long timeoutNanos) {
        LearningSpin spin = at(timelines, 0).spin;
        long limit = Math.min(timeoutNanos, spin.limitNanos());
        long spent = 0;
        while (spent < limit && !Thread.currentThread().isInterrupted()) {
            for (int i = 0; i < LearningSpin.LOOKS_PER_CLOCK_READ; i++) {
                int decided = firstDecided(timelines, points, count);
                if (decided >= 0) {
                    spin.paidOff(System.nanoTime() - start);
                    return decided;
                }
                Thread.onSpinWait();
            }
            spent = System.nanoTime() - start;
        }
        spin.wasInVain();
        return -1;
    }

    private static int sleep(@Nullable FutexTimeline[] timelines, long[] points, int count, long deadline)
            throws InterruptedException {
        Sleeper me = Sleeper.current();
        int entered = 0;
        long now = System.nanoTime();
        me.begin();
        try {
            while (entered < count) {
                at(timelines, entered).sleeping.enter(me, points[entered]);
                entered++;
            }
            while (true) {
                me.lieDown(0, deadline, now);
                me.prepare(me.word());
                // The interest before the look at the value; see TimelineDescriptor.
                VarHandle.fullFence();
                for (int i = 0; i < count; i++) {
                    FutexTimeline timeline = at(timelines, i);
                    long value = timeline.look();
                    if (timeline.statusAt(value, points[i]) != PointStatus.PENDING) {
                        return i;
                    }
                    me.add(timeline.line.wordAddress(), (int) value);
                }
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                if (deadline - now <= 0) {
                    return -1;
                }
                me.sleepOnAll();
                now = System.nanoTime();
            }
        } finally {
            me.end();
            while (entered > 0) {
                entered--;
                at(timelines, entered).sleeping.leave(me, points[entered]);
            }
        }
    }

    private static int park(@Nullable FutexTimeline[] timelines, long[] points, int count, long deadline)
            throws InterruptedException {
        ParkedThread[] parked = new ParkedThread[count];
        try {
            for (int i = 0; i < count; i++) {
                parked[i] = new ParkedThread(points[i], Thread.currentThread());
                if (!at(timelines, i).pending.add(parked[i])) {
                    return i;
                }
            }
            while (true) {
                int decided = firstDecided(timelines, points, count);
                if (decided >= 0) {
                    return decided;
                }
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return -1;
                }
                if (deadline == Long.MAX_VALUE) {
                    LockSupport.park(timelines);
                } else {
                    LockSupport.parkNanos(timelines, left);
                }
            }
        } finally {
            for (int i = 0; i < count; i++) {
                if (parked[i] != null) {
                    at(timelines, i).pending.remove(parked[i]);
                }
            }
        }
    }

    private static final class ParkedThread extends PendingPoints.Node {
        private final Thread thread;

        ParkedThread(long point, Thread thread) {
            super(point);
            this.thread = thread;
        }

        @Override
        void decided() {
            LockSupport.unpark(thread);
        }
    }
}
