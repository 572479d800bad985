package io.github.dmabuf4j.linux;

import io.github.dmabuf4j.fence.PointStatus;
import java.lang.System.Logger.Level;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The fences and parked threads of this process that wait for points of one timeline. Whoever moves the timeline
 * completes them, in the order of their points: the signalling thread if the timeline is our own, the
 * {@link FutexDispatcher} if it is a peer's. Keeps the dispatcher's part of the interest up to date.
 */
final class PendingPoints {
    private static final AtomicLong NUMBERS = new AtomicLong();

    /** Somebody who waits for a point without sleeping on a word. */
    abstract static class Node {
        final long point;
        private final long number = NUMBERS.getAndIncrement();

        Node(long point) {
            this.point = point;
        }

        /** The point is signalled or failed. Called at most once, without a lock held. */
        abstract void decided();
    }

    private final FutexTimeline timeline;
    /** Where the owner of a peer's timeline reads it; null for our own timelines. */
    private final @Nullable InterestLine interest;

    /** What the owner of one of our own timelines reads. */
    private volatile long lowest = Long.MAX_VALUE;

    // Guarded by itself.
    private final TreeSet<Node> nodes =
            new TreeSet<>(Comparator.<Node>comparingLong(node -> node.point).thenComparingLong(node -> node.number));

    PendingPoints(FutexTimeline timeline, @Nullable InterestLine interest) {
        this.timeline = timeline;
        this.interest = interest;
    }

    /** Adds a node, unless its point is decided: then answers false, and {@link Node#decided} is not called. */
    boolean add(Node node) {
        timeline.dispatch();
        synchronized (nodes) {
            nodes.add(node);
            publish();
        }
        // The interest before the look at the value; see TimelineDescriptor.
        VarHandle.fullFence();
        return timeline.status(node.point) == PointStatus.PENDING || !remove(node);
    }

    /** Takes a node out; answers false if it is not there any more. */
    boolean remove(Node node) {
        synchronized (nodes) {
            boolean removed = nodes.remove(node);
            if (removed) {
                publish();
            }
            return removed;
        }
    }

    /** Completes all whose point is decided. Any thread may call it; two at a time do no harm. */
    void complete() {
        while (true) {
            List<Node> decided = takeDecided();
            for (Node node : decided) {
                try {
                    node.decided();
                } catch (RuntimeException | Error failure) { // one must not cost the others their call
                    System.getLogger(PendingPoints.class.getName())
                            .log(
                                    Level.ERROR,
                                    "what waits for point " + node.point + " of " + timeline + " threw",
                                    failure);
                }
            }
            if (decided.isEmpty()) {
                return;
            }
        }
    }

    private List<Node> takeDecided() {
        // The interest that was published last, before the look at the value; see TimelineDescriptor.
        VarHandle.fullFence();
        long value = timeline.look();
        synchronized (nodes) {
            if (nodes.isEmpty() || timeline.statusAt(value, nodes.first().point) == PointStatus.PENDING) {
                return List.of();
            }
            List<Node> decided = new ArrayList<>();
            while (!nodes.isEmpty() && timeline.statusAt(value, nodes.first().point) != PointStatus.PENDING) {
                decided.add(nodes.pollFirst());
            }
            publish();
            return decided;
        }
    }

    /** For the signaller of one of our own timelines, after a full fence: whether a point up to this value is here. */
    boolean areFor(long value) {
        return lowest <= value;
    }

    private void publish() {
        if (interest == null) {
            lowest = nodes.isEmpty() ? Long.MAX_VALUE : nodes.first().point;
            return;
        }
        try {
            interest.publishDispatcher(nodes.isEmpty() ? 0 : nodes.first().point);
        } catch (IllegalStateException e) {
            // The page of the interest is closed, and with it the session: the timeline ends or has ended.
            return;
        }
    }
}
