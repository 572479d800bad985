package io.github.dmabuf4j.domain.ring;

import static io.github.dmabuf4j.domain.ring.RingWords.U32;
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

    /**
     * Hands a buffer over whose work is done.
     *
     * @param buffer the id of the buffer
     * @param flags such as {@link Xbp#HANDOVER_END_OF_STREAM}
     * @param presentationTime nanoseconds
     * @param frame the frame that is given back, or 0 for the number of this record
     */
    public void publish(long buffer, int flags, long presentationTime, long frame) {
        publish(buffer, flags, presentationTime, frame, timelineIndex, published + 1);
    }

    /**
     * Hands a buffer over whose work may go on.
     *
     * @param buffer the id of the buffer
     * @param flags such as {@link Xbp#HANDOVER_END_OF_STREAM}
     * @param presentationTime nanoseconds
     * @param frame the frame that is given back, or 0 for the number of this record
     * @param fenceTimeline the number of the timeline on our page that says when the work is done
     * @param fenceValue the point
     */
    public void publish(long buffer, int flags, long presentationTime, long frame, int fenceTimeline, long fenceValue) {
        long sequence = published + 1;
        long at = base + (((sequence - 1) & mask) * RingDescriptor.HANDOVER_BYTES);
        memory.set(U64, at + RingDescriptor.HANDOVER_BUFFER, buffer);
        memory.set(U32, at + RingDescriptor.HANDOVER_TIMELINE, fenceTimeline);
        memory.set(U32, at + RingDescriptor.HANDOVER_FLAGS, flags);
        memory.set(U64, at + RingDescriptor.HANDOVER_VALUE, fenceValue);
        memory.set(U64, at + RingDescriptor.HANDOVER_PRESENTATION_TIME, presentationTime);
        memory.set(U64, at + RingDescriptor.HANDOVER_METADATA_SEQUENCE, 0);
        memory.set(U64, at + RingDescriptor.HANDOVER_DEADLINE, 0);
        memory.set(U64, at + RingDescriptor.HANDOVER_FRAME, frame == 0 ? sequence : frame);
        // Last: a reader that watches the record takes it now, while we still read the clock and look for sleepers.
        U64_ORDERED.setRelease(memory, at + RingDescriptor.HANDOVER_SEQUENCE, sequence);
        published = sequence;
        timeline.signal(sequence);
    }
}
