package io.github.dmabuf4j.memory;

import java.io.IOException;

/**
 * Where pages come from: a provider's interface with one implementation per kind of memory, real or simulated.
 *
 * <p>Heaps are written against it and never know which one they stand on.
 */
public interface PageBacking {
    /**
     * The kind of memory in a word, such as {@code memfd}.
     *
     * @return the name
     */
    String name();

    /**
     * The granularity of {@link #give}.
     *
     * @return bytes, a power of two
     */
    long pageSize();

    /**
     * Gives a run of fresh pages, every byte zero. The caller owns it and closes it.
     *
     * @param size how much, in bytes; rounded up to whole pages
     * @param label a name for people, shown by the system's own tools where it has any
     * @return the pages, mapped readable and writable
     * @throws IllegalArgumentException if the size is not positive or too large to be rounded up
     * @throws IOException if the system has no more memory or descriptors
     */
    Pages give(long size, String label) throws IOException;

    /**
     * Whether a lease of these pages ends with its arena, so that a view kept beyond it throws instead of reaching
     * memory that may have another owner by then.
     *
     * @return true unless the backing says otherwise
     */
    default boolean revokes() {
        return true;
    }

    /**
     * How much {@link #give} takes for a size: the next whole number of pages.
     *
     * @param size bytes
     * @return the size in whole pages, in bytes
     * @throws IllegalArgumentException if the size is not positive or too large to be rounded up
     */
    default long roundUp(long size) {
        long mask = pageSize() - 1;
        if (size <= 0) {
            throw new IllegalArgumentException("memory has a positive size, not " + size + " bytes");
        }
        if (size > Long.MAX_VALUE - mask) {
            throw new IllegalArgumentException(size + " bytes are too large to be rounded up to whole pages");
        }
        return (size + mask) & ~mask;
    }
}
