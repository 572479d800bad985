package io.github.dmabuf4j.buffer.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.dmabuf4j.buffer.AccessMode;
import io.github.dmabuf4j.buffer.AllocationRequest;
import io.github.dmabuf4j.buffer.BufferClosedException;
import io.github.dmabuf4j.buffer.CpuAccess;
import io.github.dmabuf4j.buffer.DmaBuf;
import io.github.dmabuf4j.buffer.DmaHeap;
import io.github.dmabuf4j.buffer.HeapExhaustedException;
import io.github.dmabuf4j.buffer.HeapLimits;
import io.github.dmabuf4j.buffer.HeapStats;
import io.github.dmabuf4j.buffer.OwnerUsage;
import io.github.dmabuf4j.buffer.ProtectedMemoryException;
import io.github.dmabuf4j.memory.Caching;
import io.github.dmabuf4j.memory.PageBacking;
import io.github.dmabuf4j.memory.UnsupportedCachingException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every heap does, whatever it is made of. A subclass says on which memory. */
@Timeout(120)
public abstract class HeapContract {
    /** The memory under test. */
    protected PageBacking backing;

    private long page;
    private CountingMaintenance maintenance;

    /** Memory of at least 1,024 pages, all free. */
    protected abstract PageBacking freshBacking();

    /** How much of the memory is out, in bytes; 0 if something else finds leaks of it. */
    protected abstract long outBytes();

    @BeforeEach
    void start() {
        backing = freshBacking();
        page = backing.pageSize();
        maintenance = new CountingMaintenance(backing.maintenance());
    }

    private DmaHeap heap(HeapMaker maker) throws IOException {
        return heap(maker, HeapLimits.DEFAULT);
    }

    private DmaHeap heap(HeapMaker maker, HeapLimits limits) throws IOException {
        return maker.make(backing, limits, maintenance);
    }

    private static Stream<Caching> offered(DmaHeap heap) {
        return Arrays.stream(Caching.values()).filter(heap::offers);
    }

    @ParameterizedTest
    @EnumSource
    void aBufferHasTheSizeTheNameTheOwnerAndNothingInIt(HeapMaker maker) throws IOException {
        try (DmaHeap heap = heap(maker)) {
            for (Caching caching : offered(heap).toList()) {
                AllocationRequest request = AllocationRequest.of(5 * page + 1)
                        .named("frame")
                        .with(caching)
                        .onAccountOf("camera");
                long size = maker.rounded(backing, 5 * page + 1);
                try (DmaBuf buffer = heap.allocate(request)) {
                    assertThat(buffer.size()).isEqualTo(size);
                    assertThat(buffer.name()).isEqualTo("frame");
                    assertThat(buffer.exporterName()).isEqualTo(heap.name());
                    assertThat(buffer.info().owner()).isEqualTo("camera");
                    assertThat(heap.owners()).isEqualTo(Map.of("camera", new OwnerUsage(1, size)));
                    assertThat(heap.stats().liveBuffers()).isEqualTo(1);
                    assertThat(heap.stats().liveBytes()).isEqualTo(size);
                    if (maker.reachable()) {
                        assertThat(buffer.pages().caching()).isEqualTo(caching);
                    }
                    assertZero(maker, buffer, "fresh, " + caching);
                }
                assertThat(heap.owners()).isEmpty();
                assertThat(heap.stats().liveBytes()).isZero();
            }
        }
        assertThat(outBytes()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void everyByteOfRecycledMemoryIsZero(HeapMaker maker) throws IOException {
        try (DmaHeap heap = heap(maker)) {
            for (int round = 0; round < 3; round++) {
                for (Caching caching : offered(heap).toList()) {
                    List<DmaBuf> buffers = new ArrayList<>();
                    for (int pages : new int[] {16, 3, 1, 20}) {
                        DmaBuf buffer =
                                heap.allocate(AllocationRequest.of(pages * page).with(caching));
                        assertZero(maker, buffer, "round " + round + ", " + caching + ", pages " + pages);
                        soil(maker, buffer);
                        buffers.add(buffer);
                    }
                    buffers.forEach(DmaBuf::close);
                    if (round == 1) {
                        heap.awaitIdle();
                    }
                }
            }
        }
        assertThat(outBytes()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void badRequestsChangeNothing(HeapMaker maker) throws IOException {
        try (DmaHeap heap = heap(maker)) {
            for (long size : new long[] {0, -1, Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE - page + 2}) {
                assertThatIllegalArgumentException().isThrownBy(() -> heap.allocate(size));
            }
            assertThatExceptionOfType(HeapExhaustedException.class).isThrownBy(() -> heap.allocate(1L << 56));
            assertThatIllegalArgumentException().isThrownBy(() -> heap.allocate(page, "n".repeat(32)));
            for (Caching caching : Caching.values()) {
                if (!heap.offers(caching)) {
                    assertThatExceptionOfType(UnsupportedCachingException.class)
                            .isThrownBy(() ->
                                    heap.allocate(AllocationRequest.of(page).with(caching)))
                            .matches(refused -> refused.caching() == caching);
                }
            }
            assertThat(heap.stats().liveBuffers()).isZero();
            assertThat(heap.stats().liveBytes()).isZero();
            assertThat(heap.owners()).isEmpty();
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> heap(maker, new HeapLimits(0, -1, 0)));
        }
        assertThat(outBytes()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void aClosedHandleRefusesAndTheAccountStaysExact(HeapMaker maker) throws IOException {
        try (DmaHeap heap = heap(maker)) {
            DmaBuf buffer = heap.allocate(page);
            DmaBuf second = buffer.dup();
            buffer.close();
            buffer.close();
            assertThat(heap.stats().liveBuffers()).isEqualTo(1);
            assertThatExceptionOfType(BufferClosedException.class).isThrownBy(buffer::dup);
            second.close();
            second.close();
            assertThat(heap.stats().liveBuffers()).isZero();
            assertThat(heap.owners()).isEmpty();
        }
        assertThat(outBytes()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void limitsAndQuotasRefuseAtOnce(HeapMaker maker) throws IOException {
        try (DmaHeap heap = heap(maker, new HeapLimits(1 << 20, 16 * page, 8 * page))) {
            AllocationRequest four = AllocationRequest.of(4 * page);
            DmaBuf first = heap.allocate(four.onAccountOf("greedy"));
            DmaBuf second = heap.allocate(four.onAccountOf("greedy"));
            assertThatExceptionOfType(HeapExhaustedException.class)
                    .isThrownBy(() -> heap.allocate(four.onAccountOf("greedy")))
                    .withMessageContaining("greedy has " + 8 * page + " of its quota of " + 8 * page);
            DmaBuf third = heap.allocate(four.onAccountOf("modest"));
            DmaBuf fourth = heap.allocate(four);
            assertThatExceptionOfType(HeapExhaustedException.class)
                    .isThrownBy(() -> heap.allocate(four))
                    .withMessageContaining("bytes it may give are out")
                    .matches(refused -> refused.free() == 0 && refused.requested() == 4 * page);
            assertThat(heap.owners())
                    .isEqualTo(Map.of(
                            "greedy", new OwnerUsage(2, 8 * page),
                            "modest", new OwnerUsage(1, 4 * page),
                            "", new OwnerUsage(1, 4 * page)));
            second.close();
            heap.allocate(four.onAccountOf("greedy")).close();
            first.close();
            third.close();
            fourth.close();
            assertThat(heap.owners()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void anExhaustedRegionSaysHowMuchIsFreeAndGivesAllAgain(HeapMaker maker) throws IOException {
        if (!maker.hasRegion()) {
            return; // memory of the system ends elsewhere: see the machine's own test
        }
        try (DmaHeap heap = heap(maker)) {
            int unit = HeapMaker.CHUNK_PAGES;
            List<DmaBuf> all = new ArrayList<>();
            for (int i = 0; i < HeapMaker.REGION_PAGES / unit; i++) {
                all.add(soil(maker, heap.allocate(unit * page)));
            }
            for (int i = 0; i < all.size(); i += 2) {
                all.get(i).close();
            }
            heap.awaitIdle();
            HeapStats before = heap.stats();
            long half = HeapMaker.REGION_PAGES / 2 * page;
            assertThatExceptionOfType(HeapExhaustedException.class)
                    .isThrownBy(() -> heap.allocate(half + 1))
                    .matches(full -> full.free() == half && full.largestRun() == unit * page)
                    .withMessageContaining(half + " bytes are free, and the longest run of them has " + unit * page);
            assertThat(heap.stats()).isEqualTo(before);
            all.forEach(DmaBuf::close);
            try (DmaBuf everything = heap.allocate(HeapMaker.REGION_PAGES * page)) {
                assertZero(maker, everything, "the whole region");
            }
            assertThatExceptionOfType(HeapExhaustedException.class)
                    .isThrownBy(() -> heap.allocate(HeapMaker.REGION_PAGES * page + 1));
        }
        assertThat(outBytes()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void whatIsLargerThanEverythingIsRefusedBeforeAnythingIsGivenBack(HeapMaker maker) throws IOException {
        try (DmaHeap heap = heap(maker)) {
            heap.allocate(HeapMaker.CHUNK_PAGES * page).close();
            heap.awaitIdle();
            HeapStats before = heap.stats();
            if (heap.capacity() == Long.MAX_VALUE) {
                // Only the system knows, when it is asked.
                assertThatExceptionOfType(HeapExhaustedException.class)
                        .isThrownBy(() -> heap.allocate(1L << 56))
                        .matches(refused -> refused.requested() == 1L << 56)
                        .matches(refused -> refused.free() == -1 || refused.free() < refused.requested());
                return;
            }
            long kept = maker.hasRegion() ? 0 : before.pooledBytes();
            long free = maker.hasRegion() ? HeapMaker.REGION_PAGES * page : heap.capacity() - kept;
            assertThatExceptionOfType(HeapExhaustedException.class)
                    .isThrownBy(() -> heap.allocate(heap.capacity() + 1))
                    .matches(refused -> refused.free() == free, "free " + free)
                    .matches(refused -> refused.largestRun() == free, "in one run")
                    .withMessageContaining(free + "")
                    .withMessageContaining("the longest run of them has " + free);
            assertThat(heap.stats()).isEqualTo(before);
        }
        assertThat(outBytes()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void sharedMemoryGetsNoOtherOwner(HeapMaker maker) throws IOException {
        try (DmaHeap heap = heap(maker)) {
            DmaBuf buffer = heap.allocate(HeapMaker.CHUNK_PAGES * page);
            buffer.markShared();
            long dropped = heap.stats().dropped();
            buffer.close();
            heap.awaitIdle();
            assertThat(heap.stats().dropped()).isGreaterThan(dropped);
            assertThat(heap.stats().liveBytes()).isZero();
            if (maker.hasRegion()) {
                assertThatExceptionOfType(HeapExhaustedException.class)
                        .isThrownBy(() -> heap.allocate(HeapMaker.REGION_PAGES * page))
                        .matches(full -> full.free() == (HeapMaker.REGION_PAGES - HeapMaker.CHUNK_PAGES) * page);
            } else {
                assertThat(heap.stats().pooledBytes()).isZero();
            }
        }
        assertThat(outBytes()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void buffersOutliveTheirHeap(HeapMaker maker) throws IOException {
        DmaHeap heap = heap(maker);
        DmaBuf buffer = heap.allocate(3 * page);
        heap.close();
        heap.close();
        assertThatIllegalStateException().isThrownBy(() -> heap.allocate(page));
        assertZero(maker, buffer, "still there");
        soil(maker, buffer);
        buffer.close();
        assertThat(heap.stats().liveBytes()).isZero();
        assertThat(outBytes()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void memoryIsMaintainedOnceWhenItBecomesUncached(HeapMaker maker) throws IOException {
        try (DmaHeap heap = heap(maker)) {
            Caching caching = heap.offers(Caching.UNCACHED) ? Caching.UNCACHED : Caching.CACHED;
            // Memory that the CPU does not map is taken out of the caches whatever the backing offers.
            boolean uncached = caching == Caching.UNCACHED || !maker.reachable();
            AllocationRequest request = AllocationRequest.of(8 * page).with(caching);
            heap.allocate(request).close();
            heap.awaitIdle();
            assertThat(maintenance.uncached).hasValue(uncached ? 8 * page : 0);
            assertThat(heap.stats().maintainedBytes()).isEqualTo(maintenance.maintained.get());
            assertThat(heap.stats().savedBytes()).isZero();
            boolean stays = maker.keeps() && backing.offers(Caching.UNCACHED);
            for (int hit = 1; hit <= 3; hit++) {
                heap.allocate(request).close();
                heap.awaitIdle();
                long times = stays ? 1 : hit + 1;
                assertThat(maintenance.uncached).hasValue(uncached ? times * 8 * page : 0);
                assertThat(heap.stats().savedBytes()).isEqualTo(uncached && stays ? hit * 8 * page : 0);
            }
        }
        assertThat(outBytes()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void randomOperationsAgreeWithAModel(HeapMaker maker) throws IOException {
        new HeapModel(maker, this::freshBacking).runAll(runs(), operations());
        assertThat(outBytes()).isZero();
    }

    /** How many sequences of random operations are run. */
    protected int runs() {
        return 10;
    }

    /** How long each is. */
    protected int operations() {
        return 300;
    }

    /** Reads every byte. Memory that the CPU does not reach is refused. */
    static void assertZero(HeapMaker maker, DmaBuf buffer, String where) {
        if (!maker.reachable()) {
            assertThatExceptionOfType(ProtectedMemoryException.class)
                    .isThrownBy(() -> buffer.beginCpuAccess(AccessMode.READ));
            return;
        }
        try (CpuAccess access = buffer.beginCpuAccess(AccessMode.READ)) {
            MemorySegment zeros = MemorySegment.ofArray(new byte[(int) buffer.size()]);
            assertThat(access.segment().mismatch(zeros)).as(where).isEqualTo(-1);
        }
    }

    static DmaBuf soil(HeapMaker maker, DmaBuf buffer) {
        if (maker.reachable()) {
            try (CpuAccess access = buffer.beginCpuAccess(AccessMode.WRITE)) {
                access.segment().fill((byte) 0xA5);
            }
        }
        return buffer;
    }
}
