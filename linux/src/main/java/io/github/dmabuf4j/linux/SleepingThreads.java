package io.github.dmabuf4j.linux;

import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The threads of this process that sleep on one timeline, and what they wait for. Keeps the interest that the timeline's
 * owner reads up to date: the lowest point, so that the owner makes no system call for a value that nobody waits for.
 */
final class SleepingThreads {
    private static final long EXPEL_NANOS = 20_000;

    /** Where the owner of a peer's timeline reads it; null for our own timelines. */
    private final @Nullable InterestLine interest;

    /** What the owner of one of our own timelines reads. */
    private volatile long lowest = Long.MAX_VALUE;

    private Sleeper[] sleepers = new Sleeper[4];
    private long[] points = new long[4];
    private int count;

    SleepingThreads(@Nullable InterestLine interest) {
        this.interest = interest;
    }

    /** Announces a sleep. The caller goes on with a full fence and another look at the value. */
    synchronized void enter(Sleeper sleeper, long point) {
        if (count == sleepers.length) {
            sleepers = Arrays.copyOf(sleepers, 2 * count);
            points = Arrays.copyOf(points, 2 * count);
        }
        sleepers[count] = sleeper;
        points[count] = point;
        count++;
        try {
            publish();
        } catch (IllegalStateException e) {
            count--;
            throw new IllegalStateException("the page in which this wait is announced is closed", e);
        }
    }

    /** Takes the announcement back. */
    @SuppressWarnings("ReferenceEquality") // sleepers are threads
    synchronized void leave(Sleeper sleeper, long point) {
        for (int i = 0; i < count; i++) {
            if (sleepers[i] == sleeper && points[i] == point) {
                count--;
                sleepers[i] = sleepers[count];
                points[i] = points[count];
                break;
            }
        }
        try {
            publish();
        } catch (IllegalStateException e) {
            // The page is closed: nobody reads the interest any more.
            return;
        }
    }

    private void publish() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < count; i++) {
            least = Math.min(least, points[i]);
        }
        if (interest == null) {
            lowest = least;
        } else {
            interest.publish(count, least);
        }
    }

    /** For the signaller of one of our own timelines, after a full fence: whether a thread sleeps for this value. */
    boolean areFor(long value) {
        return lowest <= value;
    }

    /**
     * Wakes all until they are gone, because the memory that they sleep on goes too: nobody could wake them there any
     * more. The timeline has ended, so that nobody comes again.
     */
    void expel() {
        wakeAll();
        while (areSome()) {
            LockSupport.parkNanos(EXPEL_NANOS);
            wakeAll();
        }
    }

    private synchronized boolean areSome() {
        return count > 0;
    }

    /** Wakes all, for what no value tells them. */
    synchronized void wakeAll() {
        for (int i = 0; i < count; i++) {
            sleepers[i].wake();
        }
    }
}
