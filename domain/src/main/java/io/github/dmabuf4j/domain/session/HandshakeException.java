package io.github.dmabuf4j.domain.session;

import io.github.dmabuf4j.domain.spi.PeerIdentity;
import io.github.dmabuf4j.domain.wire.XbpError;

/** The two sides do not fit, or one of them refused the other, before anything was shared. */
public final class HandshakeException extends SessionException {
    private static final long serialVersionUID = 1L;

    private final XbpError error;

    /**
     * Tells of it.
     *
     * @param peer who
     * @param error why, for programs
     * @param sentence for people; names the peer
     */
    public HandshakeException(PeerIdentity peer, XbpError error, String sentence) {
        super(peer, sentence);
        this.error = error;
    }

    /**
     * Why, for programs.
     *
     * @return the error code that the protocol has for it
     */
    public XbpError error() {
        return error;
    }

    @Override
    public HandshakeException again() {
        HandshakeException again = new HandshakeException(peer(), error, sentence());
        again.initCause(this);
        return again;
    }
}
