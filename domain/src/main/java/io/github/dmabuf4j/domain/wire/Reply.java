package io.github.dmabuf4j.domain.wire;

/**
 * The answer to an {@link Offer} or a {@link Retire}, or the refusal of any request. (A {@link Hello} is accepted by another
 * HELLO.)
 *
 * @param envelope an answer; its status says whether it is a refusal
 * @param type the type of the request
 * @param text why it was refused, for people, and empty otherwise; foreign text when received, free of control characters
 */
public record Reply(Envelope envelope, int type, String text) implements XbpMessage {
    /**
     * Checks the fields and makes the text fit: control characters become spaces, what is too long is cut.
     *
     * @throws IllegalArgumentException if the envelope is no answer, or the type is not one that is answered so
     */
    public Reply {
        if (!envelope.isReply()) {
            throw new IllegalArgumentException("a reply needs the envelope of an answer");
        }
        boolean answered = type == Xbp.OFFER || type == Xbp.RETIRE || (type == Xbp.HELLO && envelope.isRefusal());
        if (!answered) {
            throw new IllegalArgumentException("a message of type " + type + " is not answered so");
        }
        if (!envelope.isRefusal() && !text.isEmpty()) {
            throw new IllegalArgumentException("only a refusal has a text");
        }
        text = WireText.fitting(text);
    }
}
