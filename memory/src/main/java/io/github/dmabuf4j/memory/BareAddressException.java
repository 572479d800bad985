package io.github.dmabuf4j.memory;

/** Something needs the CPU to reach device memory that is known by its address only. Nothing was changed. */
public final class BareAddressException extends UnsupportedOperationException {
    private static final long serialVersionUID = 1L;

    BareAddressException(SgEntry.Resource resource) {
        super("the CPU cannot reach the " + resource.length() + " bytes at " + resource.address()
                + ": let a device of that domain copy them, or ask the exporter for memory with pages");
    }
}
