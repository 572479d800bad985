package io.github.dmabuf4j.buffer;

import io.github.dmabuf4j.memory.BareAddressException;
import io.github.dmabuf4j.memory.CacheMaintenance;
import io.github.dmabuf4j.memory.DmaDirection;
import io.github.dmabuf4j.memory.DmaTable;
import io.github.dmabuf4j.memory.Pages;
import io.github.dmabuf4j.memory.SgEntry;
import io.github.dmabuf4j.memory.SgTable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Whoever owns the storage of a buffer: a heap, an importer, a device with memory of its own. One object for each
 * buffer.
 *
 * <p>Four methods are enough for memory that stays where it is. The others have defaults, and are for exporters that
 * move their memory, or refuse some importers, or count who uses it. Those that say so are called with the buffer's
 * reservation locked, the others without it, as in the kernel.
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
     * On whose account the memory is, for people.
     *
     * @return the owner, empty if nobody keeps an account
     */
    default String owner() {
        return "";
    }

    /**
     * The size of the storage, which never changes.
     *
     * @return bytes
     */
    long size();

    /**
     * What the CPU can lease. The answer stays the same while a {@linkplain #beginCpuAccess CPU access} or a
     * {@linkplain #vmap view} is open, and is mapped in the same {@linkplain Pages#caching() way} all the time.
     *
     * @return all of the storage; null if the CPU never reaches it
     */
    @Nullable Pages pages();

    /**
     * Where the storage lies, for devices.
     *
     * @return all of the storage, as it is now
     */
    SgTable table();

    /**
     * What must be done around the work of devices that do not look into the caches.
     *
     * @return the maintenance, the same every time, {@link CacheMaintenance#COHERENT} unless the exporter says otherwise
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

    /**
     * Called once, before the first handle exists, with what an exporter needs to reach the buffer later.
     *
     * @param link the buffer; keeping it keeps nothing alive
     */
    default void exported(BufferLink link) {}

    /**
     * Called when an importer attaches, without the reservation's lock.
     *
     * @param importer who wants to use the buffer
     * @throws IOException if the storage is somewhere, for good, where this importer cannot reach it
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_buf_ops">attach</a>
     */
    default void attach(DmaImporter importer) throws IOException {}

    /**
     * Called when an importer that was attached is gone, without the reservation's lock.
     *
     * @param importer who used the buffer
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_buf_ops">detach</a>
     */
    default void detach(DmaImporter importer) {}

    /**
     * Makes the storage reachable for an importer's device, with the reservation locked. Caches are not the exporter's
     * business.
     *
     * @param importer who will use it
     * @param direction which way data will move
     * @return where the device finds it
     * @throws BareAddressException if a piece is device memory known by its address only, of another domain, and the
     *     importer does not take such memory
     * @throws IOException if there is no address space left, or the memory cannot be brought where the device reaches it
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_buf_ops">map_dma_buf</a>
     */
    default DmaTable map(DmaImporter importer, DmaDirection direction) throws IOException {
        SgTable table = table();
        for (int i = 0; !importer.allowsPeerToPeer() && i < table.entries(); i++) {
            if (table.entry(i) instanceof SgEntry.Resource bare
                    && !importer.device().owns(bare.address().domain())) {
                throw new BareAddressException(
                        importer.device().name() + " does not take memory of another device, such"
                                + " as the " + bare.length() + " bytes at " + bare.address()
                                + ": attach it with callbacks that allow peer-to-peer, or copy");
            }
        }
        return importer.device().map(table, direction);
    }

    /**
     * Ends what {@link #map} began, with the reservation locked.
     *
     * @param importer who used it
     * @param table what {@link #map} returned
     * @param direction the direction it was mapped with
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_buf_ops">unmap_dma_buf</a>
     */
    default void unmap(DmaImporter importer, DmaTable table, DmaDirection direction) {
        importer.device().unmap(table, direction);
    }

    /**
     * Called with the reservation locked when the first importer pins: from now on the storage stays where it is, at a
     * place that all importers reach.
     *
     * @throws IOException if it cannot be brought there
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_buf_ops">pin</a>
     */
    default void pin() throws IOException {}

    /**
     * Called with the reservation locked when the last pin is gone: the storage may move again.
     *
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_buf_ops">unpin</a>
     */
    default void unpin() {}

    /**
     * Called before a CPU access waits for fences. May wait, and may refuse by throwing.
     *
     * @param mode what the CPU will do
     * @param offset where, in bytes
     * @param length how many bytes
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_buf_ops">begin_cpu_access</a>
     */
    default void beginCpuAccess(AccessMode mode, long offset, long length) {}

    /**
     * Called when a CPU access has ended. Waits for nothing.
     *
     * @param mode what the CPU did
     * @param offset where, in bytes
     * @param length how many bytes
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_buf_ops">end_cpu_access</a>
     */
    default void endCpuAccess(AccessMode mode, long offset, long length) {}

    /**
     * Called when the first long-lived view is opened: from now on the storage stays where it is.
     *
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_buf_ops">vmap</a>
     */
    default void vmap() {}

    /**
     * Called when the last long-lived view is closed.
     *
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_buf_ops">vunmap</a>
     */
    default void vunmap() {}
}
