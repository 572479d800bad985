package io.github.dmabuf4j.domain.spi;

/**
 * What a backend declares about itself. What is not declared is refused, never emulated.
 *
 * @param revocation how far memory can be taken back from a peer that does not cooperate
 * @param protectedSyncPages whether the system keeps a peer from writing our sync page; false: only convention does
 * @param protectedBuffers whether memory offered read-only cannot be written by the peer; false: only convention does
 * @param provesDeath whether the end of a peer is known as a fact, and not only as silence
 */
public record Capabilities(
        Revocation revocation, boolean protectedSyncPages, boolean protectedBuffers, boolean provesDeath) {
    /** How far memory can be taken back. */
    public enum Revocation {
        /** Not at all: the peer keeps its access for ever. */
        NONE,
        /** The peer is asked; memory that it does not give back is set aside and not used again. */
        COOPERATIVE,
        /** Future data is not visible to the peer; its mapping stays. */
        CONTENT,
        /** The peer's mapping is taken away. */
        HARD
    }
}
