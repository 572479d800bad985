package io.github.dmabuf4j.buffer;

/** The CPU asked for memory that its exporter keeps for devices alone. Nothing was changed. */
public final class ProtectedMemoryException extends UnsupportedOperationException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param buffer the buffer, for people
     */
    public ProtectedMemoryException(String buffer) {
        super("the CPU never reaches the protected memory of " + buffer
                + ": let a device work on it, or allocate from a heap that is not protected");
    }
}
