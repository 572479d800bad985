package io.github.dmabuf4j.domain.session;

import io.github.dmabuf4j.domain.spi.Attachment;
import io.github.dmabuf4j.domain.spi.Connection;
import io.github.dmabuf4j.domain.spi.ConnectionReceiver;
import io.github.dmabuf4j.domain.spi.Disconnect;
import io.github.dmabuf4j.domain.spi.PeerIdentity;
import io.github.dmabuf4j.domain.spi.PeerSyncPage;
import io.github.dmabuf4j.domain.wire.BadMessageException;
import io.github.dmabuf4j.domain.wire.Envelope;
import io.github.dmabuf4j.domain.wire.Extension;
import io.github.dmabuf4j.domain.wire.Goodbye;
import io.github.dmabuf4j.domain.wire.Hello;
import io.github.dmabuf4j.domain.wire.Reply;
import io.github.dmabuf4j.domain.wire.Xbp;
import io.github.dmabuf4j.domain.wire.XbpCodec;
import io.github.dmabuf4j.domain.wire.XbpError;
import io.github.dmabuf4j.domain.wire.XbpMessage;
import io.github.dmabuf4j.fence.Errno;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A conversation with one peer over one connection: HELLO both ways, messages, and one end.
 *
 * <p>The importer sends HELLO, the exporter answers with its own. Anything that is not allowed - another message before, a
 * second HELLO, an unknown type, a stale epoch, whatever the {@link SessionHandler} refuses - ends the session: the peer is
 * told the error where that is possible (a refused HELLO is answered, everything else gets a GOODBYE with the code), the
 * connection is closed, every wait for the peer's timelines ends, and the handler learns why.
 *
 * <p>All methods may be called from any thread.
 */
public final class Session implements AutoCloseable {
    private final Connection connection;
    private final SessionSetup setup;
    private final SessionHandler handler;
    private final AtomicInteger requests = new AtomicInteger();
    private final Object lock = new Object();
    private @Nullable PeerSyncPage page; // guarded by lock
    private volatile @Nullable SessionException ended;
    private int peerEpoch; // of the receiving thread; 0 before HELLO

    private Session(Connection connection, SessionSetup setup, SessionHandler handler) {
        this.connection = connection;
        this.setup = setup;
        this.handler = handler;
    }

    /**
     * Begins a session. An importer says HELLO at once, an exporter waits for it.
     *
     * @param connection not started yet; from now on the session's to close
     * @param setup what our HELLO says
     * @param handler is told what happens, perhaps before this returns
     * @return the session
     */
    public static Session start(Connection connection, SessionSetup setup, SessionHandler handler) {
        Session session = new Session(connection, setup, handler);
        connection.start(session.new Receiver());
        if (setup.role() == SessionSetup.Role.IMPORTER) {
            Envelope envelope = Envelope.request(setup.epoch(), session.nextRequest(), 0);
            session.send(setup.hello(envelope), List.of(setup.page().attachment()));
        }
        return session;
    }

    /**
     * The channel.
     *
     * @return the connection
     */
    public Connection connection() {
        return connection;
    }

    /**
     * Who is at the other end.
     *
     * @return the identity
     */
    public PeerIdentity peer() {
        return connection.peer();
    }

    /**
     * Our incarnation.
     *
     * @return what our messages carry
     */
    public int epoch() {
        return setup.epoch();
    }

    /**
     * The peer's incarnation. For the {@link SessionHandler} and whoever it tells.
     *
     * @return what its messages carry; 0 before HELLO
     */
    public int peerEpoch() {
        return peerEpoch;
    }

    /**
     * Whether and why the session is over. Set before any wait for the peer's timelines ends because of it.
     *
     * @return the reason, or null while it goes on
     */
    public @Nullable SessionException ended() {
        return ended;
    }

    /**
     * A number for the next request.
     *
     * @return not 0
     */
    public int nextRequest() {
        int request = requests.incrementAndGet();
        return request != 0 ? request : requests.incrementAndGet();
    }

    /**
     * Sends a message without attachments. A failure is not reported here: it is the end of the connection, and that comes
     * with its true cause.
     *
     * @param message what to send
     */
    public void send(XbpMessage message) {
        send(message, List.of());
    }

    /**
     * Sends a message, see {@link #send(XbpMessage)}.
     *
     * @param message what to send
     * @param attachments borrowed
     */
    public void send(XbpMessage message, List<? extends Attachment> attachments) {
        try {
            connection.send(XbpCodec.encode(message), attachments);
        } catch (IOException gone) {
            // The backend reports the end of the connection, and knows why; this exception does not.
        }
    }

    /**
     * Ends the session with a GOODBYE.
     *
     * @param error what the peer is told; null if nothing is wrong
     * @param toPeer the sentence that the peer is told
     * @param why what our side is told
     */
    public void end(@Nullable XbpError error, String toPeer, SessionException why) {
        finish(why, new Goodbye(Envelope.oneWay(setup.epoch()), error == null ? 0 : error.code(), toPeer));
    }

    /** Ends the session with a GOODBYE because we are done. Idempotent. */
    @Override
    public void close() {
        end(null, "", new PeerLeftException(peer(), "the session with " + peer() + " is closed"));
    }

    /**
     * Gives the peer's sync page back. To be called once the session has ended and no thread uses the page's memory.
     * Idempotent.
     */
    public void closePage() {
        PeerSyncPage closing;
        synchronized (lock) {
            closing = page;
            page = null;
        }
        if (closing != null) {
            setup.page().unwatch(closing);
            closing.close();
        }
    }

    private void finish(SessionException why, @Nullable XbpMessage farewell) {
        PeerSyncPage failing;
        synchronized (lock) {
            if (ended != null) {
                return;
            }
            ended = why;
            failing = page;
        }
        if (farewell != null) {
            send(farewell);
        }
        connection.close();
        if (failing != null) {
            failing.fail(errno(why));
        }
        handler.ended(why);
    }

    private static Errno errno(SessionException why) {
        return switch (why) {
            case PeerDiedException died -> Errno.EOWNERDEAD;
            case PeerLeftException left -> Errno.ECANCELED;
            case ProtocolViolationException violation -> Errno.EPROTO;
            case HandshakeException handshake -> Errno.EPROTO;
        };
    }

    private void refused(Refusal refusal, @Nullable XbpMessage message) {
        String sentence = peer() + " was refused: " + refusal.sentence();
        SessionException why = peerEpoch == 0
                ? new HandshakeException(peer(), refusal.error(), sentence)
                : new ProtocolViolationException(peer(), refusal.error(), sentence);
        if (message instanceof Hello hello && !hello.envelope().isReply() && peerEpoch == 0) {
            finish(
                    why,
                    new Reply(hello.envelope().refusal(setup.epoch(), refusal.error()), Xbp.HELLO, refusal.sentence()));
        } else {
            end(refusal.error(), refusal.sentence(), why);
        }
    }

    private void handle(XbpMessage message, List<Attachment> attachments) throws Refusal {
        if (peerEpoch != 0 && message.envelope().epoch() != peerEpoch) {
            throw new Refusal(
                    XbpError.STALE_EPOCH,
                    "a message of epoch " + message.envelope().epoch() + " came, the session's is " + peerEpoch);
        }
        switch (message) {
            case Hello hello -> greeted(hello, attachments);
            case Goodbye goodbye -> left(goodbye);
            case Extension unknown -> {}
            case Reply reply when reply.type() == Xbp.HELLO -> turnedAway(reply);
            default -> {
                if (peerEpoch == 0) {
                    throw new Refusal(XbpError.BADSTATE, "message type " + message.type() + " came before HELLO");
                }
                handler.received(message, attachments);
            }
        }
    }

    private void greeted(Hello hello, List<Attachment> attachments) throws Refusal {
        if (peerEpoch != 0) {
            throw new Refusal(XbpError.BADSTATE, "a second HELLO came");
        }
        boolean answer = hello.envelope().isReply();
        if (answer != (setup.role() == SessionSetup.Role.IMPORTER)) {
            throw new Refusal(
                    XbpError.BADSTATE,
                    answer
                            ? "an answer to HELLO came unasked"
                            : "both sides want to receive: HELLO came instead of its answer");
        }
        SessionTerms terms = SessionTerms.negotiate(setup, hello);
        PeerSyncPage mapped;
        try {
            mapped = connection.mapSyncPage(
                    attachments.get(hello.syncAttachment()), hello.sync(), setup.page(), setup.interestLine());
        } catch (IOException unusable) {
            throw new Refusal(XbpError.BADREF, "its sync page cannot be used: " + unusable.getMessage());
        }
        synchronized (lock) {
            if (ended == null) {
                setup.page().watch(mapped);
                page = mapped;
            }
        }
        if (ended != null) {
            closePage();
            mapped.close();
            return;
        }
        peerEpoch = hello.envelope().epoch();
        if (!answer) {
            send(
                    setup.hello(hello.envelope().reply(setup.epoch())),
                    List.of(setup.page().attachment()));
        }
        handler.established(this, terms, mapped);
    }

    private void left(Goodbye goodbye) {
        XbpError error = XbpError.of(goodbye.code());
        String said = goodbye.text().isEmpty() ? "" : ": " + goodbye.text();
        finish(
                goodbye.code() == 0
                        ? new PeerLeftException(peer(), peer() + " left" + said)
                        : new PeerLeftException(
                                peer(),
                                peer() + " ended the session (" + (error == null ? goodbye.code() : error) + ")"
                                        + said),
                null);
    }

    private void turnedAway(Reply reply) throws Refusal {
        if (peerEpoch != 0 || setup.role() != SessionSetup.Role.IMPORTER) {
            throw new Refusal(XbpError.BADSTATE, "a refusal of HELLO came unasked");
        }
        XbpError error = XbpError.of(reply.envelope().status());
        finish(
                new HandshakeException(
                        peer(), error == null ? XbpError.DENIED : error, peer() + " refused us: " + reply.text()),
                null);
    }

    /** What the backend calls. */
    private final class Receiver implements ConnectionReceiver {
        @Override
        public void received(ByteBuffer bytes, List<Attachment> attachments) {
            XbpMessage message = null;
            try {
                if (ended == null) {
                    message = XbpCodec.decode(bytes, attachments.size());
                    handle(message, attachments);
                }
            } catch (BadMessageException bad) {
                refused(new Refusal(bad.reason().error(), String.valueOf(bad.getMessage())), null);
            } catch (Refusal refusal) {
                refused(refusal, message);
            } catch (RuntimeException mistake) {
                end(
                        XbpError.INTERNAL,
                        "internal error",
                        new ProtocolViolationException(
                                peer(), XbpError.INTERNAL, "the session with " + peer() + " failed here: " + mistake));
            } finally {
                attachments.forEach(Attachment::close);
            }
        }

        @Override
        public void disconnected(Disconnect disconnect) {
            String sentence = disconnect.sentence();
            finish(
                    switch (disconnect.kind()) {
                        case DIED -> new PeerDiedException(peer(), sentence);
                        case CLOSED -> new PeerLeftException(peer(), sentence);
                        case BROKEN -> new ProtocolViolationException(peer(), XbpError.BADMSG, sentence);
                    },
                    null);
        }
    }
}
