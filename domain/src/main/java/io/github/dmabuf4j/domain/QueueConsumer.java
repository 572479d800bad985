package io.github.dmabuf4j.domain;

import io.github.dmabuf4j.buffer.ImageLayout;
import io.github.dmabuf4j.domain.ring.HandOver;
import io.github.dmabuf4j.domain.ring.PeerRing;
import io.github.dmabuf4j.domain.ring.ReleaseRing;
import io.github.dmabuf4j.domain.ring.RingViolationException;
import io.github.dmabuf4j.domain.session.ObjectTable;
import io.github.dmabuf4j.domain.session.PeerLeftException;
import io.github.dmabuf4j.domain.session.ProtocolViolationException;
import io.github.dmabuf4j.domain.session.Refusal;
import io.github.dmabuf4j.domain.session.SessionException;
import io.github.dmabuf4j.domain.spi.Connection;
import io.github.dmabuf4j.domain.spi.PeerIdentity;
import io.github.dmabuf4j.domain.spi.SyncPage;
import io.github.dmabuf4j.domain.wire.XbpError;
import io.github.dmabuf4j.fence.PointStatus;
import io.github.dmabuf4j.fence.SignalingTimeline;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The end of a buffer queue that reads frames.
 *
 * <p>{@link #acquire} gives the next frame, {@link #release} gives it back. Several frames may be held at a time and
 * released in any order; every frame that is held is one the producer cannot fill. Frames that were handed over before
 * the producer finished, left or died are still delivered.
 *
 * <p><b>Being dropped.</b> A consumer that keeps the producer waiting for longer than its patience is dropped: the next
 * {@code acquire} throws, and from that moment the contents of the frames that it holds may change, since the producer
 * fills their buffers again. What was read from a frame is certain if the consumer was still {@linkplain #isAttached()
 * attached} well after.
 *
 * <p><b>Threads.</b> One thread at a time uses a consumer. A frame's memory may be read by any thread.
 *
 * <p><b>Cost.</b> {@code acquire} and {@code release} take no lock, allocate nothing, and make no system call unless one
 * side sleeps.
 */
public final class QueueConsumer implements AutoCloseable {
    /** How many work timelines there are. */
    public static final int WORK_TIMELINES = QueuePages.WORK_TIMELINES;

    /** How much later than the ring the channel may be. */
    private static final Duration NEWS_DELAY = Duration.ofSeconds(1);

    private final SyncPage page;
    private final ConsumerLink link;
    private final PeerRing ring;
    private final ObjectTable<Frame> table;
    private final ImageLayout layout;
    private final ReleaseRing releases;
    private final HandOver record = new HandOver();
    private @Nullable Frame unready; // handed over, and its contents not there when the time was over
    private boolean endOfStream;
    private boolean closed;

    private QueueConsumer(SyncPage page, ConsumerLink link, ImageLayout layout) {
        this.page = page;
        this.link = link;
        this.ring = link.ring();
        this.table = link.table();
        this.layout = layout;
        this.releases = new ReleaseRing(page);
    }

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
        SyncPage page;
        try {
            page = connection.backend().createSyncPage(QueuePages.consumer(), name);
        } catch (IOException | RuntimeException failed) {
            connection.close();
            throw failed;
        }
        ConsumerLink link = new ConsumerLink(page);
        link.start(connection);
        try {
            return new QueueConsumer(page, link, link.awaitLayout(QueueConfig.HANDSHAKE_TIMEOUT));
        } catch (IOException | InterruptedException | RuntimeException failed) {
            link.close();
            page.close();
            throw failed;
        }
    }

    /**
     * Who the producer is.
     *
     * @return its identity
     */
    public PeerIdentity peer() {
        return link.session().peer();
    }

    /**
     * Whether the session with the producer goes on. May be called from any thread.
     *
     * @return false once the producer died, left or dropped us; frames may still be under way
     */
    public boolean isAttached() {
        return link.session().ended() == null;
    }

    /**
     * What a frame looks like.
     *
     * @return the layout; checked against the size of the buffers
     */
    public ImageLayout layout() {
        return layout;
    }

    /**
     * What the producer's application says about the frames; foreign text, to be checked before use.
     *
     * @return the {@link QueueConfig#description()}; empty when it says nothing
     */
    public String description() {
        return link.description();
    }

    /**
     * How many buffers circulate: the producer stalls when so many frames are held.
     *
     * @return the number
     */
    public int slots() {
        return link.slots();
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
     * @throws IOException one of these: the sentence names the producer
     * @throws InterruptedException if the thread is interrupted; no frame is lost
     */
    public @Nullable Frame acquire(Duration timeout) throws IOException, InterruptedException {
        long nanos = timeout.toNanos();
        // Whoever is awake meets the producer at the record, and there every instruction is one that the producer waits
        // for.
        boolean quick = nanos > 0 && unready == null && !endOfStream && !closed && link.isStarted();
        if (quick && ring.glance() && poll()) {
            Frame frame = take();
            return frame == null || frame.isReady() ? frame : await(frame, nanos);
        }
        Frame frame = unready != null ? unready : next(0);
        if (frame != null && frame.isReady()) {
            unready = null;
            return frame;
        }
        return nanos > 0 && !endOfStream ? await(frame, nanos) : keep(frame);
    }

    /** The slow half of {@link #acquire}: waits for a frame if there is none yet, then for its contents. */
    private @Nullable Frame await(@Nullable Frame announced, long nanos) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        Frame frame = announced != null ? announced : next(nanos);
        if (frame != null && !frame.isReady()) {
            frame.await(nanos - (System.nanoTime() - begin));
        }
        return keep(frame);
    }

    /** A frame whose contents are not there is kept for the next call. */
    private @Nullable Frame keep(@Nullable Frame frame) {
        boolean ready = frame == null || frame.isReady();
        unready = ready ? null : frame;
        return ready ? frame : null;
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
        Frame frame = unready != null ? unready : next(timeout.toNanos());
        unready = null;
        return frame;
    }

    /**
     * Whether the producer has finished and the last frame was acquired.
     *
     * @return true once {@link #acquire} returned null for that reason
     */
    public boolean isEndOfStream() {
        return endOfStream;
    }

    /**
     * Gives a frame back; everything this thread read from it is read. Does nothing more than that if the producer is gone.
     *
     * @param frame from {@link #acquire}
     * @throws IllegalStateException if the frame is not the caller's
     */
    public void release(Frame frame) {
        giveBack(frame, QueuePages.RING_TIMELINE, 0);
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
        giveBack(frame, QueuePages.numberOf(page, work), point);
    }

    /**
     * A timeline that the producer can wait for, for work that goes on after {@link #release}. The caller signals it.
     *
     * @param index 0 to {@link #WORK_TIMELINES} - 1
     * @return the timeline; the same object in every call
     */
    public SignalingTimeline workTimeline(int index) {
        return QueuePages.workTimeline(page, index);
    }

    /** Unmaps the buffers, says goodbye and frees everything. Frames that are held become invalid. Idempotent. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            link.close();
            page.close();
        }
    }

    private @Nullable Frame next(long timeoutNanos) throws IOException, InterruptedException {
        if (closed) {
            throw new IllegalStateException("this consumer is closed");
        }
        if (!link.awaitStart(timeoutNanos)) {
            throwIfOver();
            return null;
        }
        PointStatus waited = null;
        while (!endOfStream) {
            SessionException over = link.session().ended(); // before looking, so that the last frame is not missed
            if (poll()) {
                return take();
            }
            if (link.retirements()) {
                link.takeRetired();
            }
            if (over != null) {
                throw over.again();
            }
            if (waited == PointStatus.FAILED) {
                throw over("left: it closed its timelines");
            } else if (waited != null || timeoutNanos <= 0) {
                return null;
            } else {
                waited = ring.timeline().awaitPoint(ring.next(), timeoutNanos);
            }
        }
        if (link.retirements()) {
            link.takeRetired();
        }
        return null;
    }

    private boolean poll() throws IOException, InterruptedException {
        if (ring.next() >= link.dropSequence()) {
            throw over("dropped us from the stream");
        }
        try {
            return ring.poll(record);
        } catch (RingViolationException violation) {
            throw refuse(new Refusal(XbpError.BADMSG, String.valueOf(violation.getMessage())));
        }
    }

    /** What the record says. */
    private @Nullable Frame take() throws IOException, InterruptedException {
        if (record.isEndOfStream()) {
            endOfStream = true;
            return null;
        }
        try {
            Frame frame = table.require(record.buffer());
            if (frame.held) {
                throw new Refusal(XbpError.BADSTATE, ObjectTable.describe(frame.id()) + " was handed over twice");
            }
            boolean done = record.isDone(ring.timelineIndex());
            frame.handedOver(record, done ? null : link.page().timeline(record.timeline()));
            return frame;
        } catch (Refusal refusal) {
            throw refuse(refusal);
        }
    }

    private SessionException refuse(Refusal refusal) throws InterruptedException {
        if (link.awaitEnd(NEWS_DELAY)) { // not hostile: we were dropped, and are late to learn it
            return Objects.requireNonNull(link.session().ended()).again();
        }
        PeerIdentity peer = peer();
        link.session()
                .end(
                        refusal.error(),
                        refusal.sentence(),
                        new ProtocolViolationException(
                                peer, refusal.error(), peer + " was refused: " + refusal.sentence()));
        return Objects.requireNonNull(link.session().ended()).again();
    }

    /** The ring has an end that the channel has not told of yet; it knows why, but may be late. */
    private SessionException over(String what) throws InterruptedException {
        if (!link.awaitEnd(NEWS_DELAY)) {
            PeerIdentity peer = peer();
            link.session()
                    .end(XbpError.FENCE_ERROR, "your ring has an end", new PeerLeftException(peer, peer + " " + what));
        }
        return Objects.requireNonNull(link.session().ended()).again();
    }

    private void throwIfOver() throws IOException {
        SessionException over = link.session().ended();
        if (over != null) {
            throw over.again();
        }
    }

    private void giveBack(Frame frame, int timeline, long point) {
        if (closed || !frame.held || frame.owner != link) {
            throw new IllegalStateException("frame " + frame.number() + " is not in the hands of this consumer");
        }
        frame.held = false;
        releases.write(frame.id(), 0, frame.presentationTime(), frame.number(), timeline, point);
        releases.announce();
        if (endOfStream && link.retirements()) {
            link.takeRetired();
        }
    }
}
