package io.github.dmabuf4j.domain.wire;

/**
 * The sender leaves. What follows is as after its death, politely.
 *
 * @param envelope one-way
 * @param code why: 0, or the {@linkplain XbpError#code() code} of an error
 * @param text why, for people; foreign text when received, free of control characters
 */
public record Goodbye(Envelope envelope, int code, String text) implements XbpMessage {
    /**
     * Checks the fields and makes the text fit: control characters become spaces, what is too long is cut.
     *
     * @throws IllegalArgumentException if the code is positive or the envelope is an answer
     */
    public Goodbye {
        Checks.notReply("GOODBYE", envelope);
        Checks.range("the code", code, Integer.MIN_VALUE, 0);
        text = WireText.fitting(text);
    }

    @Override
    public int type() {
        return Xbp.GOODBYE;
    }
}
