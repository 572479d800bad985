package io.github.dmabuf4j.memory;

/** Thrown when memory cannot be mapped in the way that was asked for. */
public final class UnsupportedCachingException extends UnsupportedOperationException {
    private static final long serialVersionUID = 1;

    /** What was asked for. */
    private final Caching caching;

    /**
     * Makes the exception.
     *
     * @param backing the name of the memory
     * @param caching what it cannot be
     */
    public UnsupportedCachingException(String backing, Caching caching) {
        super(backing + " memory is always cached: user space cannot map it " + caching
                + "; ask for CACHED, or use memory that offers it");
        this.caching = caching;
    }

    /**
     * What was asked for.
     *
     * @return the way of mapping that is not offered
     */
    public Caching caching() {
        return caching;
    }
}
