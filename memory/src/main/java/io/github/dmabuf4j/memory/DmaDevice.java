package io.github.dmabuf4j.memory;

import java.io.IOException;

/**
 * A device that reads and writes memory by itself: a provider's interface.
 *
 * <p>All methods may be called from any thread.
 *
 * @see <a href="https://docs.kernel.org/core-api/dma-api.html">the DMA API in the kernel's manual</a>
 */
public interface DmaDevice {
    /**
     * The device's name for people.
     *
     * @return the name
     */
    String name();

    /**
     * The address space that the device's addresses belong to.
     *
     * @return the domain
     */
    DmaDomain domain();

    /**
     * Whether addresses of a domain are of this device's own memory, which it reaches whoever else may.
     *
     * @param memory the domain of a bare address
     * @return true for its own; for {@link #domain()} unless the device says otherwise
     */
    default boolean owns(DmaDomain memory) {
        return memory == domain();
    }

    /**
     * Whether the device's accesses look into the CPU's caches, so that no maintenance is needed around its work.
     *
     * @return true for a coherent port
     */
    boolean coherent();

    /**
     * The longest segment that the device takes.
     *
     * @return bytes; {@link Long#MAX_VALUE} for no limit
     */
    default long maxSegment() {
        return Long.MAX_VALUE;
    }

    /**
     * A power of two of which no segment may cross a multiple.
     *
     * @return bytes, or 0 for none
     */
    default long boundary() {
        return 0;
    }

    /**
     * Makes memory reachable for the device. Does nothing to caches.
     *
     * @param table the memory, and addresses of other devices
     * @param direction which way data will move
     * @return where the device finds it, in segments it can take
     * @throws BareAddressException if an address of another device cannot be reached from this one
     * @throws IOException if there is no address space left
     * @see <a href="https://docs.kernel.org/core-api/dma-api.html">dma_map_sgtable</a>
     */
    DmaTable map(SgTable table, DmaDirection direction) throws IOException;

    /**
     * Takes memory away from the device. Does nothing to caches.
     *
     * @param table what {@link #map} returned
     * @param direction the direction it was mapped with
     * @throws IllegalArgumentException if the table is not mapped for this device, or with another direction
     * @see <a href="https://docs.kernel.org/core-api/dma-api.html">dma_unmap_sgtable</a>
     */
    void unmap(DmaTable table, DmaDirection direction);
}
