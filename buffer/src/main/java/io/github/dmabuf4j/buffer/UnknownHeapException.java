package io.github.dmabuf4j.buffer;

/** No heap of a registry has the name, or is in the set, that was asked for: {@code ENODEV}, or a missing file. */
public final class UnknownHeapException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    UnknownHeapException(String sentence) {
        super(sentence);
    }
}
