package io.github.dmabuf4j.buffer;

import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.SyncFile;

/**
 * The fences of a buffer as others take and bring them: as something to wait for, like {@code poll} of a kernel
 * dma-buf, and as sync files, the bridge between implicit and explicit synchronisation.
 *
 * <p>What is taken is a snapshot: fences that are added later are not in it. It keeps neither the buffer nor its memory
 * alive. Work that failed counts as done. All methods may be called from any thread.
 *
 * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#implicit-fence-poll-support">Implicit Fence Poll Support</a>
 */
public final class ImplicitSync {
    private final DmaResv resv;

    ImplicitSync(DmaResv resv) {
        this.resv = resv;
    }

    /**
     * Whether the buffer may be read: nobody writes it.
     *
     * @return what {@code EPOLLIN} says
     */
    public boolean isReadable() {
        return resv.testSignaled(FenceUsage.toWaitFor(false));
    }

    /**
     * Whether the buffer may be written: nobody reads or writes it.
     *
     * @return what {@code EPOLLOUT} says
     */
    public boolean isWritable() {
        return resv.testSignaled(FenceUsage.toWaitFor(true));
    }

    /**
     * What a reader waits for: the writers of now.
     *
     * @return a fence; signalled already if nobody writes
     */
    public DmaFence readable() {
        return resv.exportFence(FenceUsage.toWaitFor(false));
    }

    /**
     * What a writer waits for: the readers and writers of now.
     *
     * @return a fence; signalled already if nobody reads or writes
     */
    public DmaFence writable() {
        return resv.exportFence(FenceUsage.toWaitFor(true));
    }

    /**
     * A file with what somebody must wait for who does not know of implicit fences.
     *
     * @param mode what will be done with the buffer
     * @return the file, owned by the caller: {@link #readable()} for READ, {@link #writable()} otherwise
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_buf_export_sync_file">DMA_BUF_IOCTL_EXPORT_SYNC_FILE</a>
     */
    public SyncFile exportSyncFile(AccessMode mode) {
        return SyncFile.of(mode.writes() ? writable() : readable());
    }

    /**
     * Adds the work in a file, every leaf of it, to what others of this buffer wait for. It takes nothing away and
     * replaces only what it makes superfluous. Must not be called with the reservation's lock held.
     *
     * @param file the work; it stays the caller's
     * @param mode what the work does with the buffer: writers of READ_WRITE count as writers
     * @throws IllegalStateException if the file is closed
     * @throws io.github.dmabuf4j.buffer.ww.AlreadyLockedException if this thread has locked the reservation
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_buf_import_sync_file">DMA_BUF_IOCTL_IMPORT_SYNC_FILE</a>
     */
    public void importSyncFile(SyncFile file, AccessMode mode) {
        resv.importFence(file.fence(), mode.writes() ? FenceUsage.WRITE : FenceUsage.READ);
    }
}
