package io.github.dmabuf4j.linux;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.fence.SignalingTimeline;
import io.github.dmabuf4j.linux.sys.Futexes;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;

/**
 * A timeline of our own that other processes can wait for: one line of a {@link TimelinePage}.
 *
 * <p>Signalling stores a value, and makes a system call only if some thread of a watching process, or of this one,
 * sleeps for this value or an earlier one. It allocates nothing.
 *
 * <p>One thread at a time may signal or fail; all else may be called from any thread.
 */
public final class SharedTimeline extends FutexTimeline implements SignalingTimeline {
    private static final InterestLine[] NONE = {};

    private final TimelinePage page;
    private volatile InterestLine[] watchers = NONE;
    // The value in shared memory, which only the signalling thread changes.
    private long current;

    private boolean stamped;

    private SharedTimeline(String name, TimelinePage page, int line) {
        super(name, new TimelineLine(page.memory(), line), null);
        this.page = page;
    }

    static SharedTimeline create(String name, TimelinePage page, int line) {
        SharedTimeline timeline = new SharedTimeline(name, page, line);
        timeline.line.setEpoch(page.epoch());
        return timeline;
    }

    /**
     * Begins to look, at every signal, at what a process waits for.
     *
     * @param waiterPage the page in which that process announces it
     * @param interestLine the line of that page which is about this timeline
     * @throws IllegalArgumentException if the page has no such line
     */
    public void addWatcher(PeerTimelinePage waiterPage, int interestLine) {
        TimelineDescriptor.requireLine(interestLine, waiterPage.lines());
        synchronized (this) {
            List<InterestLine> more = new ArrayList<>(List.of(watchers));
            more.add(new InterestLine(waiterPage.memory(), interestLine));
            watchers = more.toArray(NONE);
        }
        // A thread that announced itself before nobody looked must not wait for the signal after the next.
        VarHandle.fullFence();
        notifyInterested(line.value());
        if (ending() != null) {
            notify(true, true);
        }
    }

    /**
     * Ends what {@link #addWatcher} began; one that is not there is ignored. A signal that is under way in another thread
     * may still look at the page once; closing the page meanwhile does no harm.
     *
     * @param waiterPage the page
     * @param interestLine the line
     */
    public synchronized void removeWatcher(PeerTimelinePage waiterPage, int interestLine) {
        List<InterestLine> fewer = new ArrayList<>(List.of(watchers));
        fewer.removeIf(watcher -> watcher.isOf(waiterPage.memory(), interestLine));
        watchers = fewer.toArray(NONE);
    }

    /**
     * Moves the timeline forward, stamped with the present time.
     *
     * @param value the new value: greater than the present one, by less than 2<sup>32</sup>, because sleepers compare the
     *     low half
     * @throws IllegalArgumentException if the value does not rise, or rises too far at once
     * @throws IllegalStateException if the timeline has failed or is closed
     */
    @Override
    public void signal(long value) {
        signal(value, System.nanoTime());
    }

    /**
     * Moves the timeline forward, with a time that the caller knows: saves reading the clock.
     *
     * @param value the new value: greater than the present one, by less than 2<sup>32</sup>
     * @param timestampNanos when the work was done, CLOCK_MONOTONIC nanoseconds; 0 says nothing about it
     * @throws IllegalArgumentException if the value does not rise, or rises too far at once
     * @throws IllegalStateException if the timeline has failed or is closed
     */
    @Override
    public void signal(long value, long timestampNanos) {
        requireStep(value);
        stamp(timestampNanos);
        current = value;
        line.setValue(value);
        // The value before the look at the interest; see TimelineDescriptor.
        VarHandle.fullFence();
        notifyInterested(value);
    }

    /**
     * Fails the timeline from a point on, for ever. Earlier points that were pending are signalled.
     *
     * @param firstFailed the first point that fails, greater than {@link #value()} by less than 2<sup>32</sup>
     * @param error what waiters are told
     * @throws IllegalArgumentException if the point is already reached, or too far away
     * @throws IllegalStateException if the timeline has failed before or is closed
     */
    @Override
    public void fail(long firstFailed, Errno error) {
        requireStep(firstFailed);
        current = firstFailed;
        // Before the value, or this process would see the failed point as signalled for a moment.
        declare(new Ending(firstFailed, error));
        line.setError(error.number());
        stamp(System.nanoTime());
        line.setFirstFailed(firstFailed);
        // The word that others sleep on has to change, or one that is just falling asleep would miss the failure.
        line.setValue(firstFailed);
        // Whoever they wait for. A peer whose page is closed here already would not be looked at, and may still sleep.
        notify(true, true);
        announce();
    }

    /** A timeline that is never stamped costs no write of its stamp. */
    private void stamp(long timestampNanos) {
        if (timestampNanos != 0 || stamped) {
            stamped = true;
            line.setTimestamp(timestampNanos);
        }
    }

    private void requireStep(long value) {
        if (ending() != null || value <= current || (value - current) >>> 32 != 0) {
            throw refusal(value);
        }
    }

    /** Out of the way, so that what is called for every step stays small. */
    private RuntimeException refusal(long value) {
        Ending ended = ending();
        if (ended != null) {
            return new IllegalStateException("timeline " + name() + " has ended with " + ended.error() + " from point "
                    + ended.firstFailed() + " on and cannot move any more");
        }
        if (value <= current) {
            return new IllegalArgumentException(
                    "timeline " + name() + " is at " + current + " and only rises, it cannot go to " + value);
        }
        return new IllegalArgumentException(
                "timeline " + name() + " is at " + current + " and rises by less than 2^32 at a time, not to " + value);
    }

    private void notifyInterested(long value) {
        boolean slept = sleeping.areFor(value);
        boolean dispatched = false;
        for (InterestLine watcher : watchers) {
            try {
                if (watcher.isAnybodyThere()) {
                    slept |= watcher.isSleptFor(value);
                    dispatched |= watcher.isDispatchedFor(value);
                }
            } catch (IllegalStateException e) {
                // Its page was closed meanwhile: nobody there is interested any more.
            }
        }
        notify(slept, dispatched);
        if (pending.areFor(value)) {
            pending.complete();
        }
    }

    private void notify(boolean sleepers, boolean dispatchers) {
        if (sleepers) {
            Futexes.wakeAll(line.wordAddress());
        }
        if (dispatchers) {
            page.ringDoorbell();
        }
    }

    @Override
    long look() {
        Ending ended = ending();
        if (ended != null) {
            return ended.firstFailed();
        }
        try {
            return line.value();
        } catch (IllegalStateException e) {
            // Closed between the two looks.
            if (ending() != null) {
                return current;
            }
            throw e;
        }
    }

    /** Whoever signals completes: nothing to prepare. */
    @Override
    void dispatch() {}

    /** The page is about to be closed. */
    void cancel() {
        if (ending() == null) {
            fail(line.value() + 1, Errno.ECANCELED);
        }
    }
}
