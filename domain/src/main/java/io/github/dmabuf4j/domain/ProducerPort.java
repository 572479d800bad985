package io.github.dmabuf4j.domain;

import io.github.dmabuf4j.domain.ring.PeerRing;
import io.github.dmabuf4j.domain.session.BufferEvent;
import io.github.dmabuf4j.domain.session.BufferState;
import io.github.dmabuf4j.domain.session.HandshakeException;
import io.github.dmabuf4j.domain.session.PeerLeftException;
import io.github.dmabuf4j.domain.session.ProtocolViolationException;
import io.github.dmabuf4j.domain.session.Refusal;
import io.github.dmabuf4j.domain.session.Session;
import io.github.dmabuf4j.domain.session.SessionException;
import io.github.dmabuf4j.domain.session.SessionHandler;
import io.github.dmabuf4j.domain.session.SessionSetup;
import io.github.dmabuf4j.domain.session.SessionTerms;
import io.github.dmabuf4j.domain.session.Share;
import io.github.dmabuf4j.domain.spi.Attachment;
import io.github.dmabuf4j.domain.spi.Connection;
import io.github.dmabuf4j.domain.spi.MemoryReference;
import io.github.dmabuf4j.domain.spi.PeerIdentity;
import io.github.dmabuf4j.domain.spi.PeerSyncPage;
import io.github.dmabuf4j.domain.wire.Envelope;
import io.github.dmabuf4j.domain.wire.ErrorReport;
import io.github.dmabuf4j.domain.wire.Event;
import io.github.dmabuf4j.domain.wire.Mapped;
import io.github.dmabuf4j.domain.wire.Offer;
import io.github.dmabuf4j.domain.wire.References;
import io.github.dmabuf4j.domain.wire.Reply;
import io.github.dmabuf4j.domain.wire.Retire;
import io.github.dmabuf4j.domain.wire.Unmapped;
import io.github.dmabuf4j.domain.wire.Xbp;
import io.github.dmabuf4j.domain.wire.XbpError;
import io.github.dmabuf4j.domain.wire.XbpMessage;
import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.fence.PointStatus;
import io.github.dmabuf4j.fence.Timeline;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One consumer as its producer sees it.
 *
 * <p>Who has the {@link Share}s: until the consumer is ready, the session's thread; from then on the producer's thread; while
 * {@link #retire} is under way, whoever holds the lock. Hand-over happens through the lock.
 */
final class ProducerPort implements SessionHandler {
    private final ConsumerSet consumers;
    private final ProducerBuffers buffers;
    private final int index;
    private final Share[] shares;
    private final int[] offers; // request numbers
    private final int[] retirements; // request numbers, 0: none or answered

    // Guarded by the lock of this.
    private boolean ready;
    private boolean over;
    private boolean announced;
    private int unanswered;

    private volatile boolean dropped;

    // Written once by the session's thread before it is ready.
    private @Nullable Session session;
    private @Nullable PeerRing ring;
    private @Nullable PeerSyncPage page;

    // The producer's thread alone.
    private final @Nullable Timeline[] pendingTimelines;
    private final long[] pendingPoints;
    boolean started;
    boolean progressed;
    long lastProgress;
    int owed;
    int pending;

    ProducerPort(ConsumerSet consumers, ProducerBuffers buffers, int index) {
        this.consumers = consumers;
        this.buffers = buffers;
        this.index = index;
        int slots = buffers.slots().length;
        this.shares = new Share[slots];
        for (int slot = 0; slot < slots; slot++) {
            shares[slot] = new Share(buffers.slots()[slot].id, SessionSetup.newToken(), 1);
        }
        this.offers = new int[slots];
        this.retirements = new int[slots];
        this.pendingTimelines = new @Nullable Timeline[slots];
        this.pendingPoints = new long[slots];
    }

    /** Which of the producer's consumers it is; the number is used again when it is gone. */
    int index() {
        return index;
    }

    Session session() {
        return Objects.requireNonNull(session);
    }

    PeerIdentity peer() {
        return session().peer();
    }

    @Nullable SessionException ended() {
        return session().ended();
    }

    PeerRing ring() {
        return Objects.requireNonNull(ring);
    }

    PeerSyncPage page() {
        return Objects.requireNonNull(page);
    }

    Share share(int slot) {
        return shares[slot];
    }

    // ---- Attaching: the thread that attaches

    void start(Connection connection) {
        SessionSetup setup = buffers.setup(index);
        synchronized (this) { // the first message waits until the session is known
            session = Session.start(connection, setup, this);
        }
    }

    /** Waits until every buffer is mapped; ends the session if that takes too long. */
    @Nullable SessionException awaitReady(Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        synchronized (this) {
            while (!ready && !over) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    break;
                }
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
            if (ready) {
                return ended();
            }
        }
        if (ended() == null) {
            String sentence = "the handshake with " + peer() + " was not finished within " + timeout.toSeconds() + " s";
            session().end(XbpError.TIMEOUT, sentence, new HandshakeException(peer(), XbpError.TIMEOUT, sentence));
        }
        return ended();
    }

    /** From here on the end of the session is news. Tells whether it has ended already. */
    synchronized @Nullable SessionException announce() {
        announced = true;
        return over ? ended() : null;
    }

    // ---- The session's thread

    @Override
    public void established(Session established, SessionTerms terms, PeerSyncPage peerPage) throws Refusal {
        synchronized (this) {
            page = peerPage;
            ring = new PeerRing(peerPage);
        }
        if (terms.maxBuffers() < shares.length) {
            throw new Refusal(
                    XbpError.QUOTA, "it takes " + terms.maxBuffers() + " buffers, this queue has " + shares.length);
        }
        if (terms.maxBufferBytes() < buffers.bytes()) {
            throw new Refusal(
                    XbpError.TOOBIG,
                    "it takes " + terms.maxBufferBytes() + " bytes, this queue has " + buffers.bytes());
        }
        if (peerPage.geometry().ringEntries() < shares.length) {
            throw new Refusal(
                    XbpError.TOOBIG,
                    "its ring has " + peerPage.geometry().ringEntries() + " entries, this queue " + shares.length
                            + " buffers");
        }
        for (int slot = 0; slot < shares.length; slot++) {
            offer(established, slot);
        }
    }

    private void offer(Session established, int slot) throws Refusal {
        Share share = shares[slot];
        ProducerSlot buffer = buffers.slots()[slot];
        buffer.buffer().markShared();
        MemoryReference reference;
        try {
            reference = established.connection().describe(buffer.buffer().pages());
        } catch (IOException notOurs) {
            throw new Refusal(XbpError.NOTSUP, "its backend cannot forward this memory: " + notOurs.getMessage());
        }
        offers[slot] = established.nextRequest();
        share.ours(BufferEvent.OFFER);
        established.send(
                new Offer(
                        Envelope.request(established.epoch(), offers[slot], share.id()),
                        buffer.buffer().size(),
                        0,
                        Xbp.OFFER_COHERENT | Xbp.OFFER_READ_ONLY | Xbp.OFFER_SHARED_READ,
                        new References(reference.kind(), reference.count(), reference.bytes()),
                        1,
                        QueuePages.RING_TIMELINE,
                        0,
                        share.token(),
                        LayoutMetadata.toWire(buffers.config())),
                reference.attachments());
    }

    @Override
    public void received(XbpMessage message, List<Attachment> attachments) throws Refusal {
        switch (message) {
            case Reply reply when reply.type() == Xbp.OFFER -> offerAnswered(reply);
            case Reply reply -> retireAnswered(reply);
            case Mapped mapped -> {
                require(mapped.envelope().object()).mapped(mapped.token());
                checkReady();
            }
            case Unmapped unmapped -> require(unmapped.envelope().object()).unmapped();
            case Event unknown -> {}
            case ErrorReport report -> {}
            default ->
                throw new Refusal(
                        XbpError.BADSTATE, "message type " + message.type() + " is not one that a consumer sends");
        }
    }

    private Share require(long id) throws Refusal {
        return shares[buffers.table().require(id).index()];
    }

    private void offerAnswered(Reply reply) throws Refusal {
        Share share = require(reply.envelope().object());
        int slot = buffers.table().require(reply.envelope().object()).index();
        if (offers[slot] == 0 || offers[slot] != reply.envelope().request()) {
            throw new Refusal(XbpError.BADSTATE, "an answer to OFFER came unasked");
        }
        offers[slot] = 0;
        if (reply.envelope().isRefusal()) {
            share.theirs(BufferEvent.REFUSED);
            String sentence = peer() + " did not accept a buffer: " + reply.text();
            session().end(XbpError.CANCELLED, "", new HandshakeException(peer(), XbpError.MAPFAIL, sentence));
        } else {
            share.theirs(BufferEvent.ACCEPTED);
            checkReady();
        }
    }

    private synchronized void checkReady() {
        if (!ready
                && Arrays.stream(shares)
                        .allMatch(share -> share.state() == BufferState.IDLE && share.mappings() == 1)) {
            ready = true;
            notifyAll();
        }
    }

    private synchronized void retireAnswered(Reply reply) throws Refusal {
        int slot = buffers.table().require(reply.envelope().object()).index();
        if (retirements[slot] == 0 || retirements[slot] != reply.envelope().request()) {
            throw new Refusal(XbpError.BADSTATE, "an answer to RETIRE came unasked");
        }
        retirements[slot] = 0;
        shares[slot].theirs(BufferEvent.RETIRE_ANSWERED);
        unanswered--;
        notifyAll();
    }

    @Override
    public void ended(SessionException why) {
        boolean news;
        synchronized (this) {
            over = true;
            news = announced;
            notifyAll();
        }
        consumers.gone(this);
        if (news) {
            consumers.tell(this, why);
        }
    }

    // ---- The producer's thread

    /** Tells the consumer that it gets the frames from this one on. */
    void begin(long sequence) {
        started = true;
        lastProgress = System.nanoTime();
        session().send(new Event(Envelope.oneWay(session().epoch()), Xbp.EVENT_STREAM_START, sequence));
    }

    /** The consumer has released a buffer, and works on until a point is reached. */
    void pend(int slot, Timeline timeline, long point) {
        pendingTimelines[slot] = timeline;
        pendingPoints[slot] = point;
        pending++;
    }

    /** Whether the work on a released buffer goes on. */
    boolean isPending(int slot) {
        Timeline timeline = pendingTimelines[slot];
        return timeline != null && timeline.status(pendingPoints[slot]) == PointStatus.PENDING;
    }

    @Nullable Timeline pendingTimeline(int slot) {
        return pendingTimelines[slot];
    }

    long pendingPoint(int slot) {
        return pendingPoints[slot];
    }

    void unpend(int slot) {
        pendingTimelines[slot] = null;
        pending--;
    }

    void violated(Refusal refusal) {
        session()
                .end(
                        refusal.error(),
                        refusal.sentence(),
                        new ProtocolViolationException(
                                peer(), refusal.error(), peer() + " was refused: " + refusal.sentence()));
    }

    void withdrew() {
        if (Errno.EPROTO.equals(ring().timeline().error())) {
            violated(new Refusal(XbpError.BADMSG, "the ring's timeline ran backwards"));
            return;
        }
        session()
                .end(
                        XbpError.FENCE_ERROR,
                        "your ring's timeline failed",
                        new PeerLeftException(peer(), peer() + " left: it closed its timelines"));
    }

    void drop(Duration patience) {
        dropped = true;
        String reason = "it gave nothing back for " + patience.toMillis() / 1000.0 + " s";
        session()
                .send(new Event(
                        Envelope.oneWay(session().epoch()),
                        Xbp.EVENT_STREAM_DROP,
                        buffers.ring().published() + 1));
        session()
                .end(
                        XbpError.LATE,
                        "dropped from the stream: " + reason,
                        new PeerLeftException(peer(), peer() + " was dropped from the stream: " + reason));
    }

    /** Whether it was we who ended the session, out of patience. */
    boolean dropped() {
        return dropped;
    }

    /** Asks for every buffer back; {@link #awaitRetired} waits for the answers. */
    synchronized void retire() {
        for (int slot = 0; slot < shares.length; slot++) {
            shares[slot].ours(BufferEvent.RETIRE);
            shares[slot].ours(BufferEvent.DELAY_OVER);
            retirements[slot] = session().nextRequest();
            unanswered++;
            session().send(new Retire(Envelope.request(session().epoch(), retirements[slot], shares[slot].id()), 0));
        }
    }

    /** Waits for the answers to RETIRE until the deadline; what is not answered then is quarantined. */
    synchronized void awaitRetired(long deadline) throws InterruptedException {
        while (unanswered > 0 && !over) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                break;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }

    /** The consumer is gone: what it still had of our memory is never used for anything else. */
    synchronized void abandon() {
        for (Share share : shares) {
            share.ours(BufferEvent.PEER_GONE);
            if (share.state() == BufferState.DRAINING) {
                share.ours(BufferEvent.DEADLINE_OVER);
            }
        }
    }
}
