package io.github.dmabuf4j.domain.ring;

/** A peer's ring holds what a correct peer never writes. The message says what; it names no peer. */
public final class RingViolationException extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * Tells of it.
     *
     * @param sentence what was found
     */
    public RingViolationException(String sentence) {
        super(sentence);
    }
}
