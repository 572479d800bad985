package io.github.dmabuf4j.linux.dmabuf;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.linux.MemfdBacking;
import io.github.dmabuf4j.linux.MemfdPages;
import io.github.dmabuf4j.linux.OwnedFd;
import io.github.dmabuf4j.linux.SystemCallException;
import io.github.dmabuf4j.linux.ioctl.CValue;
import io.github.dmabuf4j.linux.ioctl.DeviceNode;
import io.github.dmabuf4j.linux.ioctl.DmaBufUapi;
import io.github.dmabuf4j.linux.ioctl.Ioctl;
import io.github.dmabuf4j.linux.sys.Mappings;
import io.github.dmabuf4j.memory.PageBacking;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Pages from memory files of this process that are dma-bufs too, by {@code /dev/udmabuf}: a process can map them as memory, and a
 * device can import them. They are counted as the process's own memory.
 *
 * <p>All methods may be called from any thread.
 *
 * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html">Buffer sharing in the kernel's manual</a>
 */
public final class UdmabufBacking implements PageBacking, AutoCloseable {
    /** The device. */
    public static final Path NODE = Path.of("/dev/udmabuf");

    private static final Path PARAMETERS = Path.of("/sys/module/udmabuf/parameters");
    private static final Ioctl<OwnedFd> CREATE = Ioctl.of(
            "UDMABUF_CREATE", DmaBufUapi.UDMABUF_CREATE, DmaBufUapi.UDMABUF, (answer, _) -> DeviceNode.given(answer));

    /** Where bytes go that are read for nothing, so that the reads are made. */
    private static final AtomicInteger TOUCHED = new AtomicInteger();

    private final OwnedFd fd;
    private final MemfdBacking files = new MemfdBacking();

    private UdmabufBacking(OwnedFd fd) {
        this.fd = fd;
    }

    /**
     * A part of a memory file.
     *
     * @param pages the file; its beginning is that of the pages
     * @param offset where the part begins in the pages, a multiple of the page size
     * @param size its size in bytes, a multiple of the page size and not zero
     */
    public record Range(MemfdPages pages, long offset, long size) {
        /** Checks that the part is inside. */
        public Range {
            if (offset < 0 || size <= 0 || offset > pages.size() - size) {
                throw new IllegalArgumentException(size + " bytes at offset " + offset + " are not inside of " + pages);
            }
            if (offset % Mappings.pageSize() != 0 || size % Mappings.pageSize() != 0) {
                throw new IllegalArgumentException(
                        "a part has whole pages, not " + size + " bytes at offset " + offset);
            }
        }
    }

    /**
     * Opens the device.
     *
     * @return the source of pages, owned by the caller
     * @throws SystemCallException if the kernel has it not, or there is no permission
     */
    public static UdmabufBacking open() throws SystemCallException {
        return new UdmabufBacking(DeviceNode.open(NODE, false, "load the module udmabuf"));
    }

    @Override
    public String name() {
        return "udmabuf";
    }

    @Override
    public long pageSize() {
        return Mappings.pageSize();
    }

    @Override
    public KernelPages give(long size, String label) throws IOException {
        MemfdPages memory = files.give(size, label);
        try {
            KernelDmaBuf buffer = export(memory);
            try {
                buffer.setName(DmaHeapBacking.shorten(label));
            } catch (IOException | RuntimeException e) {
                buffer.close();
                throw e;
            }
            return KernelPages.map(buffer, true, memory);
        } catch (IOException | RuntimeException e) {
            memory.close();
            throw e;
        }
    }

    /**
     * Makes a dma-buf of a whole memory file. Both stay independent of each other: the pages live as long as either.
     *
     * @param pages the file; not sealed against writing
     * @return the buffer, owned by the caller
     * @throws SystemCallException if the file has the wrong seals, or is larger than the kernel takes
     */
    public KernelDmaBuf export(MemfdPages pages) throws IOException {
        touch(pages, 0, pages.size());
        return KernelDmaBuf.adopt(pages.fd()
                .use(number -> CREATE.call(
                        fd.borrow(),
                        "cannot make a dma-buf of " + pages + advice(),
                        (argument, _) -> argument.set("memfd", number)
                                .set("flags", DmaBufUapi.UDMABUF_FLAGS_CLOEXEC)
                                .setLong("offset", pages.offset())
                                .setLong("size", pages.size()))));
    }

    /**
     * Makes one dma-buf of parts of memory files, in their order. A part may appear more than once.
     *
     * @param ranges the parts, at least one
     * @return the buffer, owned by the caller
     * @throws IllegalArgumentException if there are none
     * @throws SystemCallException if a file has the wrong seals, or there are more parts or bytes than the kernel takes
     */
    public KernelDmaBuf export(List<Range> ranges) throws IOException {
        if (ranges.isEmpty()) {
            throw new IllegalArgumentException("a dma-buf is made of one part at least");
        }
        for (Range range : ranges) {
            touch(range.pages(), range.offset(), range.size());
        }
        try (Arena arena = Arena.ofConfined()) {
            long head = DmaBufUapi.UDMABUF_LIST.size();
            long item = DmaBufUapi.UDMABUF_ITEM.size();
            MemorySegment list = arena.allocate(head + item * ranges.size(), Long.BYTES);
            DmaBufUapi.UDMABUF_LIST
                    .element(list, 0)
                    .set("flags", DmaBufUapi.UDMABUF_FLAGS_CLOEXEC)
                    .set("count", ranges.size());
            return KernelDmaBuf.adopt(create(list, list.asSlice(head), ranges, 0));
        }
    }

    /**
     * Reads every page once. A page that was reserved and never touched is not cleared yet; the device would see what was
     * there before, and the first touch through the file would clear what the device had written.
     */
    private static void touch(MemfdPages pages, long offset, long size) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment view = pages.lease(arena, false);
            for (long at = offset; at < offset + size; at += Mappings.pageSize()) {
                TOUCHED.setOpaque(view.get(ValueLayout.JAVA_BYTE, at));
            }
        }
    }

    /** Keeps the descriptors of all files valid, one after the other, and then makes the call. */
    private OwnedFd create(MemorySegment list, MemorySegment items, List<Range> ranges, int index)
            throws SystemCallException {
        if (index < ranges.size()) {
            Range range = ranges.get(index);
            CValue item = DmaBufUapi.UDMABUF_ITEM.element(items, index);
            return range.pages().fd().use(number -> {
                item.set("memfd", number)
                        .setLong("offset", range.pages().offset() + range.offset())
                        .setLong("size", range.size());
                return create(list, items, ranges, index + 1);
            });
        }
        int answer = fd.borrow().use(number -> Ioctl.repeat(number, DmaBufUapi.UDMABUF_CREATE_LIST, list));
        if (answer < 0) {
            throw new SystemCallException(
                    "UDMABUF_CREATE_LIST",
                    new Errno(-answer),
                    "cannot make a dma-buf of " + ranges.size() + " parts" + advice());
        }
        return DeviceNode.given(answer);
    }

    private static String advice() {
        try {
            return "; the kernel takes " + parameter("list_limit") + " parts and " + parameter("size_limit_mb")
                    + " MiB, of memory files with the seal SHRINK and without WRITE and FUTURE_WRITE";
        } catch (IOException unknown) {
            return "; it takes memory files with the seal SHRINK and without WRITE and FUTURE_WRITE";
        }
    }

    private static String parameter(String name) throws IOException {
        return Files.readString(PARAMETERS.resolve(name)).strip();
    }

    /** Closes the device; what it gave stays. Idempotent. */
    @Override
    public void close() {
        fd.close();
    }
}
