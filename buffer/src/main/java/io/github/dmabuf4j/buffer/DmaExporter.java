package io.github.dmabuf4j.buffer;

import io.github.dmabuf4j.memory.CacheMaintenance;
import io.github.dmabuf4j.memory.Pages;
import io.github.dmabuf4j.memory.SgTable;
import org.jspecify.annotations.Nullable;

/**
 * Whoever owns the storage of a buffer: a heap, an importer, a device with memory of its own. One object for each
 * buffer.
 *
 * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_buf_ops">struct dma_buf_ops</a>
 */
public interface DmaExporter {
    /**
     * Who this is, for people.
     *
     * @return the name of a heap or importer
     */
    String name();

    /**
     * The size of the storage, which never changes.
     *
     * @return bytes
     */
    long size();

    /**
     * What the CPU can lease.
     *
     * @return all of the storage; null if the CPU never reaches it
     */
    @Nullable Pages pages();

    /**
     * Where the storage lies, for devices.
     *
     * @return all of the storage
     */
    SgTable table();

    /**
     * What must be done around the work of devices that do not look into the caches.
     *
     * @return the maintenance, {@link CacheMaintenance#COHERENT} unless the exporter says otherwise
     */
    default CacheMaintenance maintenance() {
        return CacheMaintenance.COHERENT;
    }

    /**
     * Takes the storage back. Called once, when the last handle, lease and attachment is gone, by the thread that ends
     * it; must not block.
     *
     * @param shared whether the memory went to somebody who is not trusted, so that it must not be used again
     */
    void release(boolean shared);
}
