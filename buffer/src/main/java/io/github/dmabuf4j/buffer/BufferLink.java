package io.github.dmabuf4j.buffer;

/**
 * The way from an exporter to its buffer. Unlike a handle it keeps nothing alive: when the buffer is gone, nothing is
 * attached to it any more.
 *
 * <p>An exporter that moves storage does it in these steps, with the reservation locked: {@link #checkMovable()},
 * {@link #invalidateMappings()}, wait until every fence in the reservation is signalled, move, unlock.
 */
public final class BufferLink {
    private final BufferStorage storage;

    BufferLink(BufferStorage storage) {
        this.storage = storage;
    }

    /**
     * The identity of the buffer, as {@link DmaBuf#id()}.
     *
     * @return the id
     */
    public long id() {
        return storage.id;
    }

    /**
     * The fences of the buffer, and its lock.
     *
     * @return the reservation
     */
    public DmaResv resv() {
        return storage.resv;
    }

    /**
     * Whether the storage must stay where it is: somebody pinned it, or a static importer has it mapped.
     *
     * @return true while it is pinned
     */
    public boolean isPinned() {
        return storage.attachments.isPinned();
    }

    /**
     * Refuses to let pinned storage be moved.
     *
     * @throws BufferPinnedException if the buffer is pinned
     * @throws IllegalMonitorStateException if this thread has not locked the reservation
     */
    public void checkMovable() {
        checkLocked();
        if (isPinned()) {
            throw new BufferPinnedException(storage.toString(), storage.attachments.pinners());
        }
    }

    /**
     * Tells every importer that can be told to give its mappings up. They may use them until the fences in the
     * reservation are signalled, and must unmap in bounded time; they may map again at once. For an importer that has
     * pinned the buffer it means that the storage is gone for good.
     *
     * @throws IllegalMonitorStateException if this thread has not locked the reservation
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_buf_invalidate_mappings">dma_buf_invalidate_mappings</a>
     */
    public void invalidateMappings() {
        checkLocked();
        storage.attachments.invalidate();
    }

    private void checkLocked() {
        if (!storage.resv.mutex().isHeldByCurrentThread()) {
            throw new IllegalMonitorStateException("moving " + storage + " needs its reservation locked");
        }
    }

    @Override
    public String toString() {
        return "link to " + storage;
    }
}
