package io.github.dmabuf4j.domain;

import io.github.dmabuf4j.buffer.DmaBuf;
import io.github.dmabuf4j.buffer.ImageLayout;
import io.github.dmabuf4j.domain.ring.PeerRing;
import io.github.dmabuf4j.domain.session.HandshakeException;
import io.github.dmabuf4j.domain.session.ObjectTable;
import io.github.dmabuf4j.domain.session.Refusal;
import io.github.dmabuf4j.domain.session.Session;
import io.github.dmabuf4j.domain.session.SessionException;
import io.github.dmabuf4j.domain.session.SessionHandler;
import io.github.dmabuf4j.domain.session.SessionSetup;
import io.github.dmabuf4j.domain.session.SessionTerms;
import io.github.dmabuf4j.domain.spi.Attachment;
import io.github.dmabuf4j.domain.spi.Connection;
import io.github.dmabuf4j.domain.spi.MemoryReference;
import io.github.dmabuf4j.domain.spi.PeerSyncPage;
import io.github.dmabuf4j.domain.spi.SyncPage;
import io.github.dmabuf4j.domain.wire.Envelope;
import io.github.dmabuf4j.domain.wire.ErrorReport;
import io.github.dmabuf4j.domain.wire.Event;
import io.github.dmabuf4j.domain.wire.Mapped;
import io.github.dmabuf4j.domain.wire.Offer;
import io.github.dmabuf4j.domain.wire.Reply;
import io.github.dmabuf4j.domain.wire.Retire;
import io.github.dmabuf4j.domain.wire.Unmapped;
import io.github.dmabuf4j.domain.wire.Xbp;
import io.github.dmabuf4j.domain.wire.XbpError;
import io.github.dmabuf4j.domain.wire.XbpMessage;
import io.github.dmabuf4j.memory.Pages;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The producer as one of its consumers sees it: what arrives on the channel. Offers come before the start of the stream and
 * are taken by the session's thread; from then on the table belongs to the consumer's thread, which also unmaps what the
 * producer wants back, since it alone knows what is in use.
 */
final class ConsumerLink implements SessionHandler {
    private final SyncPage own;
    private final int epoch = SessionSetup.newEpoch();

    // Guarded by the lock of this; written by the session's thread before the stream starts.
    private @Nullable Session session;
    private @Nullable PeerSyncPage page;
    private @Nullable PeerRing ring;
    private @Nullable ObjectTable<Frame> table;
    private @Nullable ImageLayout layout;
    private String description = "";
    private final List<Frame> frames = new ArrayList<>();
    private long bytes;
    private long maxBytes;
    private boolean closed;
    private boolean over;

    private volatile long firstSequence; // 0: the stream has not started
    private volatile long dropSequence = Long.MAX_VALUE;
    private volatile boolean retirements;

    ConsumerLink(SyncPage own) {
        this.own = own;
    }

    void start(Connection connection) {
        SessionSetup setup = new SessionSetup(
                SessionSetup.Role.IMPORTER,
                epoch,
                QueueConfig.MAX_SLOTS,
                Long.MAX_VALUE,
                own,
                own.geometry().interestLine());
        synchronized (this) { // the first message waits until the session is known
            session = Session.start(connection, setup, this);
        }
    }

    Session session() {
        return Objects.requireNonNull(session);
    }

    PeerSyncPage page() {
        return Objects.requireNonNull(page);
    }

    PeerRing ring() {
        return Objects.requireNonNull(ring);
    }

    ObjectTable<Frame> table() {
        return Objects.requireNonNull(table);
    }

    synchronized String description() {
        return description;
    }

    /** Waits until the first buffer is mapped, so that the layout is known; throws if that takes too long. */
    synchronized ImageLayout awaitLayout(Duration timeout) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (layout == null) {
            SessionException why = session().ended();
            if (why != null) {
                throw why.again();
            }
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new HandshakeException(
                        session().peer(),
                        XbpError.TIMEOUT,
                        session().peer() + " offered nothing within " + timeout.toSeconds() + " s");
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return layout;
    }

    /** Waits for the start of the stream; false when the time or the session is over. */
    boolean awaitStart(long timeoutNanos) throws InterruptedException {
        if (firstSequence != 0) {
            return true;
        }
        long deadline = System.nanoTime() + timeoutNanos;
        synchronized (this) {
            while (firstSequence == 0 && !over) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        }
        return firstSequence != 0;
    }

    /** The number of the first record that is meant for us. */
    boolean isStarted() {
        return firstSequence != 0;
    }

    long firstSequence() {
        return firstSequence;
    }

    /** The number of the first record that is not meant for us any more. */
    long dropSequence() {
        return dropSequence;
    }

    /**
     * Waits for the end of the session, because the ring looks as if the producer had stopped to care for us: the news of
     * that travels on the channel, and may be later than the ring.
     */
    synchronized boolean awaitEnd(Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (!over) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return true;
    }

    /** Whether the producer has asked for buffers back since {@link #takeRetired} was called. */
    boolean retirements() {
        return retirements;
    }

    /** Unmaps what the producer wants back, unless it is held. The consumer's thread; nothing is left to be read. */
    synchronized void takeRetired() {
        retirements = false;
        for (Frame frame : List.copyOf(frames)) {
            if (frame.retirement != null) {
                if (frame.held) {
                    retirements = true;
                } else {
                    table().remove(frame.id());
                    frames.remove(frame);
                    frame.close();
                }
            }
        }
    }

    int slots() {
        return table().slots();
    }

    /** Unmaps everything and ends the session. */
    void close() {
        synchronized (this) {
            closed = true;
            frames.forEach(Frame::close);
            frames.clear();
        }
        session().close();
        session().closePage();
    }

    // ---- The session's thread

    @Override
    public synchronized void established(Session established, SessionTerms terms, PeerSyncPage peerPage)
            throws Refusal {
        if (peerPage.geometry().ringEntries() <= terms.maxBuffers()) {
            throw new Refusal(
                    XbpError.TOOBIG,
                    "its ring has " + peerPage.geometry().ringEntries() + " entries for " + terms.maxBuffers()
                            + " buffers");
        }
        page = peerPage;
        ring = new PeerRing(peerPage);
        maxBytes = terms.maxBufferBytes();
        table = new ObjectTable<>(established.peerEpoch(), terms.maxBuffers());
    }

    @Override
    public void received(XbpMessage message, List<Attachment> attachments) throws Refusal {
        switch (message) {
            case Offer offer -> offered(offer, attachments);
            case Event event -> happened(event);
            case Retire retire -> retired(retire);
            case ErrorReport report -> {}
            case Reply reply -> throw new Refusal(XbpError.BADSTATE, "an answer came unasked");
            default ->
                throw new Refusal(
                        XbpError.BADSTATE, "message type " + message.type() + " is not one that a producer sends");
        }
    }

    private synchronized void offered(Offer offer, List<Attachment> attachments) throws Refusal {
        if (firstSequence != 0) {
            throw new Refusal(XbpError.BADSTATE, "an offer came after the start of the stream");
        }
        if (closed) {
            return;
        }
        long id = offer.envelope().object();
        if ((offer.flags() & Xbp.OFFER_PROTECTED) != 0) {
            throw new Refusal(XbpError.NOTSUP, ObjectTable.describe(id) + " cannot be read by a CPU");
        }
        if (offer.size() > maxBytes - bytes) {
            throw new Refusal(XbpError.QUOTA, "the offers have more than the " + maxBytes + " bytes agreed");
        }
        ImageLayout offered = LayoutMetadata.fromWire(offer.image(), offer.size());
        if (layout != null && !layout.equals(offered)) {
            throw new Refusal(XbpError.BADSTATE, "two offers have different pictures");
        }
        Frame frame = map(offer, attachments);
        try {
            table().put(id, frame);
        } catch (Refusal refusal) {
            frame.close();
            throw refusal;
        }
        frames.add(frame);
        bytes += offer.size();
        session().send(new Reply(offer.envelope().reply(epoch), Xbp.OFFER, ""));
        session().send(new Mapped(Envelope.oneWay(epoch, id), offer.token()));
        layout = offered;
        description = LayoutMetadata.description(offer);
        notifyAll();
    }

    private Frame map(Offer offer, List<Attachment> attachments) throws Refusal {
        long id = offer.envelope().object();
        MemoryReference reference = new MemoryReference(
                offer.references().kind(),
                offer.references().count(),
                offer.references().bytes(),
                attachments);
        Pages pages;
        try {
            pages = session().connection().map(reference, offer.offset(), offer.size(), false);
        } catch (IOException unusable) {
            throw new Refusal(XbpError.MAPFAIL, ObjectTable.describe(id) + " cannot be used: " + unusable.getMessage());
        }
        @Nullable Frame[] frame = new @Nullable Frame[1]; // the buffer's end needs the frame, and comes after it
        DmaBuf buffer = DmaBuf.export(pages, "xbp", (unused, shared) -> unmapped(unused, id, frame[0]));
        try {
            buffer.markShared();
            Frame mapped = new Frame(this, id, buffer);
            frame[0] = mapped;
            return mapped;
        } catch (RuntimeException failed) {
            buffer.close();
            throw failed;
        }
    }

    /** The last handle of a buffer is closed, by whichever thread. */
    private void unmapped(Pages pages, long id, @Nullable Frame frame) {
        pages.close();
        if (frame != null && session().ended() == null) {
            session().send(new Unmapped(Envelope.oneWay(epoch, id)));
            Envelope retirement = frame.retirement;
            if (retirement != null) {
                session().send(new Reply(retirement.reply(epoch), Xbp.RETIRE, ""));
            }
        }
    }

    private void happened(Event event) throws Refusal {
        if (event.event() == Xbp.EVENT_STREAM_DROP) {
            dropSequence = event.value();
        } else if (event.event() == Xbp.EVENT_STREAM_START) {
            synchronized (this) {
                if (firstSequence != 0) {
                    throw new Refusal(XbpError.BADSTATE, "the stream was started twice");
                }
                if (layout == null) {
                    throw new Refusal(XbpError.BADSTATE, "the stream was started without an offer");
                }
                if (event.value() <= 0) {
                    throw new Refusal(XbpError.BADMSG, "the stream starts at " + event.value());
                }
                ring().startAt(event.value());
                firstSequence = event.value();
                notifyAll();
            }
        }
    }

    private synchronized void retired(Retire retire) throws Refusal {
        long id = retire.envelope().object();
        Frame frame =
                frames.stream().filter(known -> known.id() == id).findFirst().orElse(null);
        if (frame == null) {
            throw new Refusal(XbpError.NOBUF, ObjectTable.describe(id) + " is not known here");
        }
        if (frame.retirement != null) {
            throw new Refusal(XbpError.BADSTATE, ObjectTable.describe(id) + " was retired twice");
        }
        frame.retirement = retire.envelope();
        retirements = true;
    }

    @Override
    public synchronized void ended(SessionException why) {
        over = true;
        notifyAll();
    }
}
