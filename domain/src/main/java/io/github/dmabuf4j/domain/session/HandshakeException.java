package io.github.dmabuf4j.domain.session;

import io.github.dmabuf4j.domain.spi.PeerIdentity;

/** The two sides do not fit, or one of them refused the other, before anything was shared. */
public final class HandshakeException extends SessionException {
    private static final long serialVersionUID = 1L;

    /**
     * Tells of it.
     *
     * @param peer who
     * @param sentence for people; names the peer
     */
    public HandshakeException(PeerIdentity peer, String sentence) {
        super(peer, sentence);
    }
}
