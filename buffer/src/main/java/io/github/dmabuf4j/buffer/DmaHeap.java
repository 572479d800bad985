package io.github.dmabuf4j.buffer;

import java.io.IOException;

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
     * Allocates a buffer, every byte zero, named by nobody.
     *
     * @param size how much, in bytes; rounded up to whole pages
     * @return the only handle, owned by the caller
     * @throws IllegalArgumentException if the size is not positive or too large to be rounded up
     * @throws IllegalStateException if the heap is closed
     * @throws HeapExhaustedException if the heap has no more
     * @throws IOException if the system fails otherwise
     */
    default DmaBuf allocate(long size) throws IOException {
        return allocate(size, "");
    }

    /**
     * Allocates a buffer, every byte zero.
     *
     * @param size how much, in bytes; rounded up to whole pages
     * @param name the buffer's name for people, see {@link DmaBuf#name(String)}
     * @return the only handle, owned by the caller
     * @throws IllegalArgumentException if the size is not positive or too large to be rounded up, or the name too long
     * @throws IllegalStateException if the heap is closed
     * @throws HeapExhaustedException if the heap has no more
     * @throws IOException if the system fails otherwise
     */
    DmaBuf allocate(long size, String name) throws IOException;

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
