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
}
