package io.github.dmabuf4j.buffer;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What makes an importer a dynamic one: it maps without pinning, and waits for fences itself.
 *
 * @param allowPeerToPeer whether the device takes memory of other devices that is known by its address only
 * @param invalidateMappings told, with the reservation locked, that the storage will move or go away: unmap, at once or
 *     in a time that is bounded by the device's own work, and map again when needed. Null if the importer cannot; an
 *     exporter may refuse such importers. Must not wait for fences, nor refer to the attachment in any other way than
 *     by its argument if a forgotten attachment shall be found.
 * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_buf_attach_ops">struct dma_buf_attach_ops</a>
 */
public record ImporterCallbacks(
        boolean allowPeerToPeer, @Nullable Consumer<? super DmaAttachment> invalidateMappings) {}
