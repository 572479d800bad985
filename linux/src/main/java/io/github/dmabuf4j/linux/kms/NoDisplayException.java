package io.github.dmabuf4j.linux.kms;

import java.io.IOException;

/** There is nothing to show a picture on: no display is connected, or none that can show such a picture. */
public final class NoDisplayException extends IOException {
    private static final long serialVersionUID = 1L;

    NoDisplayException(String sentence) {
        super(sentence);
    }
}
