package io.github.dmabuf4j.linux.dmabuf;

import io.github.dmabuf4j.buffer.AccessMode;
import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.linux.BorrowedFd;
import io.github.dmabuf4j.linux.FdInterest;
import io.github.dmabuf4j.linux.OwnedFd;
import io.github.dmabuf4j.linux.SystemCallException;
import io.github.dmabuf4j.linux.UnsafeDescriptorException;
import io.github.dmabuf4j.linux.ioctl.DeviceNode;
import io.github.dmabuf4j.linux.ioctl.DmaBufUapi;
import io.github.dmabuf4j.linux.ioctl.Ioctl;
import io.github.dmabuf4j.linux.sync.DescriptorFence;
import io.github.dmabuf4j.linux.sync.KernelSyncFile;
import io.github.dmabuf4j.linux.sys.Descriptors;
import io.github.dmabuf4j.linux.sys.Devices;
import io.github.dmabuf4j.linux.sys.FileStatus;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A dma-buf of the kernel: a descriptor that devices and processes hand each other.
 *
 * <p>All methods may be called from any thread. After {@link #close()} they throw {@link IllegalStateException}; mappings stay.
 *
 * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html">Buffer sharing in the kernel's manual</a>
 */
public final class KernelDmaBuf implements AutoCloseable {
    private static final Ioctl<OwnedFd> EXPORT_SYNC_FILE = Ioctl.of(
            "DMA_BUF_IOCTL_EXPORT_SYNC_FILE",
            DmaBufUapi.DMA_BUF_IOCTL_EXPORT_SYNC_FILE,
            DmaBufUapi.EXPORT_SYNC_FILE,
            (_, answer) -> DeviceNode.given(answer.get("fd")));
    private static final Ioctl<Boolean> IMPORT_SYNC_FILE = Ioctl.of(
            "DMA_BUF_IOCTL_IMPORT_SYNC_FILE", DmaBufUapi.DMA_BUF_IOCTL_IMPORT_SYNC_FILE, DmaBufUapi.IMPORT_SYNC_FILE);

    // The eight arguments that DMA_BUF_IOCTL_SYNC can have, made once: it is called twice for each CPU access.
    private static final MemorySegment SYNC_FLAGS = syncFlags();

    private final BorrowedFd fd;
    private final @Nullable OwnedFd owned;
    private final FileStatus status;
    private volatile boolean closed;

    private KernelDmaBuf(BorrowedFd fd, @Nullable OwnedFd owned, FileStatus status) {
        this.fd = fd;
        this.owned = owned;
        this.status = status;
    }

    private static MemorySegment syncFlags() {
        MemorySegment all = Arena.global().allocate(8L * Long.BYTES, Long.BYTES);
        for (int flags = 0; flags < 8; flags++) {
            all.setAtIndex(java.lang.foreign.ValueLayout.JAVA_LONG, flags, flags);
        }
        return all;
    }

    /**
     * Takes over a descriptor, after checking that it is a dma-buf.
     *
     * @param fd the descriptor; owned by the result, and closed if this method throws
     * @return the buffer
     * @throws UnsafeDescriptorException if it is something else
     * @throws SystemCallException if the kernel refuses to tell
     */
    public static KernelDmaBuf adopt(OwnedFd fd) throws IOException {
        try {
            return of(fd.borrow(), fd);
        } catch (IOException | RuntimeException e) {
            fd.close();
            throw e;
        }
    }

    /**
     * Looks at a descriptor that stays somebody else's, after checking that it is a dma-buf.
     *
     * @param fd the descriptor; its owner keeps it open for as long as the result is used
     * @return the buffer; closing it does not close the descriptor
     * @throws UnsafeDescriptorException if it is something else
     * @throws SystemCallException if the kernel refuses to tell
     */
    public static KernelDmaBuf borrow(BorrowedFd fd) throws IOException {
        return of(fd, null);
    }

    private static KernelDmaBuf of(BorrowedFd fd, @Nullable OwnedFd owned) throws IOException {
        if (!isDmaBuf(fd)) {
            throw new UnsafeDescriptorException("the descriptor is no dma-buf but another kind of file");
        }
        FileStatus status = new FileStatus();
        check(fd.use(number -> Descriptors.status(number, status)), "statx", "cannot ask what a descriptor is");
        return new KernelDmaBuf(fd, owned, status);
    }

    /**
     * Whether a descriptor is a dma-buf.
     *
     * @param fd the descriptor
     * @return true if it is
     * @throws SystemCallException if the kernel refuses to tell
     */
    public static boolean isDmaBuf(BorrowedFd fd) throws SystemCallException {
        return check(fd.use(Descriptors::isDmaBuf), "fstatfs", "cannot ask what a descriptor is") == 1;
    }

    /**
     * The descriptor, for passing it on.
     *
     * @return the descriptor; valid until {@link #close()}
     */
    public BorrowedFd fd() {
        if (closed) {
            throw new IllegalStateException(this + " is closed");
        }
        return fd;
    }

    /**
     * The size of the buffer, which never changes.
     *
     * @return bytes
     */
    public long size() {
        return status.size();
    }

    /**
     * The identity of the buffer: equal for all descriptors of the same one, in all processes, and never used again.
     *
     * @return the inode number
     */
    public long inode() {
        return status.inode();
    }

    /**
     * Another descriptor for the same buffer.
     *
     * @return the buffer, owned by the caller
     * @throws SystemCallException if the limit of open files is reached
     */
    public KernelDmaBuf dup() throws SystemCallException {
        OwnedFd another = fd().dup();
        return new KernelDmaBuf(another.borrow(), another, status);
    }

    /**
     * Names the buffer for the system's tools. It may be named again.
     *
     * @param name the name, at most 31 bytes in UTF-8
     * @throws IllegalArgumentException if the name is too long
     * @throws SystemCallException if the kernel refuses
     */
    public void setName(String name) throws SystemCallException {
        int length = name.getBytes(StandardCharsets.UTF_8).length;
        if (length >= DmaBufUapi.DMA_BUF_NAME_LEN) {
            throw new IllegalArgumentException(
                    "the name of a buffer has at most 31 bytes, but \"" + name + "\" has " + length);
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocateFrom(name);
            check(
                    fd().use(number -> Ioctl.repeat(number, DmaBufUapi.DMA_BUF_SET_NAME_B, text)),
                    "DMA_BUF_SET_NAME",
                    "cannot name a buffer \"" + name + "\"");
        }
    }

    /**
     * The name of the buffer.
     *
     * @return the name, or null if nobody gave one
     * @throws IOException if the kernel does not tell
     */
    public @Nullable String name() throws IOException {
        return fact("name:").orElse(null);
    }

    /**
     * Who made the buffer.
     *
     * @return the name of the exporter, such as {@code system} or {@code udmabuf}
     * @throws IOException if the kernel does not tell
     */
    public String exporterName() throws IOException {
        return fact("exp_name:").orElse("unknown");
    }

    private Optional<String> fact(String label) throws IOException {
        List<String> lines = fd().use(number -> Files.readAllLines(Path.of("/proc/self/fdinfo/" + number)));
        return lines.stream()
                .filter(line -> line.startsWith(label))
                .map(line -> line.substring(label.length()).strip())
                .findFirst();
    }

    /**
     * What an access has to wait for, as a sync file: the implicit fences of this moment.
     *
     * @param mode what the access does
     * @return a file, owned by the caller; signalled if there is nothing to wait for
     * @throws SystemCallException if the kernel refuses; ENOTTY before Linux 6.0
     */
    public KernelSyncFile exportSyncFile(AccessMode mode) throws IOException {
        return KernelSyncFile.adopt(EXPORT_SYNC_FILE.call(
                fd(),
                "cannot export the implicit fences of a buffer; Linux 6.0 or newer is needed",
                (argument, _) -> argument.set("flags", flags(mode))));
    }

    /**
     * Adds the fences of a sync file to the implicit fences.
     *
     * @param file the file; it stays the caller's
     * @param mode what the work does that the file stands for
     * @throws SystemCallException if the kernel refuses; ENOTTY before Linux 6.0
     */
    public void importSyncFile(KernelSyncFile file, AccessMode mode) throws SystemCallException {
        file.fd()
                .use(number -> IMPORT_SYNC_FILE.call(
                        fd(),
                        "cannot add to the implicit fences of a buffer; Linux 6.0 or newer is needed",
                        (argument, _) -> argument.set("flags", flags(mode)).set("fd", number)));
    }

    /**
     * Whether nobody writes the buffer: whether a reader need not wait.
     *
     * @return true if it may be read now; may be false for a moment although it may, when others ask at the same time
     */
    public boolean isReadable() {
        return (poll() & Devices.IN) != 0;
    }

    /**
     * Whether nobody reads or writes the buffer: whether a writer need not wait.
     *
     * @return true if it may be written now; may be false for a moment although it may, when others ask at the same time
     */
    public boolean isWritable() {
        return (poll() & Devices.OUT) != 0;
    }

    private int poll() {
        return fd().use(number -> Devices.poll(number, Devices.IN | Devices.OUT));
    }

    /**
     * What an access has to wait for, by {@code poll}: like {@link #exportSyncFile}, for kernels before 6.0 and for whoever wants to
     * wait for work that is added meanwhile, too. It is signalled once nobody stands in the way; that there were errors nobody tells.
     *
     * @param mode what the access does
     * @return a fence, which keeps a descriptor of its own until it is signalled
     * @throws SystemCallException if the limit of open files is reached
     */
    public DmaFence pollFence(AccessMode mode) throws SystemCallException {
        return DescriptorFence.of(fd(), mode.writes() ? FdInterest.WRITABLE : FdInterest.READABLE, "dma-buf");
    }

    /**
     * Maps the buffer into this process.
     *
     * @param writable whether the mapping may be written
     * @return the pages, with a descriptor of their own; the caller owns them
     * @throws SystemCallException if the exporter does not let the CPU reach the memory, or the descriptor is read-only
     */
    public KernelPages map(boolean writable) throws SystemCallException {
        return KernelPages.map(dup(), writable);
    }

    /**
     * Begins CPU access. Waits in the kernel for the implicit fences that stand in the way, and is not interrupted meanwhile: not
     * for a virtual thread, unless {@link #isReadable()} or {@link #isWritable()} says that there are none. Accesses may nest
     * and overlap.
     *
     * @param mode what the CPU will do
     * @throws SystemCallException if the exporter refuses
     * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_buf_sync">struct dma_buf_sync</a>
     */
    public void beginCpuAccess(AccessMode mode) throws SystemCallException {
        sync(flags(mode) | DmaBufUapi.DMA_BUF_SYNC_START);
    }

    /**
     * Ends CPU access. Waits for nothing.
     *
     * @param mode what it was begun for
     * @throws SystemCallException if the exporter refuses
     */
    public void endCpuAccess(AccessMode mode) throws SystemCallException {
        sync(flags(mode) | DmaBufUapi.DMA_BUF_SYNC_END);
    }

    private void sync(int flags) throws SystemCallException {
        MemorySegment argument = SYNC_FLAGS.asSlice((long) flags * Long.BYTES, Long.BYTES);
        check(
                fd().use(number -> Ioctl.repeat(number, DmaBufUapi.DMA_BUF_IOCTL_SYNC, argument)),
                "DMA_BUF_IOCTL_SYNC",
                "a buffer refuses CPU access");
    }

    private static int flags(AccessMode mode) {
        return switch (mode) {
            case READ -> DmaBufUapi.DMA_BUF_SYNC_READ;
            case WRITE -> DmaBufUapi.DMA_BUF_SYNC_WRITE;
            case READ_WRITE -> DmaBufUapi.DMA_BUF_SYNC_READ | DmaBufUapi.DMA_BUF_SYNC_WRITE;
        };
    }

    static int check(int answer, String call, String sentence) throws SystemCallException {
        if (answer < 0) {
            throw new SystemCallException(call, new Errno(-answer), sentence);
        }
        return answer;
    }

    /** Closes the descriptor, unless it is borrowed. Idempotent. */
    @Override
    public void close() {
        closed = true;
        if (owned != null) {
            owned.close();
        }
    }

    @Override
    public String toString() {
        return "dma-buf inode " + inode() + ", " + size() + " bytes";
    }
}
