package io.github.dmabuf4j.memory;

/**
 * The CPU, or another device, asked for device memory that is known by its address only, and cannot reach it. Nothing
 * was changed.
 */
public final class BareAddressException extends UnsupportedOperationException {
    private static final long serialVersionUID = 1L;

    /**
     * The CPU asked for bytes that it cannot reach.
     *
     * @param resource where they are
     */
    public BareAddressException(SgEntry.Resource resource) {
        super("the CPU cannot reach the " + resource.length() + " bytes at " + resource.address()
                + ": let a device of that domain copy them, or ask the exporter for memory with pages");
    }

    /**
     * A device asked for memory of another one that it cannot reach.
     *
     * @param sentence what cannot reach what, and what to do
     */
    public BareAddressException(String sentence) {
        super(sentence);
    }
}
