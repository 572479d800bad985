package io.github.dmabuf4j.linux;

import io.github.dmabuf4j.fence.Errno;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A timeline that another process moves, as we see it: one line of a {@link PeerTimelinePage}.
 *
 * <p>Nothing the peer writes is trusted. A value that is smaller than one seen before, or negative, or a failure that
 * makes no sense, is a violation: it ends the timeline with EPROTO behind the greatest value seen. When the peer dies or
 * leaves, {@link PeerTimelinePage#fail} ends the timeline behind the last value it stored. Either way every wait ends,
 * of threads that sleep too.
 *
 * <p>All methods may be called from any thread.
 */
public final class PeerTimeline extends FutexTimeline {
    private static final VarHandle GREATEST;

    static {
        try {
            GREATEST = MethodHandles.lookup().findVarHandle(PeerTimeline.class, "greatest", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final PeerTimelinePage page;
    // The greatest value that was seen while the timeline was sound.
    private volatile long greatest;

    PeerTimeline(String name, PeerTimelinePage page, int line, InterestLine interest) {
        super(name, new TimelineLine(page.memory(), line), interest);
        this.page = page;
        // What a session before this one left there.
        interest.publish(0, 0);
        interest.publishDispatcher(0);
    }

    /**
     * Waits until a point of one of several timelines is signalled or failed: a sleep on all their words at once.
     * Allocates nothing on a platform thread.
     *
     * @param timelines the timelines
     * @param points the point to wait for on each
     * @param count how many entries of both arrays count, 1 to 127
     * @param timeoutNanos the longest wait in nanoseconds; 0 only looks, {@link Long#MAX_VALUE} has no limit
     * @return the index of one that is no longer pending, or -1 when the time is over
     * @throws IllegalArgumentException if the count is out of range
     * @throws InterruptedException if the thread is interrupted before a point is reached
     */
    public static int awaitAny(PeerTimeline[] timelines, long[] points, int count, long timeoutNanos)
            throws InterruptedException {
        if (count < 1 || count > Sleeper.MAX_WORDS || count > timelines.length || count > points.length) {
            throw new IllegalArgumentException(
                    "a wait is for 1 to " + Sleeper.MAX_WORDS + " points that are all given, not for " + count);
        }
        return TimelineWait.awaitAny(timelines, points, count, timeoutNanos);
    }

    @Override
    long look() {
        Ending ended = ending();
        if (ended != null) {
            return ended.firstFailed();
        }
        // Before the value: what another thread saw meanwhile may be greater than what is read here.
        long before = greatest;
        long value;
        long firstFailed;
        try {
            value = line.value();
            firstFailed = line.firstFailed();
        } catch (IllegalStateException e) {
            // Closed between the two looks.
            if (ending() != null) {
                return before;
            }
            throw e;
        }
        if (firstFailed != 0) {
            peerFailed(firstFailed);
            return value;
        }
        if (value < before) {
            end(new Ending(before + 1, Errno.EPROTO));
            return before;
        }
        while (value > before && !GREATEST.compareAndSet(this, before, value)) {
            before = greatest;
        }
        return value;
    }

    private void peerFailed(long firstFailed) {
        int number = line.error();
        long seen = greatest;
        if (firstFailed <= seen || number < 1 || number > Errno.MAX) {
            end(new Ending(seen + 1, Errno.EPROTO));
        } else {
            end(new Ending(firstFailed, new Errno(number)));
        }
    }

    /** The peer is gone: what it reached stays, what it did not reach fails. */
    void fail(Errno error) {
        if (ending() == null) {
            look();
            end(new Ending(greatest + 1, error));
        }
    }

    @Override
    void dispatch() {
        page.dispatch();
    }
}
