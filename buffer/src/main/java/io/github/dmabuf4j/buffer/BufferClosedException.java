package io.github.dmabuf4j.buffer;

/**
 * Something that was closed is used: a handle, an access, a view. The caller's fault, and harmless to the buffer.
 */
public final class BufferClosedException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message a sentence that says what was closed
     */
    public BufferClosedException(String message) {
        super(message);
    }
}
