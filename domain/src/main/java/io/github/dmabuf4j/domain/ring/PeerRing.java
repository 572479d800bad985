package io.github.dmabuf4j.domain.ring;

import static io.github.dmabuf4j.domain.ring.RingWords.U64;
import static io.github.dmabuf4j.domain.ring.RingWords.U64_ORDERED;

import io.github.dmabuf4j.domain.spi.PeerSyncPage;
import io.github.dmabuf4j.domain.spi.SyncGeometry;
import io.github.dmabuf4j.domain.wire.RingDescriptor;
import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.fence.Timeline;
import java.lang.foreign.MemorySegment;

/**
 * The ring that a peer writes. Every record is read once into private memory, then checked, then used. One thread at a
 * time; allocates nothing.
 */
public final class PeerRing {
    private static final boolean SPINS =
            Runtime.getRuntime().availableProcessors() > 1 && Long.getLong("dmabuf4j.spinNanos", -1) != 0;
    /** One to three microseconds, as long as processors take for a pause. */
    private static final int LOOKS = SPINS ? 64 : 1;

    private static final int PAUSES = SPINS ? 2 : 0;

    private static final int FINDS_PER_TRIAL = 64;

    private final MemorySegment memory;
    private final long base;
    private final int entries;
    private final int timelines;
    private final int timelineIndex;
    private final Timeline timeline;
    private long next = 1;
    private boolean waiting; // whether records were there before they were looked for
    private int foundAtOnce;
    private long seen; // the last record that a glance found
    private long published; // as last read: while there is more, the peer's line is left alone

    /**
     * Begins to read at record 1.
     *
     * @param page a page whose geometry has a ring
     */
    public PeerRing(PeerSyncPage page) {
        SyncGeometry geometry = page.geometry();
        this.memory = page.memory();
        this.base = (long) geometry.ringLine() * SyncGeometry.LINE_BYTES;
        this.entries = geometry.ringEntries();
        this.timelines = geometry.timelines();
        this.timelineIndex = geometry.ringTimeline();
        this.timeline = page.timeline(timelineIndex);
    }

    /**
     * Begins to read at another record.
     *
     * @param sequence its number
     */
    public void startAt(long sequence) {
        next = sequence;
    }

    /**
     * The record that is read next: who waits for it waits for this point of {@link #timeline()}.
     *
     * @return its number
     */
    public long next() {
        return next;
    }

    /**
     * The timeline that publishes the records.
     *
     * @return the peer's timeline
     */
    public Timeline timeline() {
        return timeline;
    }

    /**
     * The number of the timeline that publishes the records.
     *
     * @return as in the geometry of the peer's page
     */
    public int timelineIndex() {
        return timelineIndex;
    }

    /**
     * Reads the next record if it is there.
     *
     * @param into is overwritten
     * @return false if it is not there yet
     * @throws RingViolationException if the peer's timeline ran backwards, the record is not the one that was announced, or
     *     the peer has overwritten what was not read yet
     */
    public boolean poll(HandOver into) throws RingViolationException {
        long expected = next;
        MemorySegment from = memory;
        long at = at();
        if (seen != expected) { // else it was looked at already, with its sequence first
            if (published < expected && !look()) {
                return false;
            }
            if (published - expected >= entries) {
                throw overwritten();
            }
            long sequence = (long) U64_ORDERED.getAcquire(from, at + RingDescriptor.HANDOVER_SEQUENCE);
            if (sequence != expected) {
                throw new RingViolationException("record " + expected + " says that it is record " + sequence);
            }
        }
        long timelineAndFlags = from.get(U64, at + RingDescriptor.HANDOVER_TIMELINE);
        into.sequence = expected;
        into.buffer = from.get(U64, at + RingDescriptor.HANDOVER_BUFFER);
        into.value = from.get(U64, at + RingDescriptor.HANDOVER_VALUE);
        into.presentationTime = from.get(U64, at + RingDescriptor.HANDOVER_PRESENTATION_TIME);
        into.frame = from.get(U64, at + RingDescriptor.HANDOVER_FRAME);
        into.timeline = RingWords.timeline(timelineAndFlags);
        into.flags = RingWords.flags(timelineAndFlags);
        if (into.timeline < 0 || into.timeline >= timelines) {
            throw unknownTimeline(into.timeline);
        }
        next = expected + 1;
        return true;
    }

    private RingViolationException unknownTimeline(int timelineNumber) {
        return new RingViolationException("record " + next + " cites timeline "
                + Integer.toUnsignedString(timelineNumber) + "; there are " + timelines);
    }

    private RingViolationException overwritten() {
        return new RingViolationException("record " + next + " was overwritten: the ring has " + entries
                + " entries, and its timeline is at " + published);
    }

    /**
     * Watches for the next record, for hardly longer than a peer takes that is awake, and without reading a clock. It looks
     * at the record itself, whose sequence is stored last: so a hand-over costs the one cache line that is read anyway, and
     * the peer moves its timeline while we already work. Where spinning does not pay off it gives up at once.
     *
     * <p>A look that comes too early is worse than none: it takes the line from the peer, who then has to get it back
     * before it can write, and that is as much as a third of a round trip. So the first look comes after two pauses, which
     * is about what the fastest answer takes; unless records are waiting anyway, which is tried once in a while.
     *
     * @return whether the record is there: {@link #poll} takes it
     */
    public boolean glance() {
        if (!waiting) {
            for (int i = 0; i < PAUSES; i++) {
                Thread.onSpinWait();
            }
        }
        if (isThere()) {
            waiting |= ++foundAtOnce % FINDS_PER_TRIAL == 0;
            return true;
        }
        waiting = false;
        for (int i = 1; i < LOOKS; i++) {
            Thread.onSpinWait();
            if (isThere()) {
                return true;
            }
        }
        return false;
    }

    /**
     * Looks at the record itself, and not at the timeline, whose cache line the peer may be about to write.
     *
     * @return whether the record is there: {@link #poll} takes it; false says nothing
     */
    public boolean isThere() {
        if ((long) U64_ORDERED.getAcquire(memory, at() + RingDescriptor.HANDOVER_SEQUENCE) != next) {
            return false;
        }
        seen = next;
        return true;
    }

    private long at() {
        return base + ((next - 1) & (entries - 1)) * RingDescriptor.HANDOVER_BYTES;
    }

    /** Whether the next record is there. */
    private boolean look() throws RingViolationException {
        published = timeline.value();
        if (published >= next) {
            return true;
        }
        Errno error = timeline.error();
        if (error != null && error.equals(Errno.EPROTO)) {
            throw new RingViolationException("the ring's timeline ran backwards");
        }
        return false;
    }
}
