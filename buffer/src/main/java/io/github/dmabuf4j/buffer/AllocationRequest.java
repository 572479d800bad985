package io.github.dmabuf4j.buffer;

import io.github.dmabuf4j.memory.Caching;
import java.util.Objects;

/**
 * What is asked of a heap.
 *
 * @param size how much, in bytes; rounded up by the heap
 * @param name the buffer's name for people, see {@link DmaBuf#name(String)}; may be empty
 * @param caching how the CPU's mappings of the buffer shall be cached
 * @param owner whose account is charged; empty for nobody's
 */
public record AllocationRequest(long size, String name, Caching caching, String owner) {
    /**
     * Checks the request.
     *
     * @throws IllegalArgumentException if the size is not positive, or the name too long
     */
    public AllocationRequest {
        Objects.requireNonNull(caching, "caching");
        Objects.requireNonNull(owner, "owner");
        DmaBuf.checkName(name);
        if (size <= 0) {
            throw new IllegalArgumentException("memory has a positive size, not " + size + " bytes");
        }
    }

    /**
     * Asks for cached memory without a name, on nobody's account.
     *
     * @param size how much, in bytes
     * @return the request
     */
    public static AllocationRequest of(long size) {
        return new AllocationRequest(size, "", Caching.CACHED, "");
    }

    /**
     * The same with a name.
     *
     * @param newName the buffer's name
     * @return the request
     */
    public AllocationRequest named(String newName) {
        return new AllocationRequest(size, newName, caching, owner);
    }

    /**
     * The same, mapped in another way.
     *
     * @param newCaching how the CPU's mappings shall be cached
     * @return the request
     */
    public AllocationRequest with(Caching newCaching) {
        return new AllocationRequest(size, name, newCaching, owner);
    }

    /**
     * The same on another account.
     *
     * @param newOwner whose account is charged
     * @return the request
     */
    public AllocationRequest onAccountOf(String newOwner) {
        return new AllocationRequest(size, name, caching, newOwner);
    }
}
