package io.github.dmabuf4j.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PagePoolTest {
    private static final long PAGE = 4096;

    private final ArenaBacking backing = new ArenaBacking();

    @Test
    void everyByteOfARecycledRunIsZero() throws IOException {
        try (PagePool pool = new PagePool(backing, 1 << 20)) {
            Pages first = pool.take(3 * PAGE, "first");
            bytes(first).fill((byte) 0xA5);
            pool.retire(first, true);

            Pages second = pool.take(3 * PAGE, "second");
            assertThat(second).isSameAs(first);
            assertThat(bytes(second).mismatch(MemorySegment.ofArray(new byte[(int) (3 * PAGE)])))
                    .isEqualTo(-1);
            assertThat(pool.stats()).isEqualTo(new PoolStats(1, 3 * PAGE, 0, 0, 0, 0, 1, 1, 0, 0, 0));
        }
    }

    @Test
    void memoryThatOthersMayReachIsNeverPooled() throws IOException {
        try (PagePool pool = new PagePool(backing, 1 << 20)) {
            Pages shared = pool.take(PAGE, "shared");
            pool.retire(shared, false);
            assertThat(backing.given()).isZero();
            assertThat(pool.take(PAGE, "next")).isNotSameAs(shared);
            assertThat(pool.stats()).isEqualTo(new PoolStats(1, PAGE, 0, 0, 0, 0, 0, 2, 1, 0, 0));
        }
    }

    @Test
    void aRequestWaitsForTheRunThatIsBeingZeroed() throws Exception {
        GatedBacking gated = new GatedBacking();
        try (PagePool pool = new PagePool(gated, 1 << 20)) {
            Pages first = pool.take(PAGE, "first");
            pool.retire(first, true);
            gated.zeroing.await();
            FutureTask<Pages> taker = new FutureTask<>(() -> pool.take(PAGE, "second"));
            Thread thread = Thread.ofPlatform().start(taker);
            while (thread.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            gated.gate.countDown();
            assertThat(taker.get()).isSameAs(first);
            assertThat(gated.zeroer).isNotSameAs(thread).isNotSameAs(Thread.currentThread());
            assertThat(pool.stats().hits()).isEqualTo(1);
        }
    }

    @Test
    void aSmallRunThatWaitsIsZeroedByWhoNeedsIt() throws Exception {
        GatedBacking gated = new GatedBacking();
        gated.free = Thread.currentThread();
        try (PagePool pool = new PagePool(gated, 1 << 20)) {
            Pages underWay = pool.take(PAGE, "being zeroed");
            Pages waiting = pool.take(PAGE, "waiting");
            pool.retire(underWay, true);
            gated.zeroing.await();
            bytes(waiting).fill((byte) 0xA5);
            pool.retire(waiting, true);
            Pages taken = pool.take(PAGE, "in a hurry");
            assertThat(taken).isSameAs(waiting);
            assertThat(gated.zeroer).isSameAs(Thread.currentThread());
            assertThat(bytes(taken).mismatch(MemorySegment.ofArray(new byte[(int) PAGE])))
                    .isEqualTo(-1);
            assertThat(pool.stats()).isEqualTo(new PoolStats(1, PAGE, 0, 0, 1, PAGE, 1, 2, 0, 0, 0));
            pool.retire(taken, true);
            gated.fail = true;
            Pages fresh = pool.take(PAGE, "of memory that is not broken");
            assertThat(fresh).isNotSameAs(taken);
            assertThat(pool.stats()).isEqualTo(new PoolStats(1, PAGE, 0, 0, 1, PAGE, 1, 3, 1, 0, 0));
            assertThat(gated.memory.given()).isEqualTo(2 * PAGE);
            gated.fail = false;
            gated.gate.countDown();
            settle(pool);
        }
    }

    @Test
    void whoGivesSmallRunsBackFasterThanTheyAreZeroedHelps() throws Exception {
        GatedBacking gated = new GatedBacking();
        gated.free = Thread.currentThread();
        int most = (int) (RunCleaner.BACKLOG_BYTES / PAGE);
        try (PagePool pool = new PagePool(gated, 1 << 20)) {
            Pages large = pool.take(RunCleaner.BACKLOG_BYTES, "large");
            List<Pages> runs = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                runs.add(pool.take(PAGE, "small"));
            }
            pool.retire(large, true);
            gated.zeroing.await();
            assertThat(gated.zeroer).isNotSameAs(Thread.currentThread());
            runs.forEach(run -> pool.retire(run, true));
            assertThat(gated.zeroer).isSameAs(Thread.currentThread());
            assertThat(pool.stats()).isEqualTo(new PoolStats(0, 0, 10, 10 * PAGE, 1, most * PAGE, 0, 11, 0, 0, 0));
            // One of another size, too large to be zeroed by the way, is left to the thread.
            Pages other = pool.take(RunCleaner.SMALL_BYTES + PAGE, "not small");
            pool.retire(other, true);
            assertThat(pool.stats().waitingRuns()).isEqualTo(2);
            gated.gate.countDown();
            settle(pool);
            assertThat(gated.zeroer).isNotSameAs(Thread.currentThread());
        }
        assertThat(gated.memory.given()).isZero();
    }

    @Test
    void ofARunThatIsNotSoSmallOnlyTheBeginningIsZeroedByWhoGivesItBack() throws Exception {
        GatedBacking gated = new GatedBacking();
        int pages = 8;
        try (PagePool pool = new PagePool(gated, 1 << 20)) {
            Pages large = pool.take(RunCleaner.BACKLOG_BYTES, "large");
            Pages run = pool.take(pages * PAGE, "not so small");
            bytes(run).fill((byte) 0xA5);
            pool.retire(large, true);
            gated.zeroing.await();
            pool.retire(run, true);
            long begun = bytes(run).mismatch(MemorySegment.ofArray(new byte[(int) (pages * PAGE)]));
            assertThat(begun).isEqualTo(RunCleaner.BACKLOG_BYTES / 16);
            assertThat(pool.stats().waitingRuns()).isEqualTo(2);
            gated.gate.countDown();
            settle(pool);
            Pages again = pool.take(pages * PAGE, "again");
            assertThat(again).isSameAs(run);
            assertThat(bytes(again).mismatch(MemorySegment.ofArray(new byte[(int) (pages * PAGE)])))
                    .isEqualTo(-1);
            pool.retire(again, true);
        }
        assertThat(gated.memory.given()).isZero();
    }

    @Test
    void aSizeThatNobodyAsksForMakesRoom() throws IOException {
        try (PagePool pool = new PagePool(backing, 4 * PAGE)) {
            Pages old = pool.take(3 * PAGE, "old");
            pool.retire(old, true);
            settle(pool);
            Pages current = pool.take(2 * PAGE, "current");
            pool.retire(current, true);
            settle(pool);
            assertThat(pool.stats()).isEqualTo(new PoolStats(0, 0, 1, 2 * PAGE, 0, 0, 0, 2, 1, 0, 0));
            Pages tooLarge = pool.take(5 * PAGE, "too large to keep");
            pool.retire(tooLarge, true);
            assertThat(pool.stats()).isEqualTo(new PoolStats(0, 0, 1, 2 * PAGE, 0, 0, 0, 3, 2, 0, 0));
            assertThat(backing.given()).isEqualTo(2 * PAGE);
        }
    }

    @Test
    void whenTheSystemHasNoMoreThePoolGivesBackWhatItKeeps() throws IOException {
        ArenaBacking small = new ArenaBacking(4 * PAGE);
        try (PagePool pool = new PagePool(small, 4 * PAGE)) {
            Pages kept = pool.take(3 * PAGE, "kept");
            pool.retire(kept, true);
            settle(pool);
            Pages large = pool.take(4 * PAGE, "large");
            PoolStats before = pool.stats();
            assertThat(before).isEqualTo(new PoolStats(1, 4 * PAGE, 0, 0, 0, 0, 0, 2, 1, 0, 0));
            assertThatThrownBy(() -> pool.take(PAGE, "one more"))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("0 of " + 4 * PAGE);
            assertThat(pool.stats()).isEqualTo(before);
            pool.retire(large, true);
        }
        assertThat(small.given()).isZero();
    }

    @Test
    void whatIsNotZeroedYetIsGivenBackToo() throws Exception {
        GatedBacking small = new GatedBacking(6 * PAGE);
        try (PagePool pool = new PagePool(small, 6 * PAGE)) {
            Pages zeroing = pool.take(2 * PAGE, "being zeroed");
            Pages waiting = pool.take(4 * PAGE, "waiting");
            pool.retire(zeroing, true);
            small.zeroing.await();
            pool.retire(waiting, true);
            FutureTask<Pages> taker = new FutureTask<>(() -> pool.take(6 * PAGE, "everything"));
            Thread thread = Thread.ofPlatform().start(taker);
            while (thread.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            small.gate.countDown();
            assertThat(taker.get().size()).isEqualTo(6 * PAGE);
            assertThat(pool.stats()).isEqualTo(new PoolStats(1, 6 * PAGE, 0, 0, 0, 0, 0, 3, 2, 0, 0));
        }
    }

    @Test
    void shrinkGivesBackTheOldestSizeFirst() throws IOException {
        try (PagePool pool = new PagePool(backing, 1 << 20)) {
            List<Pages> runs = new ArrayList<>();
            for (int pages = 1; pages <= 3; pages++) {
                runs.add(pool.take(pages * PAGE, "run"));
            }
            runs.forEach(run -> pool.retire(run, true));
            settle(pool);
            assertThat(pool.shrink(2 * PAGE)).isEqualTo(3 * PAGE);
            assertThat(pool.stats().pooledBytes()).isEqualTo(3 * PAGE);
            assertThat(pool.shrink(Long.MAX_VALUE)).isEqualTo(3 * PAGE);
            assertThat(pool.shrink(1)).isZero();
            assertThat(backing.given()).isZero();
        }
    }

    @Test
    void closingEndsTheThreadAndLiveRunsGoBackLater() throws Exception {
        GatedBacking gated = new GatedBacking();
        PagePool pool = new PagePool(gated, 1 << 20);
        Pages live = pool.take(PAGE, "live");
        Pages waiting = pool.take(PAGE, "waiting");
        Pages zeroing = pool.take(PAGE, "zeroing");
        pool.retire(zeroing, true);
        gated.zeroing.await();
        pool.retire(waiting, true);
        gated.gate.countDown();
        pool.close();
        pool.close();
        assertThat(gated.zeroer).isNotNull().matches(thread -> !thread.isAlive());
        assertThat(gated.memory.given()).isEqualTo(PAGE);
        bytes(live).set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
        pool.retire(live, true);
        assertThat(gated.memory.given()).isZero();
        assertThat(pool.stats()).isEqualTo(new PoolStats(0, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0));
        assertThatIllegalStateException().isThrownBy(() -> pool.take(PAGE, "late"));
    }

    @Test
    void aRunThatIsNotOutIsRefused() throws IOException {
        try (PagePool pool = new PagePool(backing, 1 << 20)) {
            Pages pages = pool.take(PAGE, "once");
            pool.retire(pages, false);
            PoolStats before = pool.stats();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> pool.retire(pages, true))
                    .withMessageContaining("retired before");
            assertThat(pool.stats()).isEqualTo(before);
        }
    }

    @Test
    void badSizesAreRefused() {
        try (PagePool pool = new PagePool(backing, 1 << 20)) {
            for (long size : new long[] {0, -1, Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE - PAGE + 2}) {
                assertThatIllegalArgumentException().isThrownBy(() -> pool.take(size, "bad"));
            }
            assertThat(pool.stats()).isEqualTo(new PoolStats(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> new PagePool(backing, -1));
        assertThatIllegalArgumentException().isThrownBy(() -> new ArenaBacking(-1));
    }

    @Test
    void memoryThatCannotBeZeroedIsDroppedAndThePoolGoesOn() throws IOException {
        GatedBacking failing = new GatedBacking();
        failing.gate.countDown();
        failing.fail = true;
        try (PagePool pool = new PagePool(failing, 1 << 20)) {
            Pages broken = pool.take(PAGE, "broken");
            pool.retire(broken, true);
            settle(pool);
            assertThat(pool.stats()).isEqualTo(new PoolStats(0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0));
            assertThat(failing.memory.given()).isZero();
            failing.fail = false;
            Pages sound = pool.take(PAGE, "sound");
            pool.retire(sound, true);
            assertThat(pool.take(PAGE, "again")).isSameAs(sound);
        }
    }

    @Test
    void closedArenaPagesRefuseEverything() throws IOException {
        Pages pages = backing.give(1, "closed");
        assertThat(pages.size()).isEqualTo(PAGE);
        pages.close();
        pages.close();
        assertThat(backing.given()).isZero();
        assertThatIllegalStateException().isThrownBy(() -> pages.lease(Arena.global(), true));
        assertThatIllegalStateException().isThrownBy(pages::zero);
        Arena ended = Arena.ofConfined();
        ended.close();
        Pages open = backing.give(1, "open");
        assertThatIllegalStateException().isThrownBy(() -> open.lease(ended, false));
        assertThat(open.lease(Arena.global(), false).isReadOnly()).isTrue();
    }

    private static MemorySegment bytes(Pages pages) {
        return pages.lease(Arena.global(), true);
    }

    /** Waits until nothing is left to zero. */
    static void settle(PagePool pool) {
        while (pool.stats().waitingRuns() > 0) {
            Thread.onSpinWait();
        }
    }

    /** Memory whose zeroing stops at a gate, and may fail. */
    private static final class GatedBacking implements PageBacking {
        final ArenaBacking memory;
        final CountDownLatch zeroing = new CountDownLatch(1);
        final CountDownLatch gate = new CountDownLatch(1);
        volatile boolean fail;
        volatile Thread zeroer;
        /** Passes the gate. */
        volatile Thread free;

        GatedBacking() {
            this(Long.MAX_VALUE);
        }

        GatedBacking(long capacity) {
            memory = new ArenaBacking(capacity);
        }

        @Override
        public String name() {
            return "gated";
        }

        @Override
        public long pageSize() {
            return PAGE;
        }

        @Override
        public Pages give(long size, String label) throws IOException {
            Pages pages = memory.give(size, label);
            return new Pages() {
                @Override
                public long size() {
                    return pages.size();
                }

                @Override
                public MemorySegment lease(Arena arena, boolean writable) {
                    return pages.lease(arena, writable);
                }

                @Override
                public boolean writable() {
                    return true;
                }

                @Override
                public void zero() {
                    zeroer = Thread.currentThread();
                    zeroing.countDown();
                    try {
                        if (Thread.currentThread() != free) {
                            gate.await();
                        }
                    } catch (InterruptedException unexpected) {
                        throw new IllegalStateException(unexpected);
                    }
                    if (fail) {
                        throw new IllegalStateException("this memory is broken on purpose");
                    }
                    pages.zero();
                }

                @Override
                public void close() {
                    pages.close();
                }
            };
        }
    }
}
