package io.github.dmabuf4j.buffer;

import io.github.dmabuf4j.memory.Caching;
import io.github.dmabuf4j.memory.UnsupportedCachingException;
import java.io.IOException;
import java.util.Map;

/**
 * Where buffers come from.
 *
 * <p>All methods may be called from any thread.
 *
 * @see <a href="https://docs.kernel.org/userspace-api/dma-buf-heaps.html">dma-buf heaps in the kernel's manual</a>
 */
public interface DmaHeap extends AutoCloseable {
    /**
     * The heap's name, as in {@code /dev/dma_heap}.
     *
     * @return the name
     */
    String name();

    /**
     * How the heap finds its memory.
     *
     * @return the kind, {@link HeapKind#CUSTOM} unless the heap says otherwise
     */
    default HeapKind kind() {
        return HeapKind.CUSTOM;
    }

    /**
     * How much the heap could give at most, if nothing else were out.
     *
     * @return bytes; {@link Long#MAX_VALUE} if that depends on the system
     */
    default long capacity() {
        return Long.MAX_VALUE;
    }

    /**
     * Whether buffers can be mapped in a given way.
     *
     * @param caching the way
     * @return true if a request for it is not refused for this reason
     */
    default boolean offers(Caching caching) {
        return caching == Caching.CACHED;
    }

    /**
     * Allocates a cached buffer, every byte zero, named by nobody.
     *
     * @param size how much, in bytes; rounded up to whole pages
     * @return the only handle, owned by the caller
     * @throws IllegalArgumentException if the size is not positive or too large to be rounded up
     * @throws IllegalStateException if the heap is closed
     * @throws HeapExhaustedException if the heap has no more
     * @throws IOException if the system fails otherwise
     */
    default DmaBuf allocate(long size) throws IOException {
        return allocate(AllocationRequest.of(size));
    }

    /**
     * Allocates a cached buffer, every byte zero.
     *
     * @param size how much, in bytes; rounded up to whole pages
     * @param name the buffer's name for people, see {@link DmaBuf#name(String)}
     * @return the only handle, owned by the caller
     * @throws IllegalArgumentException if the size is not positive or too large to be rounded up, or the name too long
     * @throws IllegalStateException if the heap is closed
     * @throws HeapExhaustedException if the heap has no more
     * @throws IOException if the system fails otherwise
     */
    default DmaBuf allocate(long size, String name) throws IOException {
        return allocate(AllocationRequest.of(size).named(name));
    }

    /**
     * Allocates a buffer, every byte zero. Uncached memory is clean: no line of it is in a cache.
     *
     * @param request what is asked for
     * @return the only handle, owned by the caller
     * @throws IllegalArgumentException if the size is too large to be rounded up
     * @throws UnsupportedCachingException if the heap does not {@linkplain #offers offer} that way of mapping
     * @throws IllegalStateException if the heap is closed
     * @throws HeapExhaustedException if the heap has no more, or the owner's quota is used up
     * @throws IOException if the system fails otherwise
     */
    DmaBuf allocate(AllocationRequest request) throws IOException;

    /**
     * What each owner has.
     *
     * @return the owners of buffers that are out, with what they have; the empty name stands for nobody's account
     */
    Map<String, OwnerUsage> owners();

    /**
     * Gives memory that is kept for later back to the system.
     *
     * @param bytes how much to give back at least
     * @return how much was given back, in bytes; less than asked if the heap did not keep as much
     */
    long shrink(long bytes);

    /**
     * How much {@link #shrink} could give back at most.
     *
     * @return bytes that are kept for later and are not the heap's for good
     */
    default long reclaimableBytes() {
        return stats().pooledBytes();
    }

    /** Waits until all memory that came back is zeroed. */
    void awaitIdle();

    /**
     * What the heap has out, keeps and did.
     *
     * @return the numbers of one moment
     */
    HeapStats stats();

    /**
     * Ends the heap: it gives back what it keeps and allocates no more. Buffers that are out stay valid; their memory
     * goes back to the system when they end. Idempotent.
     */
    @Override
    void close();
}
