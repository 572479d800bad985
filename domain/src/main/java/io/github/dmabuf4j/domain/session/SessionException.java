package io.github.dmabuf4j.domain.session;

import io.github.dmabuf4j.domain.spi.PeerIdentity;
import java.io.IOException;

/** A session with a peer is at its end, and why. The message is one sentence that names the peer. */
public abstract sealed class SessionException extends IOException
        permits PeerDiedException, PeerLeftException, ProtocolViolationException, HandshakeException {
    private static final long serialVersionUID = 1L;

    private final transient PeerIdentity peer;

    SessionException(PeerIdentity peer, String sentence) {
        super(sentence);
        this.peer = peer;
    }

    /**
     * Who the peer is.
     *
     * @return its identity
     */
    public final PeerIdentity peer() {
        return peer;
    }

    /**
     * The same news for another thread: its stack trace is the caller's, its cause this exception.
     *
     * @return a new exception of the same type with the same message
     */
    public abstract SessionException again();

    /**
     * What happened, for people; as {@link #getMessage} but never null.
     *
     * @return the sentence; names the peer
     */
    public final String sentence() {
        return String.valueOf(getMessage());
    }
}
