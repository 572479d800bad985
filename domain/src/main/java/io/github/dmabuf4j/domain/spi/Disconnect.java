package io.github.dmabuf4j.domain.spi;

/**
 * How a channel ended.
 *
 * @param kind what is known
 * @param sentence for people; names the peer
 */
public record Disconnect(Kind kind, String sentence) {
    /** What is known about the end of a channel. */
    public enum Kind {
        /** The peer closed its end (or we did ours). It may live on, and may still map our memory. */
        CLOSED,
        /** The peer is dead; the system says so. */
        DIED,
        /** The channel broke, or the peer sent what the transport must not carry (truncated, too long, too much). */
        BROKEN
    }
}
