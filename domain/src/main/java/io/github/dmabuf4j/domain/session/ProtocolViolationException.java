package io.github.dmabuf4j.domain.session;

import io.github.dmabuf4j.domain.spi.PeerIdentity;
import io.github.dmabuf4j.domain.wire.XbpError;

/** The peer broke the protocol: whatever it sends is no longer believed. */
public final class ProtocolViolationException extends SessionException {
    private static final long serialVersionUID = 1L;

    private final XbpError error;

    /**
     * Tells of it.
     *
     * @param peer who
     * @param error why, for programs
     * @param sentence for people; names the peer
     */
    public ProtocolViolationException(PeerIdentity peer, XbpError error, String sentence) {
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
    public ProtocolViolationException again() {
        ProtocolViolationException again = new ProtocolViolationException(peer(), error, sentence());
        again.initCause(this);
        return again;
    }
}
