package io.github.dmabuf4j.cli.video;

import java.io.IOException;

/** A video cannot be read or written; the message is one sentence for the user, without a stack trace behind it. */
public final class VideoException extends IOException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param sentence what is wrong and, where it helps, what to do
     */
    public VideoException(String sentence) {
        super(sentence);
    }

    /**
     * Makes the exception from another.
     *
     * @param sentence what is wrong and, where it helps, what to do
     * @param cause the failure underneath
     */
    public VideoException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
