package io.github.dmabuf4j.linux.dmabuf;

import io.github.dmabuf4j.buffer.AccessMode;
import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.linux.BorrowedFd;
import io.github.dmabuf4j.linux.MemfdPages;
import io.github.dmabuf4j.linux.SystemCallException;
import io.github.dmabuf4j.linux.sync.KernelSyncFile;
import io.github.dmabuf4j.linux.sys.Mappings;
import io.github.dmabuf4j.memory.Pages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The memory of a {@link KernelDmaBuf}, mapped into this process. A lease is a bracket of CPU access: the kernel is told when it
 * begins and when it is settled, waits for the implicit fences of devices, and does what their caches need.
 *
 * <p>The size of a dma-buf never changes, so no access through a lease can fail. All methods may be called from any thread.
 */
public final class KernelPages implements Pages {
    private final KernelDmaBuf buffer;
    private final long address;
    private final boolean writable;
    private final @Nullable MemfdPages memory;
    private final AtomicBoolean closed = new AtomicBoolean();

    private KernelPages(KernelDmaBuf buffer, long address, boolean writable, @Nullable MemfdPages memory) {
        this.buffer = buffer;
        this.address = address;
        this.writable = writable;
        this.memory = memory;
    }

    /** Takes over the buffer, which is closed if this throws. */
    static KernelPages map(KernelDmaBuf buffer, boolean writable) throws SystemCallException {
        return map(buffer, writable, null);
    }

    static KernelPages map(KernelDmaBuf buffer, boolean writable, @Nullable MemfdPages memory)
            throws SystemCallException {
        try {
            long address = buffer.fd().use(number -> Mappings.map(number, 0, buffer.size(), writable));
            KernelDmaBuf.check(
                    (int) Math.min(address, 0),
                    "mmap",
                    "cannot map " + buffer + (writable ? " for writing" : "")
                            + "; does its exporter let the CPU reach it, and was it opened for that?");
            return new KernelPages(buffer, address, writable, memory);
        } catch (SystemCallException | RuntimeException e) {
            buffer.close();
            throw e;
        }
    }

    /**
     * The dma-buf.
     *
     * @return the buffer; it stays that of the pages and is valid until {@link #close()}
     */
    public KernelDmaBuf dmaBuf() {
        return buffer;
    }

    /**
     * The descriptor of the dma-buf, for passing it on.
     *
     * @return the descriptor; valid until {@link #close()}
     */
    public BorrowedFd fd() {
        return buffer.fd();
    }

    /**
     * The memory file that the dma-buf is made of, for those who cannot take a dma-buf.
     *
     * @return the same pages as a memory file, or null if they are in none; valid until {@link #close()}
     */
    public @Nullable MemfdPages memoryFile() {
        return memory;
    }

    @Override
    public long size() {
        return buffer.size();
    }

    @Override
    public boolean writable() {
        return writable;
    }

    @Override
    public MemorySegment lease(Arena arena, boolean forWriting) {
        if (closed.get()) {
            throw new IllegalStateException("the pages of " + buffer + " are closed");
        }
        if (forWriting && !writable) {
            throw new IllegalArgumentException("the pages of " + buffer + " are mapped read-only");
        }
        if (Thread.currentThread().isVirtual()) {
            awaitFences(forWriting);
        }
        try {
            buffer.beginCpuAccess(mode(forWriting));
        } catch (SystemCallException e) {
            throw new UncheckedIOException(e);
        }
        MemorySegment view = Mappings.lease(address, size(), arena);
        return forWriting ? view : view.asReadOnly();
    }

    @Override
    public void settle(MemorySegment view, boolean written) {
        try {
            buffer.endCpuAccess(mode(written));
        } catch (SystemCallException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A writer of this library may read as well. */
    private static AccessMode mode(boolean writes) {
        return writes ? AccessMode.READ_WRITE : AccessMode.READ;
    }

    /** The kernel would wait for fences of devices in the ioctl, which keeps the carrier of a virtual thread. */
    private void awaitFences(boolean forWriting) {
        if (forWriting ? buffer.isWritable() : buffer.isReadable()) {
            return;
        }
        try (KernelSyncFile file = buffer.exportSyncFile(mode(forWriting))) {
            DmaFence fence = file.fence();
            fence.awaitUninterruptibly();
        } catch (SystemCallException e) {
            // Before Linux 6.0: the ioctl waits.
            return;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void zero() {
        if (!writable) {
            throw new IllegalStateException("the pages of " + buffer + " are mapped read-only");
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment view = lease(arena, true);
            view.fill((byte) 0);
            settle(view, true);
        }
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            Mappings.unmap(address, size());
            buffer.close();
            if (memory != null) {
                memory.close();
            }
        }
    }

    @Override
    public String toString() {
        return "pages of " + buffer + (writable ? "" : ", read-only");
    }
}
