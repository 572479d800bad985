package io.github.dmabuf4j.domain;

import io.github.dmabuf4j.buffer.ImageLayout;
import io.github.dmabuf4j.domain.spi.Connection;
import io.github.dmabuf4j.domain.spi.PeerIdentity;
import io.github.dmabuf4j.fence.SignalingTimeline;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The end of a buffer queue that reads frames.
 *
 * <p>{@link #acquire} gives the next frame, {@link #release} gives it back. Several frames may be held at a time and
 * released in any order; every frame that is held is one the producer cannot fill. Frames that were handed over before
 * the producer finished, left or died are still delivered.
 *
 * <p><b>Threads.</b> One thread at a time uses a consumer. A frame's memory may be read by any thread.
 *
 * <p><b>Cost.</b> {@code acquire} and {@code release} take no lock, allocate nothing, and make no system call unless one
 * side sleeps.
 */
public final class QueueConsumer implements AutoCloseable {
    /** How many work timelines there are. */
    public static final int WORK_TIMELINES = 3;

    private QueueConsumer() {}

    /**
     * Attaches to a producer: handshake, and mapping of the buffers that it offers.
     *
     * @param connection a connection that has not been started; from now on the consumer's to close
     * @param name for people
     * @return the consumer; the caller closes it
     * @throws IOException if the peer was refused or refuses, died, or took longer than
     *     {@link QueueConfig#HANDSHAKE_TIMEOUT}; nothing stays behind
     * @throws InterruptedException if the thread is interrupted; nothing stays behind
     */
    public static QueueConsumer open(Connection connection, String name) throws IOException, InterruptedException {
        throw new UnsupportedOperationException();
    }

    /**
     * Who the producer is.
     *
     * @return its identity
     */
    public PeerIdentity peer() {
        throw new UnsupportedOperationException();
    }

    /**
     * What a frame looks like.
     *
     * @return the layout; checked against the size of the buffers
     */
    public ImageLayout layout() {
        throw new UnsupportedOperationException();
    }

    /**
     * How many buffers circulate: the producer stalls when so many frames are held.
     *
     * @return the number
     */
    public int slots() {
        throw new UnsupportedOperationException();
    }

    /**
     * Takes the next frame, and waits until its contents are there.
     *
     * @param timeout the longest wait; zero only looks
     * @return the frame, the caller's until {@link #release}; null when the time is over, or at the
     *     {@linkplain #isEndOfStream end of the stream}
     * @throws io.github.dmabuf4j.domain.session.PeerDiedException if the producer died; after its last frame
     * @throws io.github.dmabuf4j.domain.session.PeerLeftException if the producer left, or dropped us, without an end of
     *     stream; after its last frame
     * @throws io.github.dmabuf4j.domain.session.ProtocolViolationException if the producer broke the protocol
     * @throws IOException any of these: the sentence names the producer
     * @throws InterruptedException if the thread is interrupted; no frame is lost
     */
    public @Nullable Frame acquire(Duration timeout) throws IOException, InterruptedException {
        throw new UnsupportedOperationException();
    }

    /**
     * Takes the next frame at once when it is handed over, even if the work that fills it still goes on: for those who can
     * wait for {@link Frame#acquireFence()}, or pass it on.
     *
     * @param timeout the longest wait for the hand-over; zero only looks
     * @return as {@link #acquire}
     * @throws IOException as {@link #acquire}
     * @throws InterruptedException as {@link #acquire}
     */
    public @Nullable Frame acquireAhead(Duration timeout) throws IOException, InterruptedException {
        throw new UnsupportedOperationException();
    }

    /**
     * Whether the producer has finished and the last frame was acquired.
     *
     * @return true once {@link #acquire} returned null for that reason
     */
    public boolean isEndOfStream() {
        throw new UnsupportedOperationException();
    }

    /**
     * Gives a frame back; everything this thread read from it is read. Does nothing more than that if the producer is gone.
     *
     * @param frame from {@link #acquire}
     * @throws IllegalStateException if the frame is not the caller's
     */
    public void release(Frame frame) {
        throw new UnsupportedOperationException();
    }

    /**
     * Gives a frame back while the work that reads it goes on: the producer waits for the fence.
     *
     * @param frame from {@link #acquire}
     * @param work one of {@link #workTimeline}
     * @param point the point that the timeline reaches when the work is done; the work is already submitted
     * @throws IllegalArgumentException if the timeline is not one of this consumer's
     * @throws IllegalStateException if the frame is not the caller's
     */
    public void release(Frame frame, SignalingTimeline work, long point) {
        throw new UnsupportedOperationException();
    }

    /**
     * A timeline that the producer can wait for, for work that goes on after {@link #release}. The caller signals it.
     *
     * @param index 0 to {@link #WORK_TIMELINES} - 1
     * @return the timeline; the same object in every call
     */
    public SignalingTimeline workTimeline(int index) {
        throw new UnsupportedOperationException();
    }

    /** Unmaps the buffers, says goodbye and frees everything. Frames that are held become invalid. Idempotent. */
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
