package io.github.dmabuf4j.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.groups.Tuple.tuple;

import io.github.dmabuf4j.buffer.AccessMode;
import io.github.dmabuf4j.buffer.AllocationRequest;
import io.github.dmabuf4j.buffer.CarveoutHeap;
import io.github.dmabuf4j.buffer.ChunkHeap;
import io.github.dmabuf4j.buffer.CmaHeap;
import io.github.dmabuf4j.buffer.CpuAccess;
import io.github.dmabuf4j.buffer.DmaBuf;
import io.github.dmabuf4j.buffer.DmaHeap;
import io.github.dmabuf4j.buffer.HeapExhaustedException;
import io.github.dmabuf4j.buffer.HeapInfo;
import io.github.dmabuf4j.buffer.HeapKind;
import io.github.dmabuf4j.buffer.HeapLimits;
import io.github.dmabuf4j.buffer.HeapRegistry;
import io.github.dmabuf4j.buffer.SystemHeap;
import io.github.dmabuf4j.buffer.UnknownHeapException;
import io.github.dmabuf4j.memory.ArenaBacking;
import io.github.dmabuf4j.memory.CacheMaintenance;
import io.github.dmabuf4j.memory.Caching;
import io.github.dmabuf4j.memory.UnsupportedCachingException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The kernel's selftests/dmabuf-heaps, and ION's rules for finding a heap. */
@Family("heaps")
@InProcessOnly("user space names one heap of the kernel by one file; the kernel's own answers are cases of dma-buf")
class HeapsTest {
    private static final long PAGE = 4096;
    private static final long MIB = 1 << 20;

    private final ArenaBacking memory = new ArenaBacking();
    private final HeapRegistry registry = new HeapRegistry();
    private final DmaHeap system = new SystemHeap(memory);

    @AfterEach
    void close() {
        system.close();
        registry.query().forEach(each -> registry.heap(each.name()).close());
        assertThat(memory.given()).isZero();
    }

    private CarveoutHeap carveout(String name, long bytes) throws IOException {
        return new CarveoutHeap(name, memory, bytes, HeapLimits.DEFAULT, CacheMaintenance.COHERENT);
    }

    @Test
    @DisplayName("test_alloc_and_import: a MiB is allocated, filled and read")
    void allocAndFill() throws IOException {
        try (DmaBuf buffer = system.allocate(MIB)) {
            fill(buffer);
            try (CpuAccess access = buffer.beginCpuAccess(AccessMode.READ)) {
                byte[] expected = new byte[(int) MIB];
                Arrays.fill(expected, (byte) 0xff);
                assertThat(access.segment().mismatch(MemorySegment.ofArray(expected)))
                        .isEqualTo(-1);
            }
        }
    }

    @Test
    @DisplayName("test_alloc_zeroed: 32 buffers of a page that others have filled before are all zero")
    void allocZeroedPages() throws IOException {
        zeroed(PAGE);
    }

    @Test
    @DisplayName("test_alloc_zeroed: the same with a MiB each")
    void allocZeroedMebibytes() throws IOException {
        zeroed(MIB);
    }

    private void zeroed(long size) throws IOException {
        for (int round = 0; round < 2; round++) {
            List<DmaBuf> buffers = new ArrayList<>();
            for (int i = 0; i < 32; i++) {
                DmaBuf buffer = system.allocate(size);
                try (CpuAccess access = buffer.beginCpuAccess(AccessMode.READ)) {
                    assertThat(access.segment().mismatch(MemorySegment.ofArray(new byte[(int) size])))
                            .isEqualTo(-1);
                }
                fill(buffer);
                buffers.add(buffer);
            }
            buffers.forEach(DmaBuf::close);
        }
    }

    @Test
    @DisplayName("test_alloc_errors: what a heap does not offer is refused, and nothing is left of it")
    void allocErrors() {
        assertThatExceptionOfType(UnsupportedCachingException.class)
                .isThrownBy(() -> system.allocate(AllocationRequest.of(PAGE).with(Caching.WRITE_COMBINED)));
        assertThatIllegalArgumentException().isThrownBy(() -> system.allocate(0));
        assertThatIllegalArgumentException().isThrownBy(() -> system.allocate(Long.MAX_VALUE));
        assertThat(system.stats().liveBuffers()).isZero();
        assertThat(system.stats().misses()).isZero();
    }

    @Test
    @DisplayName("the length is rounded up to whole pages")
    void roundedUp() throws IOException {
        try (DmaBuf buffer = system.allocate(PAGE + 1)) {
            assertThat(buffer.size()).isEqualTo(2 * PAGE);
        }
    }

    @Test
    @DisplayName("dma_heap_add: a heap needs a name, and one that is not taken")
    void addHeap() throws IOException {
        registry.add(carveout("one", PAGE));
        CarveoutHeap twin = carveout("one", PAGE);
        CarveoutHeap nameless = carveout("", PAGE);
        assertThatIllegalArgumentException().isThrownBy(() -> registry.add(twin));
        assertThatIllegalArgumentException().isThrownBy(() -> registry.add(nameless));
        twin.close();
        nameless.close();
    }

    @Test
    @DisplayName("ION_IOC_HEAP_QUERY: heaps are numbered as they came, and listed the highest number first")
    void query() throws IOException {
        registry.add(carveout("first", PAGE));
        registry.add(new ChunkHeap("second", memory, 4 * PAGE, PAGE, HeapLimits.DEFAULT, CacheMaintenance.COHERENT));
        registry.add(new CmaHeap("third", memory, PAGE, HeapLimits.DEFAULT, CacheMaintenance.COHERENT));
        assertThat(registry.query())
                .extracting(HeapInfo::id, HeapInfo::name, HeapInfo::kind)
                .containsExactly(
                        tuple(2, "third", HeapKind.CMA),
                        tuple(1, "second", HeapKind.CHUNK),
                        tuple(0, "first", HeapKind.CARVEOUT));
        assertThat(Arrays.stream(HeapKind.values()).map(HeapKind::number)).containsExactly(0, 1, 2, 3, 4, 5);
    }

    @Test
    @DisplayName("ION_IOC_ALLOC: heaps of the mask are tried the highest number first; the first success wins")
    void allocByMask() throws IOException {
        registry.add(carveout("large", 8 * PAGE));
        registry.add(carveout("small", PAGE));
        try (DmaBuf first = registry.allocate(3, AllocationRequest.of(PAGE));
                DmaBuf second = registry.allocate(3, AllocationRequest.of(PAGE))) {
            assertThat(first.exporterName()).isEqualTo("small");
            assertThat(second.exporterName()).isEqualTo("large");
        }
    }

    @Test
    @DisplayName("ION_IOC_ALLOC: no heap of the mask is ENODEV; else the error of the last one tried counts")
    void allocByMaskErrors() throws IOException {
        registry.add(carveout("large", 8 * PAGE));
        registry.add(carveout("small", PAGE));
        assertThatExceptionOfType(UnknownHeapException.class)
                .isThrownBy(() -> registry.allocate(~3L, AllocationRequest.of(PAGE)));
        assertThatExceptionOfType(HeapExhaustedException.class)
                .isThrownBy(() -> registry.allocate(3, AllocationRequest.of(9 * PAGE)))
                .matches(full -> full.heap().equals("large"));
    }

    @Test
    @DisplayName("ION's chunk heap: each chunk is an entry of its own; carveout and CMA have one entry")
    void contiguous() throws IOException {
        registry.add(carveout("carveout", 8 * PAGE));
        try (DmaBuf buffer = registry.heap("carveout").allocate(5 * PAGE)) {
            assertThat(buffer.size()).isEqualTo(5 * PAGE);
        }
        registry.add(new ChunkHeap("chunk", memory, 8 * PAGE, 4 * PAGE, HeapLimits.DEFAULT, CacheMaintenance.COHERENT));
        try (DmaBuf buffer = registry.heap("chunk").allocate(5 * PAGE)) {
            assertThat(buffer.size()).as("two chunks").isEqualTo(8 * PAGE);
        }
        assertThat(HeapKind.CARVEOUT.isContiguous()).isTrue();
        assertThat(HeapKind.CMA.isContiguous()).isTrue();
        assertThat(HeapKind.CHUNK.isContiguous()).isFalse();
    }

    private static void fill(DmaBuf buffer) {
        try (CpuAccess access = buffer.beginCpuAccess(AccessMode.WRITE)) {
            access.segment().fill((byte) 0xff);
        }
    }
}
