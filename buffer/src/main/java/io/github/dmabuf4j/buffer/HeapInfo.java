package io.github.dmabuf4j.buffer;

import io.github.dmabuf4j.memory.Caching;
import java.util.Set;

/**
 * What a registry tells about a heap.
 *
 * @param id its number in the registry, from 0 in the order of registration
 * @param name its name
 * @param kind how it finds its memory
 * @param offers how its buffers can be mapped
 * @param capacity how much it could give at most, in bytes; {@link Long#MAX_VALUE} if that depends on the system
 */
public record HeapInfo(int id, String name, HeapKind kind, Set<Caching> offers, long capacity) {
    /**
     * The bit that stands for the heap in a set of heaps.
     *
     * @return {@code 1 << id}
     */
    public long mask() {
        return 1L << id;
    }
}
