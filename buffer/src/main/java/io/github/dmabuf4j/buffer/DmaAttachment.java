package io.github.dmabuf4j.buffer;

import io.github.dmabuf4j.memory.DmaDevice;
import io.github.dmabuf4j.memory.DmaDirection;
import io.github.dmabuf4j.memory.DmaTable;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A device's use of a buffer, from {@link DmaBuf#attach} to {@link #close()}. It holds the storage.
 *
 * <p>A <em>static</em> importer maps and has no more cares: its mappings pin the storage and wait for the exporter. A
 * <em>dynamic</em> one, attached with {@link ImporterCallbacks}, maps without pinning, waits for fences itself, and
 * unmaps when it is told that the storage will move.
 *
 * <pre>{@code
 * try (DmaAttachment camera = buffer.attach(device)) {
 *     DmaTable table = camera.map(DmaDirection.FROM_DEVICE);
 *     device.capture(table);                       // and wait until it is done
 *     camera.unmap(table, DmaDirection.FROM_DEVICE);
 * }
 * }</pre>
 *
 * <p>While a buffer is mapped for a device that does not look into the caches, caches and memory are brought to agree
 * where it matters: when it is mapped and unmapped, and when a {@link CpuAccess} begins and ends.
 *
 * <p>All methods may be called from any thread. Those that need the lock of the buffer's reservation take it unless the
 * caller has it. An attachment that becomes unreachable without being closed is closed by the garbage collector and
 * reported.
 *
 * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_buf_attachment">struct dma_buf_attachment</a>
 */
public final class DmaAttachment implements AutoCloseable {
    private final Hold hold;
    private final AttachedDevice device;
    private final @Nullable ImporterCallbacks callbacks;

    private DmaAttachment(BufferStorage storage, AttachedDevice device, @Nullable ImporterCallbacks callbacks) {
        this.device = device;
        this.callbacks = callbacks;
        this.hold = new Hold(storage, Keeper.Kind.ATTACHMENT, device::detach);
        hold.watch(this);
    }

    /** Takes over a hold that the storage has counted already, unless it throws. */
    static DmaAttachment attach(BufferStorage storage, DmaDevice device, @Nullable ImporterCallbacks callbacks)
            throws IOException {
        if (storage.resv.mutex().isHeldByCurrentThread()) {
            throw new IllegalStateException("attach " + device.name() + " before the reservation of " + storage
                    + " is locked: its exporter may need the lock");
        }
        DmaImporter importer = callbacks == null
                ? new DmaImporter(device, false, false, false)
                : new DmaImporter(device, true, callbacks.allowPeerToPeer(), callbacks.invalidateMappings() != null);
        storage.exporter.attach(importer);
        AttachedDevice attached = new AttachedDevice(storage, importer);
        DmaAttachment attachment = new DmaAttachment(storage, attached, callbacks);
        attached.belongsTo(attachment);
        storage.attachments.add(attached);
        return attachment;
    }

    /**
     * The device.
     *
     * @return whose use this is
     */
    public DmaDevice device() {
        return device.importer.device();
    }

    /**
     * Whether the importer follows when the storage moves.
     *
     * @return true if it was attached with callbacks
     */
    public boolean isDynamic() {
        return device.importer.dynamic();
    }

    /**
     * Whether the importer can be told to give its mappings up.
     *
     * @return true if there is a callback for it
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html">dma_buf_attach_revocable</a>
     */
    public boolean isRevocable() {
        return device.importer.revocable();
    }

    /**
     * How many mappings are open.
     *
     * @return the number
     */
    public int mappings() {
        return device.mappings();
    }

    /**
     * Makes the buffer reachable for the device, and brings caches and memory to agree if the device needs it. For a
     * static importer the storage stays where it is until {@link #unmap}, and the call waits until its exporter has
     * brought it there; a dynamic one waits for fences itself before the device begins.
     *
     * @param direction which way data will move
     * @return where the device finds the buffer, in segments within its limits; another object each time, owned by the
     *     caller until it is unmapped
     * @throws IllegalArgumentException if the device would write memory that is read-only
     * @throws BufferClosedException if the attachment is closed
     * @throws io.github.dmabuf4j.memory.BareAddressException if the memory is another device's, and this one cannot
     *     reach it or was attached without {@link ImporterCallbacks#allowPeerToPeer}
     * @throws IOException if the exporter or the device refuses; nothing stays mapped or pinned
     * @throws InterruptedException if the thread is interrupted while it waits; nothing stays mapped or pinned
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_buf_map_attachment">dma_buf_map_attachment</a>
     */
    public DmaTable map(DmaDirection direction) throws IOException, InterruptedException {
        return device.map(direction);
    }

    /**
     * Takes the buffer away from the device, which must have ended its work, and makes the CPU see what it wrote.
     *
     * @param table what {@link #map} returned
     * @param direction the direction it was mapped with
     * @throws IllegalArgumentException if the table is none of this attachment's, or mapped with another direction;
     *     nothing was changed
     * @throws BufferClosedException if the attachment is closed
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_buf_unmap_attachment">dma_buf_unmap_attachment</a>
     */
    public void unmap(DmaTable table, DmaDirection direction) {
        device.unmap(table, direction);
    }

    /**
     * Makes the storage stay where it is, at a place that all devices reach, until {@link #unpin()}: for what cannot
     * follow, such as scan-out. Counted.
     *
     * @throws IllegalStateException if the importer is static: its mappings pin by themselves
     * @throws BufferClosedException if the attachment is closed
     * @throws IOException if the exporter cannot bring the storage there
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_buf_pin">dma_buf_pin</a>
     */
    public void pin() throws IOException {
        device.pin();
    }

    /**
     * Ends one {@link #pin()}.
     *
     * @throws IllegalStateException if the importer is static, or has not pinned
     * @throws BufferClosedException if the attachment is closed
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_buf_unpin">dma_buf_unpin</a>
     */
    public void unpin() {
        device.unpin();
    }

    /**
     * Whether the attachment is closed.
     *
     * @return true after {@link #close()}
     */
    public boolean isClosed() {
        return !hold.isOpen();
    }

    /**
     * Detaches the device. Mappings and pins should have ended before; those that have not end now, and mappings are
     * reported: the device might still be using them. Idempotent.
     *
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_buf_detach">dma_buf_detach</a>
     */
    @Override
    public void close() {
        hold.end();
    }

    /** The exporter will move the storage. */
    void invalidate() {
        Consumer<? super DmaAttachment> told = callbacks == null ? null : callbacks.invalidateMappings();
        if (told != null) {
            told.accept(this);
        }
    }

    @Override
    public String toString() {
        return "attachment of " + device.name() + " to " + hold.storage + (isClosed() ? " (closed)" : "");
    }
}
