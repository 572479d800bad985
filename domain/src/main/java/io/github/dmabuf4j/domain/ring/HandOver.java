package io.github.dmabuf4j.domain.ring;

import io.github.dmabuf4j.domain.wire.Xbp;

/**
 * One record of a ring in private memory. The object is reused: {@link PeerRing#poll} fills it. Whoever made it uses it
 * from one thread.
 */
public final class HandOver {
    long sequence;
    long buffer;
    int timeline;
    int flags;
    long value;
    long presentationTime;
    long frame;

    /** Creates an empty record. */
    public HandOver() {}

    /**
     * The number of the record.
     *
     * @return counted from 1; already checked
     */
    public long sequence() {
        return sequence;
    }

    /**
     * Which buffer changes hands.
     *
     * @return its id, not checked yet; 0 at the end of the stream
     */
    public long buffer() {
        return buffer;
    }

    /**
     * The timeline of the fence.
     *
     * @return one of the writer's timelines; already checked
     */
    public int timeline() {
        return timeline;
    }

    /**
     * The point of the fence.
     *
     * @return the point on {@link #timeline()}
     */
    public long value() {
        return value;
    }

    /**
     * Whether the work was done before the record was written: it cites the record itself.
     *
     * @param ringTimeline the number of the timeline that publishes the ring
     * @return false if the fence has to be looked at
     */
    public boolean isDone(int ringTimeline) {
        return timeline == ringTimeline && value >= 0 && value <= sequence;
    }

    /**
     * When to show the frame.
     *
     * @return nanoseconds
     */
    public long presentationTime() {
        return presentationTime;
    }

    /**
     * The frame that an importer gives back.
     *
     * @return the number of the frame; 0 in an exporter's ring
     */
    public long frame() {
        return frame;
    }

    /**
     * Whether this is the last record of the stream.
     *
     * @return true at the end of the stream
     */
    public boolean isEndOfStream() {
        return (flags & Xbp.HANDOVER_END_OF_STREAM) != 0;
    }
}
