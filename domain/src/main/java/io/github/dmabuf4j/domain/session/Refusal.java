package io.github.dmabuf4j.domain.session;

import io.github.dmabuf4j.domain.wire.XbpError;

/**
 * Something that a peer sent cannot be accepted: the error is what it is told, the message what is logged. Ends the session
 * unless the one who catches it knows better.
 */
public final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;

    private final XbpError error;

    /**
     * Refuses.
     *
     * @param error for the peer's program
     * @param sentence for people
     */
    public Refusal(XbpError error, String sentence) {
        super(sentence);
        this.error = error;
    }

    /**
     * Why, for programs.
     *
     * @return the error code
     */
    public XbpError error() {
        return error;
    }

    /**
     * Why, for people.
     *
     * @return the sentence
     */
    public String sentence() {
        String message = getMessage();
        return message != null ? message : error.name();
    }
}
