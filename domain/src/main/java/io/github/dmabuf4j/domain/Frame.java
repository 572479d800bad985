package io.github.dmabuf4j.domain;

import io.github.dmabuf4j.buffer.DmaBuf;
import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.Errno;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A frame in the hands of the consumer. The objects are reused: one per buffer; valid from {@link QueueConsumer#acquire}
 * to {@link QueueConsumer#release}.
 */
public final class Frame {
    Frame() {}

    /**
     * The number of the frame.
     *
     * @return counted from 1 by the producer, over all its consumers; rises by one from frame to frame
     */
    public long number() {
        throw new UnsupportedOperationException();
    }

    /**
     * When to show the frame.
     *
     * @return nanoseconds from a zero of the producer's choice
     */
    public long presentationTime() {
        throw new UnsupportedOperationException();
    }

    /**
     * The buffer, for access by leases. Belongs to the queue: do not close it; {@link DmaBuf#dup()} to keep the memory.
     *
     * @return the buffer
     */
    public DmaBuf buffer() {
        throw new UnsupportedOperationException();
    }

    /**
     * All bytes, read-only, without a lease: nothing is checked but the bounds, and nothing is allocated. Any thread may use
     * the segment; the caller makes sure that nobody reads after {@link QueueConsumer#release}.
     *
     * @return the same segment in every call for the same buffer
     */
    public MemorySegment raw() {
        throw new UnsupportedOperationException();
    }

    /**
     * Whether the contents are there, and sound.
     *
     * @return null if the work that fills the frame is done or under way, else why it failed
     */
    public @Nullable Errno error() {
        throw new UnsupportedOperationException();
    }

    /**
     * The fence of the work that fills the frame.
     *
     * @return a fence; allocated by this call
     */
    public DmaFence acquireFence() {
        throw new UnsupportedOperationException();
    }
}
