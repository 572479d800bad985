package io.github.dmabuf4j.domain;

import io.github.dmabuf4j.domain.spi.SyncGeometry;
import io.github.dmabuf4j.domain.spi.SyncPage;
import io.github.dmabuf4j.fence.SignalingTimeline;
import java.util.Objects;

/**
 * How the two ends of a queue divide their sync pages:
 *
 * <pre>
 *   line 0    header
 *        1    timeline 0: the ring's own
 *        2-4  timelines 1 to 3: work that goes on after a hand-over
 *        8    the ring
 *             interest: {@value SyncGeometry#MAX_TIMELINES} lines for each peer
 * </pre>
 */
final class QueuePages {
    static final int RING_TIMELINE = 0;
    static final int WORK_TIMELINES = 3;

    private static final int FIRST_TIMELINE = 1;
    private static final int RING_LINE = 8;
    /** Short rings are fast rings: their lines stay in the caches of both sides. */
    private static final int LEAST_RING_ENTRIES = 8;

    private QueuePages() {}

    /** A producer's page has one ring for all consumers: every buffer under way, and the end of the stream. */
    static SyncGeometry producer(int slots) {
        return geometry(atLeast(slots + 2), QueueConfig.MAX_CONSUMERS);
    }

    /** A consumer does not know yet how many buffers there will be. */
    static SyncGeometry consumer() {
        return geometry(atLeast(QueueConfig.MAX_SLOTS), 1);
    }

    static int interestLine(SyncGeometry geometry, int peer) {
        return geometry.interestLine() + peer * SyncGeometry.MAX_TIMELINES;
    }

    static SignalingTimeline workTimeline(SyncPage page, int index) {
        return page.timeline(RING_TIMELINE + 1 + Objects.checkIndex(index, WORK_TIMELINES));
    }

    /** Finds the number of a timeline of ours for which the other side can wait. */
    static int numberOf(SyncPage page, SignalingTimeline work) {
        for (int i = 0; i < WORK_TIMELINES; i++) {
            if (workTimeline(page, i).equals(work)) {
                return RING_TIMELINE + 1 + i;
            }
        }
        throw new IllegalArgumentException(
                "timeline " + work.name() + " is not a work timeline of this end: the other side cannot see it");
    }

    private static int atLeast(int entries) {
        int power = Integer.highestOneBit(Math.max(entries, LEAST_RING_ENTRIES));
        return power < entries ? power << 1 : power;
    }

    private static SyncGeometry geometry(int ringEntries, int peers) {
        int interestLine = RING_LINE + ringEntries;
        return new SyncGeometry(
                interestLine + peers * SyncGeometry.MAX_TIMELINES,
                FIRST_TIMELINE,
                1 + WORK_TIMELINES,
                RING_TIMELINE,
                RING_LINE,
                ringEntries,
                interestLine,
                SyncGeometry.MAX_TIMELINES);
    }
}
