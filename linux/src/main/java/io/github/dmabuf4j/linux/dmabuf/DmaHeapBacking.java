package io.github.dmabuf4j.linux.dmabuf;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.linux.OwnedFd;
import io.github.dmabuf4j.linux.SystemCallException;
import io.github.dmabuf4j.linux.SystemMemory;
import io.github.dmabuf4j.linux.ioctl.DeviceNode;
import io.github.dmabuf4j.linux.ioctl.DmaBufUapi;
import io.github.dmabuf4j.linux.ioctl.Ioctl;
import io.github.dmabuf4j.linux.sys.Mappings;
import io.github.dmabuf4j.memory.PageBacking;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Pages from a heap of the kernel, {@code /dev/dma_heap/NAME}: each run is a dma-buf of its own, that any device can import which
 * reaches such memory.
 *
 * <p>The system's heap has no limit of its own: a request that the machine cannot satisfy would make the kernel kill processes,
 * so it is refused here before. All methods may be called from any thread.
 *
 * @see <a href="https://docs.kernel.org/userspace-api/dma-buf-heaps.html">dma-buf heaps in the kernel's manual</a>
 */
public final class DmaHeapBacking implements PageBacking, AutoCloseable {
    /** Where the kernel's heaps are. */
    public static final Path FOLDER = Path.of("/dev/dma_heap");

    private static final int FD_FLAGS = 0x80002; // O_RDWR | O_CLOEXEC
    private static final Ioctl<OwnedFd> ALLOC = Ioctl.of(
            "DMA_HEAP_IOCTL_ALLOC",
            DmaBufUapi.DMA_HEAP_IOCTL_ALLOC,
            DmaBufUapi.HEAP_ALLOCATION,
            (_, answer) -> DeviceNode.given(answer.get("fd")));

    private final String heap;
    private final OwnedFd fd;

    private DmaHeapBacking(String heap, OwnedFd fd) {
        this.heap = heap;
        this.fd = fd;
    }

    /**
     * The heaps that the kernel has, whether this process may use them or not.
     *
     * @return their names, sorted
     */
    public static List<String> names() {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> heaps = Files.newDirectoryStream(FOLDER)) {
            heaps.forEach(path -> names.add(path.getFileName().toString()));
        } catch (NoSuchFileException | NotDirectoryException none) {
            return List.of();
        } catch (IOException | DirectoryIteratorException unreadable) {
            return List.of();
        }
        names.sort(null);
        return List.copyOf(names);
    }

    /**
     * Opens a heap.
     *
     * @param name its name in {@link #FOLDER}
     * @return the source of pages, owned by the caller
     * @throws IllegalArgumentException if the name is not that of a file in a folder
     * @throws SystemCallException if there is no such heap, or no permission
     */
    public static DmaHeapBacking open(String name) throws SystemCallException {
        if (name.isEmpty() || name.indexOf('/') >= 0 || name.startsWith(".")) {
            throw new IllegalArgumentException("a heap is called like a file in " + FOLDER + ", not \"" + name + "\"");
        }
        List<String> there = names();
        return new DmaHeapBacking(
                name,
                DeviceNode.open(
                        FOLDER.resolve(name),
                        false,
                        there.isEmpty() ? "this kernel has no heaps" : "this kernel has " + String.join(", ", there)));
    }

    @Override
    public String name() {
        return "dma-heap " + heap;
    }

    @Override
    public long pageSize() {
        return Mappings.pageSize();
    }

    /**
     * Allocates a dma-buf.
     *
     * @param size bytes; rounded up to whole pages
     * @return the buffer, owned by the caller
     * @throws SystemCallException if the heap or the system has no more
     */
    public KernelDmaBuf allocate(long size) throws IOException {
        long rounded = roundUp(size);
        long room = SystemMemory.room();
        if (rounded > room) {
            throw new SystemCallException(
                    "DMA_HEAP_IOCTL_ALLOC",
                    Errno.ENOMEM,
                    "the heap " + heap + " is asked for " + rounded + " bytes and the system can give only " + room
                            + "; free memory, or ask for less");
        }
        return KernelDmaBuf.adopt(ALLOC.call(
                fd.borrow(),
                "the heap " + heap + " does not give " + rounded + " bytes",
                (argument, _) -> argument.setLong("len", rounded).set("fd_flags", FD_FLAGS)));
    }

    @Override
    public KernelPages give(long size, String label) throws IOException {
        KernelDmaBuf buffer = allocate(size);
        try {
            buffer.setName(shorten(label));
        } catch (IOException | RuntimeException e) {
            buffer.close();
            throw e;
        }
        return KernelPages.map(buffer, true);
    }

    static String shorten(String label) {
        String text = label.replace('\0', '?');
        while (text.getBytes(StandardCharsets.UTF_8).length >= DmaBufUapi.DMA_BUF_NAME_LEN) {
            text = text.substring(0, text.length() - 1);
        }
        return text;
    }

    /** Closes the heap's node; what it gave stays. Idempotent. */
    @Override
    public void close() {
        fd.close();
    }
}
