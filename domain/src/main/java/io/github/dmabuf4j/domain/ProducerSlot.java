package io.github.dmabuf4j.domain;

import io.github.dmabuf4j.buffer.DmaBuf;
import io.github.dmabuf4j.fence.DmaFence;
import java.lang.foreign.MemorySegment;

/**
 * A buffer in the hands of the producer. The objects are reused: one per buffer, for the life of the queue; valid from
 * {@link QueueProducer#dequeue} to {@link QueueProducer#queue}.
 */
public final class ProducerSlot {
    ProducerSlot() {}

    /**
     * Which of the buffers it is.
     *
     * @return 0 up to the number of slots - 1
     */
    public int index() {
        throw new UnsupportedOperationException();
    }

    /**
     * The buffer, for access by leases. Belongs to the queue: do not close it.
     *
     * @return the buffer
     */
    public DmaBuf buffer() {
        throw new UnsupportedOperationException();
    }

    /**
     * All bytes, writable, without a lease: nothing is checked but the bounds, and nothing is allocated. Any thread may use
     * the segment; the caller makes sure that nobody writes after {@link QueueProducer#queue}.
     *
     * @return the same segment in every call
     */
    public MemorySegment raw() {
        throw new UnsupportedOperationException();
    }

    /**
     * The number of the frame that was last handed over in this buffer.
     *
     * @return the number, counted from 1; 0 if there was none
     */
    public long frame() {
        throw new UnsupportedOperationException();
    }

    /**
     * The fence of everything that consumers did with the last frame. Signalled already when the slot comes from
     * {@link QueueProducer#dequeue}; its error says if a consumer's work failed.
     *
     * @return a fence; allocated by this call
     */
    public DmaFence releaseFence() {
        throw new UnsupportedOperationException();
    }
}
