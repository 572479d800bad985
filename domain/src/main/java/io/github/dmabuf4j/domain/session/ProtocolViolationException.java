package io.github.dmabuf4j.domain.session;

import io.github.dmabuf4j.domain.spi.PeerIdentity;

/** The peer broke the protocol: whatever it sends is no longer believed. */
public final class ProtocolViolationException extends SessionException {
    private static final long serialVersionUID = 1L;

    /**
     * Tells of it.
     *
     * @param peer who
     * @param sentence for people; names the peer
     */
    public ProtocolViolationException(PeerIdentity peer, String sentence) {
        super(peer, sentence);
    }
}
