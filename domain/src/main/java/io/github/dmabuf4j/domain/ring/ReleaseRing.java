package io.github.dmabuf4j.domain.ring;

import static io.github.dmabuf4j.domain.ring.RingWords.U64;
import static io.github.dmabuf4j.domain.ring.RingWords.U64_ORDERED;

import io.github.dmabuf4j.domain.spi.SyncGeometry;
import io.github.dmabuf4j.domain.spi.SyncPage;
import io.github.dmabuf4j.domain.wire.RingDescriptor;
import io.github.dmabuf4j.domain.wire.Xbp;
import io.github.dmabuf4j.fence.SignalingTimeline;
import java.lang.foreign.MemorySegment;

/**
 * The ring that we write: one writer, any number of readers in other domains. Allocates nothing, and makes a system call
 * only if a reader sleeps.
 *
 * <p>One thread at a time. The caller sees to it that no reader is more than {@link #entries()} records behind.
 */
public final class ReleaseRing {
    private final MemorySegment memory;
    private final long base;
    private final int mask;
    private final int timelineIndex;
    private final SignalingTimeline timeline;
    private long published;
    private boolean citesFences;

    /**
     * Takes the ring of a page into use.
     *
     * @param page a page whose geometry has a ring and whose ring timeline is at 0
     */
    public ReleaseRing(SyncPage page) {
        SyncGeometry geometry = page.geometry();
        this.memory = page.memory();
        this.base = (long) geometry.ringLine() * SyncGeometry.LINE_BYTES;
        this.mask = geometry.ringEntries() - 1;
        this.timelineIndex = geometry.ringTimeline();
        this.timeline = page.timeline(timelineIndex);
    }

    /**
     * How many records the ring holds.
     *
     * @return a power of two
     */
    public int entries() {
        return mask + 1;
    }

    /**
     * The number of the last record.
     *
     * @return 0 if there was none
     */
    public long published() {
        return published;
    }

    /** Tells the readers that no more records come. */
    public void endStream() {
        write(0, Xbp.HANDOVER_END_OF_STREAM, 0, 0, timelineIndex, 0);
        announce();
    }

    /**
     * Writes the next record. A reader that watches it takes it from here on, while the caller still does what can be done
     * after the hand-over; one that sleeps is woken by {@link #announce}, which must follow before anything is waited for.
     *
     * @param buffer the id of the buffer
     * @param flags such as {@link Xbp#HANDOVER_END_OF_STREAM}
     * @param presentationTime nanoseconds
     * @param frame the frame that is given back; always 0 in the ring of an exporter
     * @param fenceTimeline the number of the timeline on our page that says when the work is done
     * @param fenceValue the point; 0 is one that every timeline has reached
     */
    public void write(long buffer, int flags, long presentationTime, long frame, int fenceTimeline, long fenceValue) {
        long sequence = published + 1;
        long at = at(sequence);
        MemorySegment to = memory;
        to.set(U64, at + RingDescriptor.HANDOVER_BUFFER, buffer);
        to.set(U64, at + RingDescriptor.HANDOVER_PRESENTATION_TIME, presentationTime);
        // A page is made of zeros. What is 0 in all records so far is 0 in this one too, and stays.
        long timelineAndFlags = RingWords.timelineAndFlags(fenceTimeline, flags);
        if (citesFences || (timelineAndFlags | fenceValue) != 0) {
            citesFences = true;
            to.set(U64, at + RingDescriptor.HANDOVER_TIMELINE, timelineAndFlags);
            to.set(U64, at + RingDescriptor.HANDOVER_VALUE, fenceValue);
        }
        if (frame != 0) {
            to.set(U64, at + RingDescriptor.HANDOVER_FRAME, frame);
        }
        // Last: whoever sees the sequence sees the rest.
        U64_ORDERED.setRelease(to, at + RingDescriptor.HANDOVER_SEQUENCE, sequence);
        published = sequence;
    }

    /** Moves the timeline to the record that was written last, and wakes who sleeps for it. */
    public void announce() {
        // Without a time: nobody is given a fence of this timeline, and the clock costs more than all the rest.
        timeline.signal(published, 0);
        // A word that is always 0. The cache line of the next record comes while the peer is at work, and not when it
        // waits: that is a third of a round trip.
        memory.set(U64, at(published + 1) + RingDescriptor.HANDOVER_DEADLINE, 0);
    }

    private long at(long sequence) {
        return base + ((sequence - 1) & mask) * RingDescriptor.HANDOVER_BYTES;
    }
}
