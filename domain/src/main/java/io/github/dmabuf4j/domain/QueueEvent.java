package io.github.dmabuf4j.domain;

import io.github.dmabuf4j.domain.spi.PeerIdentity;

/**
 * Something that happened to a consumer of a {@link QueueProducer}.
 *
 * @param kind what happened
 * @param peer whom it concerns
 * @param sentence for people; names the peer and the reason
 */
public record QueueEvent(Kind kind, PeerIdentity peer, String sentence) {
    /** What can happen. */
    public enum Kind {
        /** It has mapped every buffer and gets the frames from the next one on. */
        JOINED,
        /** It said goodbye, or closed its end. */
        LEFT,
        /** It kept the producer waiting for longer than the patience, and gets no more frames. */
        DROPPED,
        /** It died, and the system says so. */
        DIED,
        /** It broke the protocol, or the handshake failed. */
        REFUSED
    }
}
