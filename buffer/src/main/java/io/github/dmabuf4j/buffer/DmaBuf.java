package io.github.dmabuf4j.buffer;

import io.github.dmabuf4j.memory.DmaDevice;
import io.github.dmabuf4j.memory.Pages;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A handle on a buffer that can be handed to devices, processes and other machines.
 *
 * <p>The buffer behind the handle is invariable in size and has an id that is never used again in this JVM.
 * {@link #dup()} makes another handle on it; the storage goes back to its exporter when the last handle, the last
 * {@link CpuAccess}, {@link RawView} and {@link DmaAttachment} are closed, in whatever order. A handle that becomes
 * unreachable without being closed is closed by the garbage collector and reported.
 *
 * <p>All methods may be called from any thread. After {@link #close()} all of them but {@code close}, {@link #id()},
 * {@link #size()}, {@link #exporterName()} and {@link #isClosed()} throw {@link BufferClosedException}.
 *
 * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html">struct dma_buf in the kernel's manual</a>
 */
public final class DmaBuf implements AutoCloseable {
    /** The longest {@link #name(String) name}, in bytes of UTF-8, as in the kernel. */
    public static final int MAX_NAME_BYTES = 31;

    private final Hold hold;

    private DmaBuf(BufferStorage storage) {
        this.hold = new Hold(storage, Keeper.Kind.HANDLE);
        hold.watch(this);
    }

    /**
     * Makes a buffer of one run of pages. The buffer owns the pages from now on.
     *
     * @param pages the storage
     * @param exporterName who made it, for people
     * @param release takes the pages back when the last holder is gone
     * @return the first handle, owned by the caller
     */
    public static DmaBuf export(Pages pages, String exporterName, PageRelease release) {
        Objects.requireNonNull(exporterName, "exporterName");
        Objects.requireNonNull(release, "release");
        return export(new PagesExporter(pages, exporterName, release));
    }

    /**
     * Makes a buffer of whatever an exporter has: memory in pieces, memory that only devices reach, memory that needs
     * cache maintenance. The buffer owns the storage from now on.
     *
     * @param exporter the owner of the storage, for this buffer alone
     * @return the first handle, owned by the caller
     * @throws IllegalArgumentException if the exporter has no bytes
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_buf_export">dma_buf_export</a>
     */
    public static DmaBuf export(DmaExporter exporter) {
        Objects.requireNonNull(exporter, "exporter");
        if (exporter.size() <= 0) {
            throw new IllegalArgumentException(
                    "a buffer has a positive size, but " + exporter.name() + " exports " + exporter.size() + " bytes");
        }
        BufferStorage storage = new BufferStorage(exporter);
        exporter.exported(new BufferLink(storage));
        BufferRegistry.add(storage);
        return new DmaBuf(storage);
    }

    /**
     * The identity of the buffer: equal for two handles on the same one, like the inode number of a kernel dma-buf.
     *
     * @return the id, from 1
     */
    public long id() {
        return hold.storage.id;
    }

    /**
     * The size of the buffer.
     *
     * @return bytes, in whole pages
     */
    public long size() {
        return hold.storage.size;
    }

    /**
     * Who made the buffer.
     *
     * @return the name of a heap or importer
     */
    public String exporterName() {
        return hold.storage.exporterName;
    }

    /**
     * The buffer's name for people.
     *
     * @return the name, empty if nobody gave one
     */
    public String name() {
        return open().name;
    }

    /**
     * Names the buffer, for all its handles. It may be named again.
     *
     * @param name the name, at most {@link #MAX_NAME_BYTES} bytes in UTF-8
     * @throws IllegalArgumentException if the name is too long
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html">DMA_BUF_SET_NAME</a>
     */
    public void name(String name) {
        checkName(name);
        open().name = name;
    }

    /**
     * The storage, for backends that hand it to somebody else. Everybody else uses leases. The pages stay the
     * buffer's, and are valid only while the caller keeps this handle open and reachable.
     *
     * @return the pages
     * @throws ProtectedMemoryException if the memory is for devices alone
     * @throws io.github.dmabuf4j.memory.BareAddressException if the memory is known by its address only
     */
    public Pages pages() {
        return open().pages();
    }

    /**
     * The fences of the buffer: what must be over before it may be read or written.
     *
     * @return the reservation, the same for all handles
     */
    public DmaResv resv() {
        return open().resv;
    }

    /**
     * Says that the memory went to somebody who is not trusted. Its exporter will never give it to another owner. It
     * cannot be taken back: that a process ended proves nothing about who else maps its memory.
     */
    public void markShared() {
        open().shared = true;
    }

    /**
     * Whether the memory ever went to somebody who is not trusted.
     *
     * @return true after {@link #markShared()} on any handle
     */
    public boolean isShared() {
        return open().shared;
    }

    /**
     * Makes another handle on the same buffer.
     *
     * @return the handle, owned by the caller
     */
    public DmaBuf dup() {
        try {
            return new DmaBuf(holdStorage(BufferStorage.HANDLE));
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /**
     * Begins CPU access by the calling thread: a bracket in which the thread has a view of all bytes.
     *
     * <p>It first waits for the buffer's fences, as {@link DmaResv} explains: for writers before reading, for
     * everybody before writing. A fence that failed counts as done. Brackets may nest and overlap.
     *
     * <pre>{@code
     * try (CpuAccess access = buffer.beginCpuAccess(AccessMode.WRITE)) {
     *     access.segment().fill((byte) 0);
     * }
     * }</pre>
     *
     * <p>The view belongs to this thread: it throws in a parallel stream, and an asynchronous channel that is given it
     * hangs. {@link AccessScope#ANY_THREAD} is for these.
     *
     * @param mode what the CPU will do
     * @return the access, to be closed by this thread
     * @throws IllegalArgumentException if the mode writes and the memory is read-only
     * @throws ProtectedMemoryException if the memory is for devices alone
     * @throws io.github.dmabuf4j.memory.BareAddressException if the memory is known by its address only
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_buf_begin_cpu_access">dma_buf_begin_cpu_access</a>
     */
    public CpuAccess beginCpuAccess(AccessMode mode) {
        return beginCpuAccess(mode, AccessScope.CONFINED);
    }

    /**
     * Begins CPU access, waiting like {@link #beginCpuAccess(AccessMode)}, with a view for one thread or for all.
     *
     * <p>A {@linkplain AccessScope#CONFINED confined} view dies when the bracket closes. It throws in a parallel stream
     * and hangs asynchronous channels, whose threads are not its own. A view for {@linkplain AccessScope#ANY_THREAD any
     * thread} works there, and any thread may close the bracket; in return a view kept beyond the end of the bracket is
     * not taken away, and must not be used: the memory may have another owner by then.
     *
     * @param mode what the CPU will do
     * @param scope who may use the view
     * @return the access, owned by the caller
     * @throws IllegalArgumentException if the mode writes and the memory is read-only
     * @throws ProtectedMemoryException if the memory is for devices alone
     * @throws io.github.dmabuf4j.memory.BareAddressException if the memory is known by its address only
     */
    public CpuAccess beginCpuAccess(AccessMode mode, AccessScope scope) {
        return beginCpuAccess(mode, scope, 0, size());
    }

    /**
     * Begins CPU access to a part of the buffer, waiting like {@link #beginCpuAccess(AccessMode)}: only the caches of
     * this part are maintained.
     *
     * @param mode what the CPU will do
     * @param scope who may use the view
     * @param offset where the part begins, in bytes
     * @param length its length in bytes
     * @return the access, owned by the caller
     * @throws IllegalArgumentException if the part is empty or not inside the buffer, or the mode writes and the memory
     *     is read-only
     * @throws ProtectedMemoryException if the memory is for devices alone
     * @throws io.github.dmabuf4j.memory.BareAddressException if the memory is known by its address only
     */
    public CpuAccess beginCpuAccess(AccessMode mode, AccessScope scope, long offset, long length) {
        BufferStorage storage = holdToLend();
        try {
            return CpuAccess.begin(storage, mode, scope, offset, length);
        } catch (Throwable failed) {
            storage.drop(BufferStorage.OTHER);
            throw failed;
        }
    }

    /**
     * Opens a long-lived view of all bytes for any thread, which waits for no fence: for transports that keep the
     * buffer open and order access by timelines.
     *
     * @param mode what will be done with it
     * @return the view, owned by the caller
     * @throws IllegalArgumentException if the mode writes and the memory is read-only
     * @throws ProtectedMemoryException if the memory is for devices alone
     * @throws io.github.dmabuf4j.memory.BareAddressException if the memory is known by its address only
     */
    public RawView rawView(AccessMode mode) {
        return rawView(mode, 0, size());
    }

    /**
     * Opens a long-lived view of a part of the buffer, as {@link #rawView(AccessMode)}: what {@code mmap} is to a kernel
     * dma-buf, but for any bytes, not only whole pages.
     *
     * @param mode what will be done with it
     * @param offset where the part begins, in bytes
     * @param length its length in bytes
     * @return the view, owned by the caller
     * @throws IllegalArgumentException if the part is empty or not inside the buffer, or the mode writes and the memory
     *     is read-only
     * @throws ProtectedMemoryException if the memory is for devices alone
     * @throws io.github.dmabuf4j.memory.BareAddressException if the memory is known by its address only
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_buf_mmap">dma_buf_mmap</a>
     */
    public RawView rawView(AccessMode mode, long offset, long length) {
        BufferStorage storage = holdToLend();
        try {
            return new RawView(storage, mode, offset, length);
        } catch (Throwable failed) {
            storage.drop(BufferStorage.OTHER);
            throw failed;
        }
    }

    /**
     * Attaches a device as a static importer: its mappings pin the storage.
     *
     * @param device the device that will use the buffer
     * @return the attachment, owned by the caller
     * @throws IllegalStateException if this thread has locked the reservation
     * @throws IOException if the exporter refuses the device
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_buf_attach">dma_buf_attach</a>
     */
    public DmaAttachment attach(DmaDevice device) throws IOException {
        return attached(device, null);
    }

    /**
     * Attaches a device as a dynamic importer: it maps without pinning, and waits for fences itself.
     *
     * @param device the device that will use the buffer
     * @param callbacks what the importer can, and how it is told that the storage will move
     * @return the attachment, owned by the caller
     * @throws IllegalStateException if this thread has locked the reservation
     * @throws IOException if the exporter refuses the device
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_buf_dynamic_attach">dma_buf_dynamic_attach</a>
     */
    public DmaAttachment attach(DmaDevice device, ImporterCallbacks callbacks) throws IOException {
        return attached(device, Objects.requireNonNull(callbacks, "callbacks"));
    }

    private DmaAttachment attached(DmaDevice device, @Nullable ImporterCallbacks callbacks) throws IOException {
        BufferStorage storage = holdToLend();
        try {
            return DmaAttachment.attach(storage, device, callbacks);
        } catch (Throwable failed) {
            storage.drop(BufferStorage.OTHER);
            throw failed;
        }
    }

    /**
     * The fences of the buffer as others take and bring them: as something to wait for, and as sync files.
     *
     * @return a view of {@link #resv()}
     */
    public ImplicitSync implicitSync() {
        return new ImplicitSync(open().resv);
    }

    /**
     * What is known of the buffer, with all who keep it alive.
     *
     * @return the state of now
     * @see BufferRegistry
     */
    public BufferInfo info() {
        return open().info();
    }

    /**
     * Whether this handle was closed; others may be open.
     *
     * @return true after {@link #close()}
     */
    public boolean isClosed() {
        return !hold.isOpen();
    }

    /**
     * Gives up this handle. The storage goes back to its exporter if nobody else holds it. Idempotent; never fails
     * because of other holders.
     */
    @Override
    public void close() {
        hold.end();
    }

    /** Refuses a name that is too long. */
    static void checkName(String name) {
        int length = name.getBytes(StandardCharsets.UTF_8).length;
        if (length > MAX_NAME_BYTES) {
            throw new IllegalArgumentException("the name of a buffer has at most " + MAX_NAME_BYTES + " bytes, but \""
                    + name + "\" has " + length);
        }
    }

    /** Counts one more holder, for a lease or an attachment. */
    private BufferStorage holdToLend() {
        try {
            return holdStorage(BufferStorage.OTHER);
        } finally {
            // Or the garbage collector could end the hold of a handle whose last use is this one, before it is lent.
            Reference.reachabilityFence(this);
        }
    }

    private BufferStorage holdStorage(long kind) {
        BufferStorage storage = open();
        if (!storage.hold(kind)) {
            throw closed(storage);
        }
        return storage;
    }

    private BufferStorage open() {
        BufferStorage storage = hold.storage;
        if (!hold.isOpen()) {
            throw closed(storage);
        }
        return storage;
    }

    private static BufferClosedException closed(BufferStorage storage) {
        return new BufferClosedException("this handle on " + storage + " is closed: dup() it before, to keep one");
    }

    /**
     * Describes the buffer for people.
     *
     * @return a sentence's subject: id, name, size, exporter
     */
    @Override
    public String toString() {
        return hold.storage + (isClosed() ? " (closed handle)" : "");
    }
}
