package io.github.dmabuf4j.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.dmabuf4j.buffer.AccessMode;
import io.github.dmabuf4j.buffer.CpuAccess;
import io.github.dmabuf4j.buffer.DmaBuf;
import io.github.dmabuf4j.buffer.DmaHeap;
import io.github.dmabuf4j.buffer.HeapExhaustedException;
import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.fence.FenceStatus;
import io.github.dmabuf4j.linux.MemfdBacking;
import io.github.dmabuf4j.linux.MemfdPages;
import io.github.dmabuf4j.linux.OwnedFd;
import io.github.dmabuf4j.linux.SystemCallException;
import io.github.dmabuf4j.linux.TimelinePage;
import io.github.dmabuf4j.linux.UnsafeDescriptorException;
import io.github.dmabuf4j.linux.dmabuf.DmaHeapBacking;
import io.github.dmabuf4j.linux.dmabuf.Heaps;
import io.github.dmabuf4j.linux.dmabuf.KernelDmaBuf;
import io.github.dmabuf4j.linux.dmabuf.KernelPages;
import io.github.dmabuf4j.linux.dmabuf.UdmabufBacking;
import io.github.dmabuf4j.linux.dmabuf.UdmabufBacking.Range;
import io.github.dmabuf4j.linux.sync.KernelSyncFile;
import io.github.dmabuf4j.linux.testing.LeakCheck;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real dma-bufs from the heaps of the kernel and from memory files. */
@Timeout(60)
@ExtendWith(LeakCheck.class)
class DmaBufSuite {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final long PAGE = 4096;

    @Test
    void heapsOfDmaBufsComeFirst() throws Exception {
        assertThat(Heaps.available()).startsWith(Heaps.DMA_HEAP, Heaps.UDMABUF).endsWith(Heaps.MEMFD);
        try (DmaHeap best = Heaps.best()) {
            assertThat(best.name()).isEqualTo("dma-heap system");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Heaps.DMA_HEAP, Heaps.UDMABUF})
    void heapGivesZeroedDmaBufs(String heapName) throws Exception {
        try (DmaHeap heap = Heaps.open(heapName)) {
            long inode;
            try (DmaBuf buffer = heap.allocate(3 * PAGE - 1, "lab buffer")) {
                KernelPages pages = (KernelPages) buffer.pages();
                inode = pages.dmaBuf().inode();
                assertThat(buffer.size())
                        .isEqualTo(3 * PAGE)
                        .isEqualTo(pages.dmaBuf().size());
                assertThat(pages.dmaBuf().name()).isEqualTo("lab buffer");
                assertThat(pages.dmaBuf().exporterName())
                        .isEqualTo(heapName.equals(Heaps.UDMABUF) ? "udmabuf" : "system");
                assertThat(bufinfo()).contains("lab buffer").contains(String.format("%08d", inode));
                try (CpuAccess access = buffer.beginCpuAccess(AccessMode.READ_WRITE)) {
                    MemorySegment all = access.segment();
                    assertThat(all.mismatch(MemorySegment.ofArray(new byte[(int) all.byteSize()])))
                            .isEqualTo(-1);
                    all.set(INT, 2 * PAGE, 42);
                }
                try (CpuAccess access = buffer.beginCpuAccess(AccessMode.READ)) {
                    assertThat(access.segment().get(INT, 2 * PAGE)).isEqualTo(42);
                    assertThat(access.segment().isReadOnly()).isTrue();
                }
            }
        }
        assertThat(bufinfo()).doesNotContain("lab buffer");
    }

    @Test
    void memoryFileAndUdmabufAreTheSamePages() throws Exception {
        try (UdmabufBacking udmabuf = UdmabufBacking.open();
                KernelPages pages = udmabuf.give(2 * PAGE, "both")) {
            MemfdPages file = pages.memoryFile();
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment asBuffer = pages.lease(arena, true);
                MemorySegment asFile = file.lease(arena, true);
                asFile.set(INT, PAGE, 7);
                assertThat(asBuffer.get(INT, PAGE)).isEqualTo(7);
                asBuffer.set(INT, 0, 8);
                assertThat(asFile.get(INT, 0)).isEqualTo(8);
                pages.settle(asBuffer, true);
            }
        }
    }

    @Test
    void oneBufferOfManyRangesHasThemInTheirOrder() throws Exception {
        MemfdBacking files = new MemfdBacking();
        try (UdmabufBacking udmabuf = UdmabufBacking.open();
                MemfdPages first = files.give(2 * PAGE, "first");
                MemfdPages second = files.give(PAGE, "second")) {
            put(first, 0, 10);
            put(first, PAGE, 11);
            put(second, 0, 20);
            List<Range> ranges = List.of(
                    new Range(second, 0, PAGE),
                    new Range(first, PAGE, PAGE),
                    new Range(first, 0, PAGE),
                    new Range(second, 0, PAGE));
            try (KernelDmaBuf buffer = udmabuf.export(ranges);
                    KernelPages pages = buffer.map(false);
                    Arena arena = Arena.ofConfined()) {
                assertThat(buffer.size()).isEqualTo(4 * PAGE);
                MemorySegment view = pages.lease(arena, false);
                assertThat(new int[] {
                            view.get(INT, 0), view.get(INT, PAGE), view.get(INT, 2 * PAGE), view.get(INT, 3 * PAGE)
                        })
                        .containsExactly(20, 11, 10, 20);
                pages.settle(view, false);
            }
        }
    }

    @Test
    void identityIsTheInodeWhicheverDescriptor() throws Exception {
        try (DmaHeapBacking heap = DmaHeapBacking.open("system");
                KernelDmaBuf one = heap.allocate(PAGE);
                KernelDmaBuf other = heap.allocate(PAGE);
                KernelDmaBuf again = KernelDmaBuf.adopt(one.fd().dup())) {
            assertThat(again.inode()).isEqualTo(one.inode()).isNotEqualTo(other.inode());
        }
    }

    @Test
    void nobodyWorksOnANewBuffer() throws Exception {
        try (DmaHeapBacking heap = DmaHeapBacking.open("system");
                KernelDmaBuf buffer = heap.allocate(PAGE);
                KernelSyncFile reader = buffer.exportSyncFile(AccessMode.READ);
                KernelSyncFile writer = buffer.exportSyncFile(AccessMode.WRITE)) {
            assertThat(buffer.isReadable()).isTrue();
            assertThat(buffer.isWritable()).isTrue();
            assertThat(reader.status()).isEqualTo(1);
            assertThat(writer.fence().status()).isEqualTo(FenceStatus.SIGNALED);
        }
    }

    @Test
    void whatTheMachineCannotGiveIsRefusedAndNobodyIsKilled() throws Exception {
        try (DmaHeap heap = Heaps.open(Heaps.DMA_HEAP)) {
            assertThatExceptionOfType(HeapExhaustedException.class)
                    .isThrownBy(() -> heap.allocate(1L << 40))
                    .withMessageContaining("can give only");
        }
    }

    @Test
    void foreignDescriptorsAreRefused() throws Exception {
        try (MemfdPages file = new MemfdBacking().give(PAGE, "a memory file");
                DmaHeapBacking heap = DmaHeapBacking.open("system");
                KernelDmaBuf buffer = heap.allocate(PAGE)) {
            OwnedFd memory = file.fd().dup();
            assertThatExceptionOfType(UnsafeDescriptorException.class)
                    .isThrownBy(() -> KernelDmaBuf.adopt(memory))
                    .withMessageContaining("no dma-buf");
            assertThat(memory.isClosed()).isTrue();
            assertThatExceptionOfType(UnsafeDescriptorException.class)
                    .isThrownBy(() -> KernelSyncFile.adopt(buffer.fd().dup()))
                    .withMessageContaining("no sync file");
            assertThatExceptionOfType(UnsafeDescriptorException.class)
                    .isThrownBy(() -> MemfdPages.adopt(buffer.fd().dup(), PAGE, true));
        }
    }

    @Test
    void missingHeapSaysWhichThereAre() {
        assertThatExceptionOfType(SystemCallException.class)
                .isThrownBy(() -> DmaHeapBacking.open("vanished"))
                .withMessageContaining("this kernel has")
                .withMessageContaining("system")
                .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT));
    }

    @Test
    void aFileWithoutTheRightSealsIsRefused() throws Exception {
        // Sealed so that nobody can write it from now on: no device may either.
        try (UdmabufBacking udmabuf = UdmabufBacking.open();
                TimelinePage sealed = TimelinePage.create("sealed", 64);
                MemfdPages pages = MemfdPages.adopt(sealed.fd().dup(), PAGE, false)) {
            assertThatExceptionOfType(SystemCallException.class)
                    .isThrownBy(() -> udmabuf.export(pages))
                    .withMessageContaining("seal")
                    .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL));
        }
    }

    @Test
    void aPartOutsideOfItsFileIsRefusedHere() throws Exception {
        try (MemfdPages pages = new MemfdBacking().give(PAGE, "small")) {
            assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> new Range(pages, PAGE, PAGE));
            assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> new Range(pages, 0, 100));
        }
    }

    private static void put(MemfdPages pages, long offset, int value) {
        try (Arena arena = Arena.ofConfined()) {
            pages.lease(arena, true).set(INT, offset, value);
        }
    }

    private static String bufinfo() throws Exception {
        return Files.readString(Path.of("/sys/kernel/debug/dma_buf/bufinfo"));
    }
}
