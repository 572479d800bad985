package io.github.dmabuf4j.domain;

import io.github.dmabuf4j.buffer.AccessMode;
import io.github.dmabuf4j.buffer.DmaBuf;
import io.github.dmabuf4j.buffer.RawView;
import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.FenceArray;
import io.github.dmabuf4j.fence.Timeline;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A buffer in the hands of the producer. The objects are reused: one per buffer, for the life of the queue; valid from
 * {@link QueueProducer#dequeue} to {@link QueueProducer#queue}.
 */
public final class ProducerSlot {
    enum Place {
        FREE,
        DEQUEUED,
        QUEUED
    }

    private final int index;
    private final DmaBuf buffer;
    private final RawView view;
    private final MemorySegment raw;
    // By consumer: the fence that it gave back with the last frame.
    private final @Nullable Timeline[] releaseTimelines = new @Nullable Timeline[QueueConfig.MAX_CONSUMERS];
    private final long[] releasePoints = new long[QueueConfig.MAX_CONSUMERS];
    private boolean anyRelease;

    // The producer's thread alone.
    long id;
    Place place = Place.FREE;
    long frame;
    int owing;

    ProducerSlot(int index, DmaBuf buffer) {
        this.index = index;
        this.buffer = buffer;
        this.view = buffer.rawView(AccessMode.READ_WRITE);
        this.raw = view.segment();
    }

    /**
     * Which of the buffers it is.
     *
     * @return 0 up to the number of slots - 1
     */
    public int index() {
        return index;
    }

    /**
     * The buffer, for access by leases. Belongs to the queue: do not close it.
     *
     * @return the buffer
     */
    public DmaBuf buffer() {
        return buffer;
    }

    /**
     * All bytes, writable, without a lease: nothing is checked but the bounds, and nothing is allocated. Any thread may use
     * the segment; the caller makes sure that nobody writes after {@link QueueProducer#queue}.
     *
     * @return the same segment in every call
     */
    public MemorySegment raw() {
        return raw;
    }

    /**
     * The number of the frame that was last handed over in this buffer.
     *
     * @return the number, counted from 1; 0 if there was none
     */
    public long frame() {
        return frame;
    }

    /**
     * The fence of everything that consumers did with the last frame. Signalled already when the slot comes from
     * {@link QueueProducer#dequeue}; its error says if a consumer's work failed.
     *
     * @return a fence; allocated by this call
     */
    public DmaFence releaseFence() {
        List<DmaFence> fences = new ArrayList<>();
        for (int consumer = 0; anyRelease && consumer < releaseTimelines.length; consumer++) {
            Timeline timeline = releaseTimelines[consumer];
            if (timeline != null) {
                fences.add(timeline.fence(releasePoints[consumer]));
            }
        }
        if (fences.isEmpty()) {
            return DmaFence.stub();
        }
        DmaFence fence = fences.size() == 1 ? fences.getFirst() : FenceArray.of(fences);
        fence.poll(); // what is done already shows at once
        return fence;
    }

    void released(int consumer, Timeline timeline, long point) {
        releaseTimelines[consumer] = timeline;
        releasePoints[consumer] = point;
        anyRelease = true;
    }

    /** A new round begins. */
    void forgetReleases() {
        if (anyRelease) {
            Arrays.fill(releaseTimelines, null);
            anyRelease = false;
        }
    }

    void forget(int consumer) {
        releaseTimelines[consumer] = null;
    }

    void close() {
        view.close();
        buffer.close();
    }
}
