package io.github.dmabuf4j.memory;

import java.io.IOException;
import java.util.List;

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
     * How much there could be at most, if nothing were out.
     *
     * @return bytes, always the same; {@link Long#MAX_VALUE} if only a request shows
     */
    default long capacity() {
        return Long.MAX_VALUE;
    }

    /**
     * What is left, to be told to whoever is refused.
     *
     * @return the numbers of this moment, {@link Room#UNKNOWN} unless the backing says otherwise
     */
    default Room room() {
        return Room.UNKNOWN;
    }

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
     * Whether memory can be mapped in a given way.
     *
     * @param caching the way
     * @return true for {@link Caching#CACHED}; for the others where the backing says so
     */
    default boolean offers(Caching caching) {
        return caching == Caching.CACHED;
    }

    /**
     * Maps a run in another way. The object that is given is spent: the one that is returned owns the memory. Nothing
     * is done to caches: that is the business of whoever calls, by {@link CacheMaintenance}.
     *
     * @param run a run that this backing gave, with no lease open
     * @param caching how it shall be mapped
     * @return the same memory
     * @throws UnsupportedCachingException if the backing does not {@linkplain #offers offer} it
     * @throws IOException if the system fails
     */
    default Pages remap(Pages run, Caching caching) throws IOException {
        if (!offers(caching)) {
            throw new UnsupportedCachingException(name(), caching);
        }
        return run;
    }

    /**
     * Whether {@link #join} works, so that a buffer can be made of runs that do not follow each other in memory.
     *
     * @return false unless the backing says otherwise
     */
    default boolean joins() {
        return false;
    }

    /**
     * Maps several runs one after the other, so that they look like one. The runs still belong to the caller, who
     * closes what is returned before them; closing it gives no memory back.
     *
     * @param runs runs, or parts of runs, of this backing, mapped in the same way
     * @return a view of all of them
     * @throws UnsupportedOperationException if the backing does not {@linkplain #joins join}
     * @throws IOException if the system fails
     * @see <a href="https://docs.kernel.org/core-api/kernel-api.html">vmap</a>
     */
    default Pages join(List<Pages> runs) throws IOException {
        throw new UnsupportedOperationException(name() + " memory cannot be joined: ask for one run of the whole size");
    }

    /**
     * What must be done so that devices and the CPU's caches agree about this memory.
     *
     * @return the maintenance of the platform, {@link CacheMaintenance#COHERENT} unless the backing says otherwise
     */
    default CacheMaintenance maintenance() {
        return CacheMaintenance.COHERENT;
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
