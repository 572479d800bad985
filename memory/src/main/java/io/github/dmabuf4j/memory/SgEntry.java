package io.github.dmabuf4j.memory;

/**
 * One contiguous piece of a {@link SgTable}: memory that the CPU can reach, or device memory known by its address only.
 */
public sealed interface SgEntry {
    /**
     * The length of the piece.
     *
     * @return bytes, at least 1
     */
    long length();

    /**
     * A range of a run of pages.
     *
     * @param pages the run
     * @param offset where the range begins in the run, in bytes
     * @param length its length in bytes
     */
    record Memory(Pages pages, long offset, long length) implements SgEntry {
        /**
         * Checks the range.
         *
         * @throws IllegalArgumentException if it is empty or not inside the run
         */
        public Memory {
            if (offset < 0 || length <= 0 || length > pages.size() - offset) {
                throw new IllegalArgumentException("the range of " + length + " bytes at " + offset
                        + " is not inside pages of " + pages.size() + " bytes");
            }
        }
    }

    /**
     * Names memory of a device that has an address and no pages, for tables that are given to other devices.
     *
     * @param device whose memory it is
     * @param start where it begins, an address in the device's domain
     * @param length its length in bytes
     * @return the piece; it is resolved for each device that maps it, or refused
     * @throws IllegalArgumentException if it is empty or runs over the end of the domain
     * @see <a href="https://docs.kernel.org/core-api/dma-api.html">dma_map_resource</a>
     */
    static Resource mapResource(DmaDevice device, long start, long length) {
        return new Resource(new DmaAddress(device.domain(), start), length);
    }

    /**
     * Device memory without pages: another device may reach it directly, the CPU may not.
     *
     * @param address where it begins; valid in its domain only
     * @param length its length in bytes
     * @see <a href="https://docs.kernel.org/driver-api/pci/p2pdma.html">PCI Peer-to-Peer DMA Support</a>
     */
    record Resource(DmaAddress address, long length) implements SgEntry {
        /**
         * Checks the range.
         *
         * @throws IllegalArgumentException if it is empty or runs over the end of the domain
         */
        public Resource {
            if (length <= 0) {
                throw new IllegalArgumentException("a piece has at least one byte, not " + length);
            }
            address.plus(length - 1);
        }
    }
}
