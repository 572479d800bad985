package io.github.dmabuf4j.domain.session;

import io.github.dmabuf4j.domain.spi.PeerIdentity;

/** The peer closed its end, said goodbye, or turned us away. */
public final class PeerLeftException extends SessionException {
    private static final long serialVersionUID = 1L;

    /**
     * Tells of it.
     *
     * @param peer who
     * @param sentence for people; names the peer
     */
    public PeerLeftException(PeerIdentity peer, String sentence) {
        super(peer, sentence);
    }

    @Override
    public PeerLeftException again() {
        PeerLeftException again = new PeerLeftException(peer(), sentence());
        again.initCause(this);
        return again;
    }
}
