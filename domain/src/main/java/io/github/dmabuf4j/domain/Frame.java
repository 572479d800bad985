package io.github.dmabuf4j.domain;

import io.github.dmabuf4j.buffer.AccessMode;
import io.github.dmabuf4j.buffer.DmaBuf;
import io.github.dmabuf4j.buffer.RawView;
import io.github.dmabuf4j.domain.ring.HandOver;
import io.github.dmabuf4j.domain.wire.Envelope;
import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.fence.PointStatus;
import io.github.dmabuf4j.fence.Timeline;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A frame in the hands of the consumer. The objects are reused: one per buffer; valid from {@link QueueConsumer#acquire}
 * to {@link QueueConsumer#release}.
 */
public final class Frame {
    /** Whose frame it is. */
    final ConsumerLink owner;

    private final long id;
    private final DmaBuf buffer;
    private final RawView view;
    private final MemorySegment raw;

    // The consumer's thread alone.
    private long number;
    private long presentationTime;
    private @Nullable Timeline timeline; // null: the contents are there
    private long point;
    boolean held;

    /** The producer's RETIRE, once it came; written by the session's thread. */
    volatile @Nullable Envelope retirement;

    Frame(ConsumerLink owner, long id, DmaBuf buffer) {
        this.owner = owner;
        this.id = id;
        this.buffer = buffer;
        this.view = buffer.rawView(AccessMode.READ);
        this.raw = view.segment();
    }

    /**
     * The number of the frame.
     *
     * @return counted from 1 by the producer, over all its consumers; rises by one from frame to frame
     */
    public long number() {
        return number;
    }

    /**
     * When to show the frame.
     *
     * @return nanoseconds from a zero of the producer's choice
     */
    public long presentationTime() {
        return presentationTime;
    }

    /**
     * The buffer, for access by leases. Belongs to the queue: do not close it; {@link DmaBuf#dup()} to keep the memory.
     *
     * @return the buffer
     */
    public DmaBuf buffer() {
        return buffer;
    }

    /**
     * All bytes, read-only, without a lease: nothing is checked but the bounds, and nothing is allocated. Any thread may use
     * the segment; the caller makes sure that nobody reads after {@link QueueConsumer#release}.
     *
     * @return the same segment in every call for the same buffer
     */
    public MemorySegment raw() {
        return raw;
    }

    /**
     * Whether the contents are sound.
     *
     * @return null if the work that fills the frame is done or under way, else why it failed
     */
    public @Nullable Errno error() {
        return status() == PointStatus.FAILED && timeline != null ? timeline.error() : null;
    }

    /**
     * The fence of the work that fills the frame.
     *
     * @return a fence; allocated by this call
     */
    public DmaFence acquireFence() {
        return timeline == null ? DmaFence.stub() : timeline.fence(point);
    }

    long id() {
        return id;
    }

    /** Now it is the caller's; without a timeline its contents are there. */
    void handedOver(HandOver record, @Nullable Timeline fenceTimeline) {
        number = record.sequence();
        presentationTime = record.presentationTime();
        timeline = fenceTimeline;
        point = record.value();
        held = true;
    }

    PointStatus status() {
        return timeline == null ? PointStatus.SIGNALED : timeline.status(point);
    }

    boolean isReady() {
        return timeline == null || timeline.status(point) != PointStatus.PENDING;
    }

    PointStatus await(long timeoutNanos) throws InterruptedException {
        return timeline == null ? PointStatus.SIGNALED : timeline.awaitPoint(point, timeoutNanos);
    }

    void close() {
        view.close();
        buffer.close();
    }
}
