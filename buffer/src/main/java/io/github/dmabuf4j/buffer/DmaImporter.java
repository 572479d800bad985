package io.github.dmabuf4j.buffer;

import io.github.dmabuf4j.memory.DmaDevice;

/**
 * What an exporter knows of an attachment.
 *
 * @param device the device that will use the buffer
 * @param dynamic whether the importer follows when the storage moves; if not, its mappings pin the storage
 * @param allowsPeerToPeer whether the device takes memory of other devices that is known by its address only
 * @param revocable whether the importer can be told to give its mappings up
 * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_buf_attachment">struct dma_buf_attachment</a>
 */
public record DmaImporter(DmaDevice device, boolean dynamic, boolean allowsPeerToPeer, boolean revocable) {}
