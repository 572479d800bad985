package io.github.dmabuf4j.domain.wire;

/**
 * Something about an object, or about the session, went wrong without having been asked for.
 *
 * @param envelope one-way, about the buffer's id, or 0 for the session
 * @param code the {@linkplain XbpError#code() code} of the error
 * @param text what went wrong, for people; foreign text when received, free of control characters
 */
public record ErrorReport(Envelope envelope, int code, String text) implements XbpMessage {
    /**
     * Checks the fields and makes the text fit: control characters become spaces, what is too long is cut.
     *
     * @throws IllegalArgumentException if the code is not negative or the envelope is an answer
     */
    public ErrorReport {
        Checks.notReply("ERROR", envelope);
        Checks.range("the code", code, Integer.MIN_VALUE, -1);
        text = WireText.fitting(text);
    }

    @Override
    public int type() {
        return Xbp.ERROR;
    }
}
