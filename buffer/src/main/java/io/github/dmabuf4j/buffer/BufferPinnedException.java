package io.github.dmabuf4j.buffer;

/** Somebody wants to move the storage of a buffer that has to stay where it is. Nothing was changed. */
public final class BufferPinnedException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param buffer the buffer, for people
     * @param pinners who keeps it where it is, for people
     */
    public BufferPinnedException(String buffer, String pinners) {
        super(buffer + " cannot be moved: it is pinned by " + pinners
                + "; move it when they have unpinned or unmapped");
    }
}
