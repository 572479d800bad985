package io.github.dmabuf4j.memory;

/**
 * Which way data moves between memory and a device while a buffer is mapped for it.
 *
 * @see <a href="https://docs.kernel.org/core-api/dma-api.html">enum dma_data_direction</a>
 */
public enum DmaDirection {
    /** The device reads what the CPU wrote. */
    TO_DEVICE,
    /** The CPU reads what the device wrote. */
    FROM_DEVICE,
    /** Both may read and write. */
    BIDIRECTIONAL;

    /**
     * Whether the device may read.
     *
     * @return false only for {@link #FROM_DEVICE}
     */
    public boolean deviceReads() {
        return this != FROM_DEVICE;
    }

    /**
     * Whether the device may write.
     *
     * @return false only for {@link #TO_DEVICE}
     */
    public boolean deviceWrites() {
        return this != TO_DEVICE;
    }
}
