package io.github.dmabuf4j.linux;

import java.util.Arrays;

/**
 * The threads of this process that sleep on one timeline, and what they wait for. Keeps the interest that the timeline's
 * owner reads up to date: the lowest point, so that the owner makes no system call for a value that nobody waits for.
 */
final class SleepingThreads {
    private final InterestLine interest;
    private Sleeper[] sleepers = new Sleeper[4];
    private long[] points = new long[4];
    private int count;

    SleepingThreads(InterestLine interest) {
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
        long lowest = Long.MAX_VALUE;
        for (int i = 0; i < count; i++) {
            lowest = Math.min(lowest, points[i]);
        }
        interest.publish(count, lowest);
    }

    /** Wakes all, for what no value tells them. */
    synchronized void wakeAll() {
        for (int i = 0; i < count; i++) {
            sleepers[i].wake();
        }
    }
}
