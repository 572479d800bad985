package io.github.dmabuf4j.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.dmabuf4j.memory.ArenaBacking;
import io.github.dmabuf4j.memory.Caching;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SystemHeapTest {
    private static final long PAGE = 4096;
    private static final HeapStats NOTHING = new HeapStats(0, 0, 0, 0, 0, 0, 0, 0, 0, Map.of());

    @Test
    void aBufferHasWholePagesANameAndNothingInIt() throws IOException {
        try (SystemHeap heap = new SystemHeap(new RevokingBacking());
                DmaBuf buffer = heap.allocate(5000, "frame")) {
            assertThat(heap.name()).isEqualTo("system");
            assertThat(buffer.size()).isEqualTo(2 * PAGE);
            assertThat(buffer.name()).isEqualTo("frame");
            assertThat(buffer.exporterName()).isEqualTo("system");
            assertAllZero(buffer, "fresh");
        }
    }

    @Test
    void memoryIsPooledUnlessItWasShared() throws IOException {
        RevokingBacking backing = new RevokingBacking();
        try (SystemHeap heap = new SystemHeap(backing)) {
            dirty(heap.allocate(PAGE)).close();
            try (DmaBuf again = heap.allocate(PAGE)) {
                assertAllZero(again, "recycled");
                assertThat(heap.stats())
                        .isEqualTo(new HeapStats(1, PAGE, 0, 0, 1, 1, 0, 0, 0, Map.of(Caching.CACHED, PAGE)));
                again.markShared();
            }
            assertThat(heap.stats()).isEqualTo(new HeapStats(0, 0, 0, 0, 1, 1, 1, 0, 0, Map.of(Caching.CACHED, PAGE)));
            assertThat(backing.given).hasValue(0);
        }
    }

    @Test
    void theLimitIsKeptAndExhaustionLeavesTheAccountExact() throws IOException {
        try (SystemHeap heap = new SystemHeap(new RevokingBacking(), 10 * PAGE, 3 * PAGE)) {
            DmaBuf two = heap.allocate(2 * PAGE);
            HeapStats before = heap.stats();
            assertThatExceptionOfType(HeapExhaustedException.class)
                    .isThrownBy(() -> heap.allocate(2 * PAGE))
                    .withMessage(
                            "the heap \"system\" cannot give 8192 bytes: 8192 of the 12288 bytes it may give are out")
                    .matches(exhausted -> exhausted.requested() == 2 * PAGE)
                    .matches(exhausted -> exhausted.heap().equals("system"));
            assertThat(heap.stats()).isEqualTo(before);
            heap.allocate(PAGE).close();
            two.close();
            heap.allocate(3 * PAGE).close();
        }
    }

    @Test
    void aSystemThatIsFullIsSaidSo() throws IOException {
        ArenaBacking small = new ArenaBacking(4 * PAGE);
        try (SystemHeap heap = new SystemHeap(small)) {
            DmaBuf three = heap.allocate(3 * PAGE);
            HeapStats before = heap.stats();
            assertThatExceptionOfType(HeapExhaustedException.class)
                    .isThrownBy(() -> heap.allocate(2 * PAGE))
                    .withMessageContaining("cannot give 8192 bytes: the arena has 4096 of 16384 bytes left")
                    .havingCause()
                    .isInstanceOf(IOException.class);
            assertThat(heap.stats()).isEqualTo(before);
            three.close();
            heap.allocate(4 * PAGE).close();
        }
        assertThat(small.given()).isZero();
    }

    @Test
    void badRequestsAreRefused() {
        try (SystemHeap heap = new SystemHeap(new RevokingBacking())) {
            for (long size : new long[] {0, -1, Long.MIN_VALUE, Long.MAX_VALUE}) {
                assertThatIllegalArgumentException().isThrownBy(() -> heap.allocate(size));
            }
            assertThatIllegalArgumentException().isThrownBy(() -> heap.allocate(PAGE, "n".repeat(32)));
            assertThat(heap.stats()).isEqualTo(NOTHING);
        }
        assertThatIllegalArgumentException().isThrownBy(() -> new SystemHeap(new RevokingBacking(), 0, -1));
    }

    @Test
    void buffersOutliveTheirHeap() throws IOException {
        RevokingBacking backing = new RevokingBacking();
        SystemHeap heap = new SystemHeap(backing);
        DmaBuf buffer = heap.allocate(PAGE);
        heap.close();
        heap.close();
        assertThatIllegalStateException().isThrownBy(() -> heap.allocate(PAGE));
        assertAllZero(buffer, "still there");
        buffer.close();
        assertThat(backing.given).hasValue(0);
        assertThat(heap.stats()).isEqualTo(new HeapStats(0, 0, 0, 0, 0, 1, 1, 0, 0, Map.of(Caching.CACHED, 0L)));
    }

    /** Random operations on buffers, handles, accesses and views, compared with a count of holders for each buffer. */
    @Test
    void randomOperationsAgreeWithACountOfHolders() throws IOException {
        long first = new Random().nextLong();
        for (long seed = first; seed < first + 30; seed++) {
            run(seed);
        }
    }

    private static final class Model {
        final long size;
        int holders;
        boolean shared;

        Model(long size) {
            this.size = size;
        }
    }

    private record Held(Model model, AutoCloseable holder) {}

    private void run(long seed) throws IOException {
        Random random = new Random(seed);
        RevokingBacking backing = new RevokingBacking();
        long limit = 40 * PAGE;
        SystemHeap heap = new SystemHeap(backing, random.nextInt(30) * PAGE, limit);
        List<Held> held = new ArrayList<>();
        long live = 0;
        long liveBytes = 0;
        long allocated = 0;
        long sharedEnds = 0;
        for (int step = 0; step < 300; step++) {
            String where = "seed " + seed + ", step " + step;
            int dice = random.nextInt(10);
            if (held.isEmpty() || dice < 3) {
                long size = 1 + random.nextLong(6 * PAGE);
                long rounded = backing.roundUp(size);
                if (rounded > limit - liveBytes) {
                    assertThatExceptionOfType(HeapExhaustedException.class)
                            .as(where)
                            .isThrownBy(() -> heap.allocate(size));
                } else {
                    DmaBuf buffer = heap.allocate(size);
                    assertAllZero(buffer, where);
                    Model model = new Model(rounded);
                    model.holders = 1;
                    held.add(new Held(model, dirty(buffer)));
                    allocated++;
                    live++;
                    liveBytes += rounded;
                }
            } else if (dice < 6) {
                Held one = held.get(random.nextInt(held.size()));
                if (one.holder instanceof DmaBuf buffer) {
                    held.add(new Held(one.model, another(buffer, random)));
                    one.model.holders++;
                    if (random.nextInt(10) == 0) {
                        buffer.markShared();
                        one.model.shared = true;
                    }
                }
            } else {
                Held one = held.remove(random.nextInt(held.size()));
                close(one.holder);
                close(one.holder);
                if (--one.model.holders == 0) {
                    live--;
                    liveBytes -= one.model.size;
                    sharedEnds += one.model.shared ? 1 : 0;
                }
            }
            HeapStats stats = heap.stats();
            assertThat(stats.liveBuffers()).as(where).isEqualTo(live);
            assertThat(stats.liveBytes()).as(where).isEqualTo(liveBytes);
            assertThat(stats.hits() + stats.misses()).as(where).isEqualTo(allocated);
            assertThat(stats.misses()).as(where).isEqualTo(live + stats.pooledBuffers() + stats.dropped());
            assertThat(stats.dropped()).as(where).isGreaterThanOrEqualTo(sharedEnds);
        }
        held.forEach(each -> close(each.holder));
        heap.close();
        assertThat(heap.stats().liveBytes()).as("seed " + seed).isZero();
        assertThat(backing.given).as("seed " + seed).hasValue(0);
    }

    private static AutoCloseable another(DmaBuf buffer, Random random) {
        AccessMode mode = AccessMode.values()[random.nextInt(3)];
        return switch (random.nextInt(4)) {
            case 0 -> buffer.beginCpuAccess(mode);
            case 1 -> buffer.beginCpuAccess(mode, AccessScope.ANY_THREAD);
            case 2 -> buffer.rawView(mode);
            default -> buffer.dup();
        };
    }

    private static void close(AutoCloseable holder) {
        try {
            holder.close();
        } catch (Exception unexpected) {
            throw new AssertionError(unexpected);
        }
    }

    private static DmaBuf dirty(DmaBuf buffer) {
        try (CpuAccess access = buffer.beginCpuAccess(AccessMode.WRITE)) {
            access.segment().fill((byte) 0xA5);
        }
        return buffer;
    }

    private static void assertAllZero(DmaBuf buffer, String where) {
        try (CpuAccess access = buffer.beginCpuAccess(AccessMode.READ)) {
            MemorySegment zeros = MemorySegment.ofArray(new byte[(int) buffer.size()]);
            assertThat(access.segment().mismatch(zeros)).as(where).isEqualTo(-1);
        }
    }
}
