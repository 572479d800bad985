package io.github.dmabuf4j.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.github.dmabuf4j.buffer.AccessMode;
import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.linux.MemfdBacking;
import io.github.dmabuf4j.linux.MemfdPages;
import io.github.dmabuf4j.linux.OwnedFd;
import io.github.dmabuf4j.linux.dmabuf.DmaHeapBacking;
import io.github.dmabuf4j.linux.dmabuf.KernelDmaBuf;
import io.github.dmabuf4j.linux.dmabuf.KernelPages;
import io.github.dmabuf4j.linux.dmabuf.UdmabufBacking;
import io.github.dmabuf4j.linux.dmabuf.UdmabufBacking.Range;
import io.github.dmabuf4j.linux.drm.DrmDevice;
import io.github.dmabuf4j.linux.drm.GemBuffer;
import io.github.dmabuf4j.linux.ioctl.DeviceNode;
import io.github.dmabuf4j.linux.ioctl.DmaBufUapi;
import io.github.dmabuf4j.linux.ioctl.Ioctl;
import io.github.dmabuf4j.linux.testing.LeakCheck;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the kernel's own programs for user space test of heaps and of udmabuf (its files
 * {@code selftests/dmabuf-heaps/dmabuf-heap.c} and {@code selftests/drivers/dma-buf/udmabuf.c}), through this library where it
 * lets such a call through, and by the bare call where it would refuse it before the kernel does. Without the two cases of huge
 * pages, of which this library makes no memory files.
 */
@Timeout(60)
@ExtendWith(LeakCheck.class)
class UpstreamSuite {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final int PAGE = 4096;
    private static final int MIB = 1 << 20;
    private static final int EBADFD = 77;
    private static final int O_RDWR_CLOEXEC = 0x80002;
    private static final Path HEAP = DmaHeapBacking.FOLDER.resolve("system");

    // ---- dmabuf-heap.c

    @Test
    void heapAllocAndImport() throws Exception {
        try (DmaHeapBacking heap = DmaHeapBacking.open("system");
                KernelDmaBuf buffer = heap.allocate(MIB);
                DrmDevice vgem = DrmDevice.find("vgem").orElseThrow()) {
            try (GemBuffer imported = vgem.importBuffer(buffer)) {
                assertThat(imported.handle()).isPositive();
            }
            buffer.beginCpuAccess(AccessMode.READ_WRITE);
            fill(buffer, (byte) 0xff);
            buffer.endCpuAccess(AccessMode.READ_WRITE);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {PAGE, MIB})
    void heapAllocZeroed(int size) throws Exception {
        try (DmaHeapBacking heap = DmaHeapBacking.open("system")) {
            List<KernelDmaBuf> buffers = allocate(heap, size);
            for (KernelDmaBuf buffer : buffers) {
                fill(buffer, (byte) 0xff);
                buffer.close();
            }
            for (KernelDmaBuf buffer : allocate(heap, size)) {
                assertThat(bytes(buffer)).containsOnly(0);
                buffer.close();
            }
        }
    }

    private static List<KernelDmaBuf> allocate(DmaHeapBacking heap, int size) throws IOException {
        List<KernelDmaBuf> buffers = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            buffers.add(heap.allocate(size));
        }
        return buffers;
    }

    /** A structure of another time: 16 bytes before it had flags of the heap, 48 with members that nobody knows yet. */
    @ParameterizedTest
    @ValueSource(ints = {16, 48})
    void heapAllocCompat(int structSize) throws Exception {
        try (Arena arena = Arena.ofConfined();
                OwnedFd heap = DeviceNode.open(HEAP, false, "")) {
            MemorySegment request = arena.allocate(structSize, 8);
            request.set(LONG, 0, PAGE);
            request.set(INT, 12, O_RDWR_CLOEXEC);
            if (structSize > 24) {
                request.asSlice(24).fill((byte) 0x5a);
            }
            int number = DmaBufUapi.DMA_HEAP_IOCTL_ALLOC & ~(0x3fff << 16) | structSize << 16;
            int answer = heap.borrow().use(fd -> Ioctl.repeat(fd, number, request));
            assertThat(answer).isZero();
            try (KernelDmaBuf buffer = KernelDmaBuf.adopt(OwnedFd.adopt(request.get(INT, 8)))) {
                assertThat(buffer.size()).isEqualTo(PAGE);
            }
        }
    }

    @Test
    void heapAllocErrors() throws Exception {
        assertThat(allocate(MIB, ~O_RDWR_CLOEXEC, 0)).as("descriptor flags").isEqualTo(-Errno.EINVAL.number());
        assertThat(allocate(MIB, O_RDWR_CLOEXEC, 0x111111)).as("heap flags").isEqualTo(-Errno.EINVAL.number());
        try (Arena arena = Arena.ofConfined();
                MemfdPages file = new MemfdBacking().give(PAGE, "no heap")) {
            MemorySegment request = request(arena, MIB, O_RDWR_CLOEXEC, 0);
            int answer = file.fd().use(fd -> Ioctl.repeat(fd, DmaBufUapi.DMA_HEAP_IOCTL_ALLOC, request));
            assertThat(answer).as("a file that is no heap").isEqualTo(-Errno.ENOTTY.number());
        }
    }

    private static int allocate(long size, int descriptorFlags, long heapFlags) throws IOException {
        try (Arena arena = Arena.ofConfined();
                OwnedFd heap = DeviceNode.open(HEAP, false, "")) {
            MemorySegment request = request(arena, size, descriptorFlags, heapFlags);
            return heap.borrow().use(fd -> Ioctl.repeat(fd, DmaBufUapi.DMA_HEAP_IOCTL_ALLOC, request));
        }
    }

    private static MemorySegment request(Arena arena, long size, int descriptorFlags, long heapFlags) {
        return DmaBufUapi.HEAP_ALLOCATION
                .allocate(arena)
                .setLong("len", size)
                .set("fd_flags", descriptorFlags)
                .setLong("heap_flags", heapFlags)
                .memory();
    }

    /** The kernel cannot write its answer down: it must not leave a descriptor behind that nobody knows. */
    @Test
    void heapAllocIntoReadOnlyMemory() throws Exception {
        try (Arena arena = Arena.ofConfined();
                OwnedFd heap = DeviceNode.open(HEAP, false, "");
                MemfdPages memory = new MemfdBacking().give(PAGE, "read-only")) {
            memory.lease(arena, true).copyFrom(request(arena, PAGE, O_RDWR_CLOEXEC, 0));
            try (MemfdPages readOnly = MemfdPages.borrow(memory.fd(), PAGE, false)) {
                MemorySegment request = readOnly.lease(arena, false);
                List<String> before = descriptors();
                int answer = heap.borrow().use(fd -> Ioctl.repeat(fd, DmaBufUapi.DMA_HEAP_IOCTL_ALLOC, request));
                assertThat(answer).isEqualTo(-Errno.EFAULT.number());
                List<String> left = new ArrayList<>(descriptors());
                left.removeAll(before);
                for (String number : left) {
                    OwnedFd.adopt(Integer.parseInt(number)).close();
                }
                assumeFalse(!left.isEmpty(), "this kernel leaves a descriptor behind when it cannot give it away");
            }
        }
    }

    private static List<String> descriptors() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            // Without the one that the list itself is read by.
            return files.filter(file -> !isFolder(file))
                    .map(file -> file.getFileName().toString())
                    .toList();
        }
    }

    private static boolean isFolder(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().endsWith("/fd");
        } catch (IOException gone) {
            return true;
        }
    }

    // ---- udmabuf.c

    @Test
    void udmabufOffsetNotPageAligned() throws Exception {
        assertThat(udmabuf(PAGE / 2, PAGE)).isEqualTo(-Errno.EINVAL.number());
    }

    @Test
    void udmabufSizeNotPageMultiple() throws Exception {
        assertThat(udmabuf(0, PAGE / 2)).isEqualTo(-Errno.EINVAL.number());
    }

    private static int udmabuf(long offset, long size) throws IOException {
        try (MemfdPages file = new MemfdBacking().give(4 * PAGE, "parts")) {
            return file.fd().use(memory -> udmabuf(memory, offset, size));
        }
    }

    private static int udmabuf(int memory, long offset, long size) {
        try (Arena arena = Arena.ofConfined();
                OwnedFd device = DeviceNode.open(Path.of("/dev/udmabuf"), false, "")) {
            MemorySegment request = DmaBufUapi.UDMABUF
                    .allocate(arena)
                    .set("memfd", memory)
                    .set("flags", DmaBufUapi.UDMABUF_FLAGS_CLOEXEC)
                    .setLong("offset", offset)
                    .setLong("size", size)
                    .memory();
            return device.borrow().use(fd -> Ioctl.repeat(fd, DmaBufUapi.UDMABUF_CREATE, request));
        } catch (IOException closed) {
            throw new AssertionError(closed);
        }
    }

    @Test
    void udmabufOfNoMemoryFile() throws Exception {
        try (OwnedFd device = DeviceNode.open(Path.of("/dev/null"), false, "")) {
            int answer = device.borrow().use(none -> udmabuf(none, 0, PAGE));
            assertThat(answer).isEqualTo(-EBADFD);
        }
    }

    @Test
    void udmabufOfFourPages() throws Exception {
        try (UdmabufBacking udmabuf = UdmabufBacking.open();
                MemfdPages file = new MemfdBacking().give(4 * PAGE, "four");
                KernelDmaBuf buffer = udmabuf.export(file)) {
            assertThat(buffer.size()).isEqualTo(4 * PAGE);
        }
    }

    /** Four pages from each quarter of a file, written through the file after the buffer was made of them, and before. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void udmabufOfAList(boolean writtenBefore) throws Exception {
        int pages = 1024;
        try (UdmabufBacking udmabuf = UdmabufBacking.open();
                MemfdPages file = new MemfdBacking().give((long) pages * PAGE, "list")) {
            if (writtenBefore) {
                number(file, 1);
            }
            List<Range> ranges = IntStream.range(0, 4)
                    .mapToObj(i -> new Range(file, (long) i * pages / 4 * PAGE, 4 * PAGE))
                    .toList();
            try (KernelDmaBuf buffer = udmabuf.export(ranges);
                    KernelPages mapped = buffer.map(false);
                    Arena arena = Arena.ofConfined()) {
                number(file, 2);
                MemorySegment view = mapped.lease(arena, false);
                for (int page = 0; page < 16; page++) {
                    int ofFile = page / 4 * pages / 4 + page % 4;
                    assertThat(view.get(INT, (long) page * PAGE)).isEqualTo(ofFile * 2);
                }
                mapped.settle(view, false);
            }
        }
    }

    private static void number(MemfdPages file, int factor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment view = file.lease(arena, true);
            for (int page = 0; page < file.size() / PAGE; page++) {
                view.set(INT, (long) page * PAGE, page * factor);
            }
        }
    }

    @Test
    void theLibraryRefusesBeforeTheKernel() throws Exception {
        try (MemfdPages file = new MemfdBacking().give(4 * PAGE, "parts")) {
            assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> new Range(file, PAGE / 2, PAGE));
            assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> new Range(file, 0, PAGE / 2));
        }
    }

    private static void fill(KernelDmaBuf buffer, byte value) throws IOException {
        try (KernelPages pages = buffer.map(true);
                Arena arena = Arena.ofConfined()) {
            MemorySegment view = pages.lease(arena, true);
            view.fill(value);
            pages.settle(view, true);
        }
    }

    private static byte[] bytes(KernelDmaBuf buffer) throws IOException {
        try (KernelPages pages = buffer.map(false);
                Arena arena = Arena.ofConfined()) {
            MemorySegment view = pages.lease(arena, false);
            byte[] bytes = view.toArray(ValueLayout.JAVA_BYTE);
            pages.settle(view, false);
            return bytes;
        }
    }
}
