package io.github.dmabuf4j.domain.session;

import io.github.dmabuf4j.domain.spi.PeerIdentity;

/** The peer died, and the system says so. */
public final class PeerDiedException extends SessionException {
    private static final long serialVersionUID = 1L;

    /**
     * Tells of it.
     *
     * @param peer who
     * @param sentence for people; names the peer
     */
    public PeerDiedException(PeerIdentity peer, String sentence) {
        super(peer, sentence);
    }

    @Override
    public PeerDiedException again() {
        PeerDiedException again = new PeerDiedException(peer(), sentence());
        again.initCause(this);
        return again;
    }
}
