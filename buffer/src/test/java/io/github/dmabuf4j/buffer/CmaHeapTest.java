package io.github.dmabuf4j.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.dmabuf4j.memory.ArenaBacking;
import io.github.dmabuf4j.memory.CacheMaintenance;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CmaHeapTest {
    private static final long PAGE = 4096;

    private final ArenaBacking arena = new ArenaBacking();

    private CmaHeap heap(int pages) throws IOException {
        return new CmaHeap("cma", arena, pages * PAGE, HeapLimits.DEFAULT, CacheMaintenance.COHERENT);
    }

    @AfterEach
    void nothingIsLeft() {
        assertThat(arena.given()).isZero();
    }

    @Test
    void buffersAreAligned() throws IOException {
        try (CmaHeap heap = heap(64);
                DmaBuf one = heap.allocate(PAGE);
                DmaBuf five = heap.allocate(5 * PAGE);
                DmaBuf sixteen = heap.allocate(16 * PAGE)) {
            // Page 0; the next multiple of 8; the next of 16.
            assertThat(offset(five) - offset(one)).isEqualTo(8 * PAGE);
            assertThat(offset(sixteen) - offset(one)).isEqualTo(16 * PAGE);
        }
    }

    @Test
    void aForgottenLodgerIsFoundAndGivenBack() throws IOException {
        try (CmaHeap heap = heap(16)) {
            long leaks = Hold.LEAKS.get();
            lodgeAndForget(heap);
            heap.lodge(PAGE, "closed").close();
            while (heap.lodgers().lodgers() > 0) {
                System.gc();
                Thread.onSpinWait();
            }
            assertThat(Hold.LEAKS.get()).isGreaterThan(leaks);
            heap.awaitIdle();
            assertThat(heap.stats().pooledBytes()).isEqualTo(16 * PAGE);
            assertThat(heap.stats().pooledBuffers()).isEqualTo(1);
        }
    }

    private static void lodgeAndForget(CmaHeap heap) throws IOException {
        Lodger forgotten = fill(heap.lodge(4 * PAGE, "forgotten"), 1);
        forgotten.pin();
        assertThat(heap.lodgers().areaBytes()).isEqualTo(4 * PAGE);
        assertThat(heap.stats().pooledBytes()).isEqualTo(12 * PAGE);
    }

    @Test
    void lodgersMakeRoomAndKeepTheirBytes() throws IOException {
        try (CmaHeap heap = heap(16);
                Lodger first = fill(heap.lodge(4 * PAGE, "first"), 1);
                Lodger second = fill(heap.lodge(4 * PAGE, "second"), 2)) {
            assertThat(heap.lodgers()).isEqualTo(new LodgerStats(2, 8 * PAGE, 0, 0));
            heap.allocate(8 * PAGE).close();
            heap.awaitIdle();
            assertThat(heap.lodgers().moves()).as("there was room").isZero();
            try (DmaBuf all = heap.allocate(16 * PAGE)) {
                assertZero(all);
                assertThat(heap.lodgers()).isEqualTo(new LodgerStats(2, 0, 2, 8 * PAGE));
                assertThat(first.isInArea()).isFalse();
                assertFilled(first, 1);
                assertFilled(second, 2);
                assertThat(heap.stats().liveBytes()).isEqualTo(16 * PAGE);
            }
        }
    }

    @Test
    void aLodgerIsMovedInsideTheAreaIfThatIsEnough() throws IOException {
        try (CmaHeap heap = heap(16)) {
            Lodger high = heap.lodge(4 * PAGE, "high"); // pages 12 to 15
            Lodger low = fill(heap.lodge(PAGE, "low"), 7); // page 11
            high.close();
            heap.awaitIdle();
            long outside = arena.given();
            DmaBuf eight = heap.allocate(8 * PAGE); // 0 to 7
            DmaBuf four = heap.allocate(4 * PAGE); // not 8 to 11, where the other one lives
            assertThat(offset(four) - offset(eight)).isEqualTo(12 * PAGE);
            assertThat(heap.lodgers().moves()).isZero();
            four.close();
            eight.close();
            heap.awaitIdle();
            try (DmaBuf twelve = heap.allocate(12 * PAGE)) {
                assertZero(twelve);
                assertThat(low.isInArea()).isTrue();
                assertFilled(low, 7);
                assertThat(arena.given()).isEqualTo(outside);
            }
            low.close();
        }
    }

    @Test
    void whoIsLeasedOrPinnedStays() throws IOException {
        try (CmaHeap heap = heap(8);
                Lodger lodger = fill(heap.lodge(PAGE, "lodger"), 3)) {
            lodger.pin();
            assertFull(heap);
            lodger.unpin();
            assertThatIllegalStateException().isThrownBy(lodger::unpin).withMessageContaining("not pinned");
            try (Lodger.Lease lease = lodger.lease(AccessMode.READ)) {
                assertThat(lease.segment().byteSize()).isEqualTo(PAGE);
                assertFull(heap);
            }
            heap.allocate(8 * PAGE).close();
            assertFilled(lodger, 3);
        }
    }

    @Test
    void aRefusedRequestLeavesEverythingWhereItWas() throws IOException {
        try (CmaHeap heap = heap(16);
                Lodger movable = fill(heap.lodge(2 * PAGE, "movable"), 4);
                Lodger pinned = fill(heap.lodge(2 * PAGE, "pinned"), 5)) {
            pinned.pin();
            HeapStats before = heap.stats();
            assertThatExceptionOfType(HeapExhaustedException.class)
                    .isThrownBy(() -> heap.allocate(16 * PAGE))
                    .matches(full -> full.free() == 12 * PAGE && full.largestRun() == 12 * PAGE);
            assertThat(heap.stats()).isEqualTo(before);
            assertFilled(movable, 4);
            pinned.unpin();
        }
    }

    @Test
    void aLodgerEndsWithItsLastLease() throws IOException {
        CmaHeap heap = heap(8);
        Lodger lodger = heap.lodge(PAGE, "lodger");
        try (Lodger.Lease lease = lodger.lease(AccessMode.WRITE)) {
            lodger.close();
            lodger.close();
            lease.segment().fill((byte) 1);
            assertThatIllegalStateException().isThrownBy(() -> lodger.lease(AccessMode.READ));
            assertThat(heap.lodgers().lodgers()).isEqualTo(1);
        }
        assertThat(heap.lodgers().lodgers()).isZero();
        try (DmaBuf all = heap.allocate(8 * PAGE)) {
            assertZero(all);
        }
        heap.close();
        assertThatIllegalStateException().isThrownBy(() -> heap.lodge(PAGE, "late"));
    }

    @Test
    void whenTheAreaIsFullALodgerLivesElsewhere() throws IOException {
        try (CmaHeap heap = heap(4);
                DmaBuf all = heap.allocate(4 * PAGE);
                Lodger lodger = fill(heap.lodge(PAGE, "outside"), 9);
                Lodger large = heap.lodge(5 * PAGE, "larger than the area")) {
            assertThat(all.size()).isEqualTo(4 * PAGE);
            assertThat(lodger.isInArea()).isFalse();
            assertThat(large.isInArea()).isFalse();
            assertFilled(lodger, 9);
        }
    }

    /** Buffers come and go among lodgers; nobody ever sees another's bytes. */
    @Test
    void randomBuffersAndLodgersKeepTheirBytes() throws IOException {
        long first = new Random().nextLong();
        for (long seed = first; seed < first + 20; seed++) {
            randomly(seed);
        }
    }

    private record Guest(Lodger lodger, int mark) {}

    private void randomly(long seed) throws IOException {
        Random random = new Random(seed);
        List<Guest> guests = new ArrayList<>();
        List<DmaBuf> buffers = new ArrayList<>();
        try (CmaHeap heap = heap(64)) {
            for (int step = 0; step < 300; step++) {
                String where = "seed " + seed + ", step " + step;
                int dice = random.nextInt(10);
                if (dice < 3) {
                    int mark = 1 + random.nextInt(100);
                    guests.add(new Guest(fill(heap.lodge(1 + random.nextLong(6 * PAGE), where), mark), mark));
                } else if (dice < 5 && !guests.isEmpty()) {
                    Guest guest = guests.remove(random.nextInt(guests.size()));
                    assertThat(filled(guest.lodger, guest.mark)).as(where).isTrue();
                    guest.lodger.close();
                } else if (dice < 8) {
                    try {
                        DmaBuf buffer = heap.allocate(1 + random.nextLong(24 * PAGE));
                        assertZero(buffer);
                        buffers.add(soil(buffer));
                    } catch (HeapExhaustedException full) {
                        assertThat(full.heap()).as(where).isEqualTo("cma");
                    }
                } else if (!buffers.isEmpty()) {
                    buffers.remove(random.nextInt(buffers.size())).close();
                }
            }
            for (Guest guest : guests) {
                assertThat(filled(guest.lodger, guest.mark)).as("seed " + seed).isTrue();
                guest.lodger.close();
            }
            buffers.forEach(DmaBuf::close);
            heap.awaitIdle();
            heap.allocate(64 * PAGE).close();
            assertThat(heap.lodgers().areaBytes()).isZero();
        }
        assertThat(arena.given()).as("seed " + seed).isZero();
    }

    /** A thread leases and checks while another drives the lodger around. */
    @Test
    void movingAndLeasingAtTheSameTimeLosesNothing() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        AtomicBoolean wrong = new AtomicBoolean();
        try (CmaHeap heap = heap(16);
                Lodger lodger = fill(heap.lodge(PAGE, "busy"), 11)) {
            Thread reader = Thread.ofPlatform().start(() -> {
                while (!done.get()) {
                    wrong.compareAndSet(false, !filled(lodger, 11));
                }
            });
            int given = 0;
            // On a busy machine the reader may have a lease at each of many looks.
            for (int i = 0; i < 2_000 || given == 0; i++) {
                try {
                    heap.allocate(16 * PAGE).close();
                    given++;
                } catch (HeapExhaustedException leased) {
                    assertThat(leased.free()).isEqualTo(15 * PAGE);
                }
                heap.awaitIdle();
            }
            done.set(true);
            reader.join();
            assertThat(wrong).isFalse();
            assertThat(heap.lodgers().moves()).isPositive();
        }
    }

    private static void assertFull(CmaHeap heap) {
        assertThatExceptionOfType(HeapExhaustedException.class).isThrownBy(() -> heap.allocate(8 * PAGE));
    }

    private static long offset(DmaBuf buffer) {
        try (CpuAccess access = buffer.beginCpuAccess(AccessMode.READ)) {
            return access.segment().address();
        }
    }

    private static Lodger fill(Lodger lodger, int mark) {
        try (Lodger.Lease lease = lodger.lease(AccessMode.WRITE)) {
            lease.segment().fill((byte) mark);
        }
        return lodger;
    }

    private static boolean filled(Lodger lodger, int mark) {
        try (Lodger.Lease lease = lodger.lease(AccessMode.READ)) {
            byte[] expected = new byte[(int) lodger.size()];
            Arrays.fill(expected, (byte) mark);
            return lease.segment().mismatch(MemorySegment.ofArray(expected)) == -1;
        }
    }

    private static void assertFilled(Lodger lodger, int mark) {
        assertThat(filled(lodger, mark)).isTrue();
    }

    private static DmaBuf soil(DmaBuf buffer) {
        try (CpuAccess access = buffer.beginCpuAccess(AccessMode.WRITE)) {
            access.segment().fill((byte) 0xA5);
        }
        return buffer;
    }

    private static void assertZero(DmaBuf buffer) {
        try (CpuAccess access = buffer.beginCpuAccess(AccessMode.READ)) {
            MemorySegment zeros = MemorySegment.ofArray(new byte[(int) buffer.size()]);
            assertThat(access.segment().mismatch(zeros)).isEqualTo(-1);
        }
    }
}
