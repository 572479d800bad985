package io.github.dmabuf4j.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.github.dmabuf4j.buffer.ww.AcquireContext;
import io.github.dmabuf4j.buffer.ww.AlreadyLockedException;
import io.github.dmabuf4j.buffer.ww.WwLockSet;
import io.github.dmabuf4j.buffer.ww.WwMutex;
import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.fence.FenceArray;
import io.github.dmabuf4j.fence.FenceChain;
import io.github.dmabuf4j.fence.FenceContext;
import io.github.dmabuf4j.fence.UserFence;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The kernel's drivers/dma-buf/st-dma-resv.c by its names, and the rules of dma-resv beside it. */
@Timeout(60)
class DmaResvTest {
    private final DmaResv resv = new DmaResv();
    private final FenceContext context = FenceContext.create("test", "resv");

    private static UserFence fence() {
        return FenceContext.create("test", "other").newFence();
    }

    private void add(DmaFence fence, FenceUsage usage) {
        resv.lock();
        try {
            resv.reserve(1);
            resv.add(fence, usage);
        } finally {
            resv.unlock();
        }
    }

    /** Fences and usages under the lock, signalled ones too. */
    private List<String> entries(DmaResv resv) {
        List<String> entries = new ArrayList<>();
        resv.lock();
        resv.forEach(
                FenceUsage.BOOKKEEP,
                (fence, usage) -> entries.add(usage + " " + fence.context() + ":" + fence.seqno()));
        resv.unlock();
        return entries;
    }

    private static String entry(FenceUsage usage, DmaFence fence) {
        return usage + " " + fence.context() + ":" + fence.seqno();
    }

    @Test
    void test_sanitycheck() {
        UserFence fence = fence();
        fence.signal();
        resv.lock();
        assertThat(resv.isLocked()).isTrue();
        resv.unlock();
        assertThat(resv.isLocked()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(FenceUsage.class)
    void test_signaling(FenceUsage usage) {
        UserFence fence = fence();
        add(fence, usage);
        assertThat(resv.testSignaled(usage)).isFalse();
        fence.signal();
        assertThat(resv.testSignaled(usage)).isTrue();
    }

    @ParameterizedTest
    @EnumSource(FenceUsage.class)
    void test_for_each(FenceUsage usage) {
        UserFence fence = fence();
        add(fence, usage);
        List<DmaFence> seen = new ArrayList<>();
        resv.lock();
        resv.forEach(usage, (each, its) -> {
            assertThat(its).isEqualTo(usage);
            seen.add(each);
        });
        fence.signal();
        resv.forEach(usage, (each, its) -> seen.add(each));
        resv.unlock();
        assertThat(seen).containsExactly(fence, fence);
    }

    @ParameterizedTest
    @EnumSource(FenceUsage.class)
    void test_for_each_unlocked(FenceUsage usage) {
        UserFence fence = fence();
        add(fence, usage);
        ResvCursor cursor = resv.cursor(usage);
        int visits = 0;
        while (cursor.next()) {
            assertThat(cursor.isRestarted()).isTrue();
            assertThat(cursor.fence()).isSameAs(fence);
            assertThat(cursor.usage()).isEqualTo(usage);
            if (visits++ == 0) {
                resv.lock();
                resv.reserve(100); // another list under the walk
                resv.unlock();
            }
        }
        assertThat(visits).isEqualTo(2);
        assertThat(cursor.isRestarted()).isFalse();
        assertThatIllegalStateException().isThrownBy(cursor::fence);
    }

    @ParameterizedTest
    @EnumSource(FenceUsage.class)
    void test_get_fences(FenceUsage usage) {
        UserFence fence = fence();
        add(fence, usage);
        assertThat(resv.fences(usage)).containsExactly(fence);
        fence.signal();
        assertThat(resv.fences(usage)).isEmpty();
    }

    @Test
    void aQueryReturnsItsUsageAndThoseBefore() {
        List<DmaFence> all = new ArrayList<>();
        for (FenceUsage usage : FenceUsage.values()) {
            UserFence fence = fence();
            add(fence, usage);
            all.add(fence);
            assertThat(resv.fences(usage)).containsExactlyElementsOf(all);
            assertThat(usage.number()).isEqualTo(all.size() - 1);
        }
        assertThat(resv.fences(FenceUsage.KERNEL)).containsExactly(all.getFirst());
        assertThat(FenceUsage.toWaitFor(true)).isEqualTo(FenceUsage.READ);
        assertThat(FenceUsage.toWaitFor(false)).isEqualTo(FenceUsage.WRITE);
        assertThat(resv.describe())
                .startsWith("\tkernel fence: " + all.getFirst().describe() + "\n\twrite fence: ")
                .contains("\n\tbookkeep fence: ");
    }

    @Test
    void aLaterFenceOfTheSameContextTakesThePlaceOfAnEarlierOne() {
        UserFence first = context.newFence();
        UserFence second = context.newFence();
        UserFence third = context.newFence();
        add(second, FenceUsage.READ);
        add(third, FenceUsage.READ);
        assertThat(entries(resv)).containsExactly(entry(FenceUsage.READ, third));
        // An earlier one is superfluous but kept, as in the kernel.
        add(first, FenceUsage.READ);
        assertThat(entries(resv)).containsExactly(entry(FenceUsage.READ, third), entry(FenceUsage.READ, first));
        // Contexts have no order between them.
        UserFence other = fence();
        add(other, FenceUsage.READ);
        assertThat(entries(resv)).hasSize(3);
    }

    @Test
    void promotionReplacesAndDemotionNever() {
        UserFence fence = context.newFence();
        add(fence, FenceUsage.WRITE);
        add(fence, FenceUsage.READ);
        assertThat(entries(resv)).containsExactly(entry(FenceUsage.WRITE, fence), entry(FenceUsage.READ, fence));
        assertThat(resv.fences(FenceUsage.READ)).containsExactly(fence, fence);
        DmaResv other = new DmaResv();
        other.importFence(fence, FenceUsage.READ);
        other.importFence(fence, FenceUsage.WRITE);
        assertThat(entries(other)).containsExactly(entry(FenceUsage.WRITE, fence));
    }

    @Test
    void aSignalledFenceGivesItsPlaceToAnyOther() {
        UserFence done = fence();
        add(done, FenceUsage.KERNEL);
        done.fail(Errno.EIO);
        UserFence next = fence();
        add(next, FenceUsage.BOOKKEEP);
        assertThat(entries(resv)).containsExactly(entry(FenceUsage.BOOKKEEP, next));
        assertThat(resv.fences(FenceUsage.READ)).isEmpty();
    }

    @Test
    void everyFenceNeedsAReservedPlace() {
        assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(() -> resv.reserve(1));
        assertThatExceptionOfType(IllegalMonitorStateException.class)
                .isThrownBy(() -> resv.add(fence(), FenceUsage.READ));
        resv.lock();
        assertThatIllegalArgumentException().isThrownBy(() -> resv.reserve(0));
        assertThatIllegalStateException()
                .isThrownBy(() -> resv.add(fence(), FenceUsage.READ))
                .withMessageContaining("reserve()");
        resv.reserve(2);
        resv.reserve(1);
        UserFence first = fence();
        resv.add(first, FenceUsage.READ);
        resv.add(fence(), FenceUsage.READ);
        assertThatIllegalStateException().isThrownBy(() -> resv.add(fence(), FenceUsage.READ));
        resv.reserve(1);
        resv.unlock();
        resv.lock();
        assertThatIllegalStateException()
                .as("what was reserved ends with the lock")
                .isThrownBy(() -> resv.add(fence(), FenceUsage.READ));
        resv.unlock();
        assertThat(entries(resv)).hasSize(2);
        first.signal();
        resv.lock();
        UserFence last = fence();
        resv.add(last, FenceUsage.WRITE); // takes a signalled fence's place: nothing was reserved
        resv.unlock();
        assertThat(entries(resv)).hasSize(2).first().isEqualTo(entry(FenceUsage.WRITE, last));
    }

    @Test
    void whatIsReservedIsGuaranteedWhateverIsSignalled() {
        resv.lock();
        List<UserFence> pending = new ArrayList<>();
        for (int round = 0; round < 50; round++) {
            resv.reserve(7);
            for (int i = 0; i < 7; i++) {
                UserFence fence = fence();
                resv.add(fence, FenceUsage.values()[i % 4]);
                pending.add(fence);
            }
            for (int i = 0; i < 6; i++) {
                pending.remove((round * 31 + i * 17) % pending.size()).signal();
            }
        }
        resv.unlock();
        assertThat(resv.fences(FenceUsage.BOOKKEEP)).containsExactlyInAnyOrderElementsOf(pending);
        assertThat(entries(resv)).as("signalled fences make room").hasSizeLessThan(130);
    }

    @Test
    void arraysAndChainsAreTakenApart() {
        UserFence a = fence();
        UserFence b = fence();
        UserFence c = fence();
        FenceArray array = FenceArray.of(List.of(a, FenceArray.of(List.of(b, c))));
        resv.lock();
        resv.reserve(1);
        assertThatIllegalArgumentException().isThrownBy(() -> resv.add(array, FenceUsage.READ));
        assertThatIllegalArgumentException().isThrownBy(() -> resv.replaceFences(1, array, FenceUsage.READ));
        assertThatExceptionOfType(AlreadyLockedException.class)
                .isThrownBy(() -> resv.importFence(array, FenceUsage.READ));
        resv.unlock();
        resv.importFence(array, FenceUsage.READ);
        assertThat(resv.fences(FenceUsage.READ)).containsExactly(a, b, c);

        FenceChain chain = FenceChain.of(FenceChain.of(null, a, 1), b, 2);
        DmaResv other = new DmaResv();
        other.lock();
        other.reserve(1);
        assertThatIllegalArgumentException().isThrownBy(() -> other.add(chain, FenceUsage.READ));
        other.unlock();
        other.importFence(chain, FenceUsage.WRITE);
        assertThat(other.fences(FenceUsage.WRITE)).containsExactlyInAnyOrder(a, b);
    }

    @Test
    void oneFenceForAll() {
        assertThat(resv.exportFence(FenceUsage.READ).isSignaled()).isTrue();
        UserFence a = context.newFence();
        add(a, FenceUsage.WRITE);
        assertThat(resv.exportFence(FenceUsage.READ)).isSameAs(a);
        add(a, FenceUsage.READ);
        DmaFence both = resv.exportFence(FenceUsage.READ);
        assertThat(both)
                .isInstanceOfSatisfying(
                        FenceArray.class,
                        array -> assertThat(array.fences())
                                .as("no deduplication")
                                .containsExactly(a, a));
        assertThat(both.poll()).isFalse();
        a.signal();
        assertThat(both.poll()).isTrue();
    }

    @Test
    void aContextIsReplacedAsAWhole() {
        UserFence early = context.newFence(3);
        UserFence late = context.newFence(9);
        UserFence other = fence();
        UserFence update = fence();
        add(late, FenceUsage.KERNEL);
        add(other, FenceUsage.READ);
        add(early, FenceUsage.READ);
        resv.lock();
        resv.replaceFences(context.id(), update, FenceUsage.BOOKKEEP);
        resv.unlock();
        assertThat(entries(resv))
                .containsExactly(
                        entry(FenceUsage.BOOKKEEP, update),
                        entry(FenceUsage.READ, other),
                        entry(FenceUsage.BOOKKEEP, update));
    }

    @Test
    void aCopyHasTheUnsignalledFencesAndReplacesWhatWasThere() {
        UserFence done = fence();
        UserFence reader = fence();
        UserFence keeper = fence();
        DmaResv source = new DmaResv();
        source.importFence(done, FenceUsage.WRITE);
        source.importFence(reader, FenceUsage.READ);
        source.importFence(keeper, FenceUsage.BOOKKEEP);
        done.signal();
        add(fence(), FenceUsage.KERNEL);
        resv.lock();
        resv.copyFrom(source);
        resv.unlock();
        assertThat(entries(resv)).containsExactly(entry(FenceUsage.READ, reader), entry(FenceUsage.BOOKKEEP, keeper));
        resv.lock();
        resv.copyFrom(new DmaResv());
        resv.unlock();
        assertThat(entries(resv)).isEmpty();
        assertThat(entries(source)).hasSize(3);
    }

    @Test
    void waiting() throws Exception {
        assertThat(resv.await(FenceUsage.BOOKKEEP, Duration.ZERO)).isTrue();
        UserFence writer = fence();
        UserFence keeper = fence();
        add(writer, FenceUsage.WRITE);
        add(keeper, FenceUsage.BOOKKEEP);
        assertThat(resv.await(FenceUsage.KERNEL, Duration.ZERO)).isTrue();
        assertThat(resv.await(FenceUsage.WRITE, Duration.ZERO)).isFalse();
        assertThat(resv.await(FenceUsage.WRITE, Duration.ofNanos(1000))).isFalse();
        FutureTask<Boolean> waiter = new FutureTask<>(() -> resv.await(FenceUsage.READ, Duration.ofMinutes(1)));
        Thread.ofPlatform().start(waiter);
        FutureTask<Boolean> stubborn = new FutureTask<>(() -> {
            Thread.currentThread().interrupt();
            resv.awaitUninterruptibly(FenceUsage.READ);
            return Thread.interrupted() && writer.isSignaled();
        });
        Thread.ofPlatform().start(stubborn);
        FutureTask<Boolean> interrupted = new FutureTask<>(() -> {
            Thread.currentThread().interrupt();
            try {
                return resv.await(FenceUsage.READ, Duration.ofMinutes(1));
            } catch (InterruptedException expected) {
                return null;
            }
        });
        Thread.ofPlatform().start(interrupted);
        assertThat(interrupted.get()).isNull();
        assertThat(stubborn.isDone()).isFalse();
        writer.fail(Errno.EIO);
        assertThat(waiter.get()).as("failed work is over").isTrue();
        assertThat(stubborn.get()).isTrue();
        assertThat(resv.testSignaled(FenceUsage.BOOKKEEP)).isFalse();
    }

    @Test
    void deadlinesReachEveryMatchingFence() {
        List<String> told = new ArrayList<>();
        for (FenceUsage usage : FenceUsage.values()) {
            add(
                    new DmaFence(FenceContext.allocate(1), 1) {
                        @Override
                        public String driverName() {
                            return "test";
                        }

                        @Override
                        public String timelineName() {
                            return usage.name();
                        }

                        @Override
                        protected void deadlineRequested(long deadlineNanos) {
                            told.add(usage + " " + deadlineNanos);
                        }
                    },
                    usage);
        }
        resv.setDeadline(FenceUsage.WRITE, 42);
        assertThat(told).containsExactly("KERNEL 42", "WRITE 42");
    }

    @Test
    void severalAreLockedAtOnce() throws InterruptedException {
        DmaResv other = new DmaResv();
        UserFence fence = fence();
        try (WwLockSet locked = DmaResv.lockAll(List.of(resv, other, resv))) {
            for (DmaResv each : List.of(resv, other)) {
                each.reserve(1);
                each.add(fence, FenceUsage.WRITE);
            }
            assertThat(locked.retries()).isZero();
            assertThat(resv.tryLock()).isFalse();
        }
        assertThat(resv.isLocked() || other.isLocked()).isFalse();
        assertThat(other.fences(FenceUsage.WRITE)).containsExactly(fence);
    }

    @Test
    void addingWithinCapacityAllocatesNothing() {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        int rounds = 2000;
        UserFence[] fences = new UserFence[2 * rounds];
        for (int i = 0; i < fences.length; i++) {
            fences[i] = FenceContext.create("test", "many").newFence();
        }
        FenceUsage[] usages = FenceUsage.values();
        int windows = 8;
        long least = Long.MAX_VALUE; // what the compiler and the validator allocate shows up in some windows only
        for (int window = 0; window < windows; window++) {
            long allocated = 0;
            for (int i = window * rounds / windows; i < (window + 1) * rounds / windows; i++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                resv.lock();
                resv.reserve(2);
                resv.add(fences[2 * i], usages[i % 4]);
                resv.add(fences[2 * i + 1], usages[(i + 1) % 4]);
                resv.unlock();
                allocated += threads.getCurrentThreadAllocatedBytes() - before;
                fences[2 * i].signal(1); // keeps its outcome in an object, which is not what is counted here
                fences[2 * i + 1].signal(1);
            }
            least = Math.min(least, allocated);
        }
        assertThat(least).as("bytes for %d adds", 2 * rounds / windows).isLessThan(rounds / windows);
    }

    @Test
    @NullUnmarked // nulls are what is tried
    void badInputChangesNothing() {
        resv.lock();
        try {
            resv.reserve(2);
            UserFence over = FenceContext.create("driver", "over").newFence();
            resv.add(over, FenceUsage.READ);
            over.signal();
            assertThatNullPointerException().isThrownBy(() -> resv.add(null, FenceUsage.READ));
            assertThatNullPointerException().isThrownBy(() -> resv.add(over, null));
            assertThatNullPointerException()
                    .isThrownBy(() -> resv.replaceFences(over.context(), null, FenceUsage.READ));
            assertThatNullPointerException().isThrownBy(() -> resv.replaceFences(over.context(), over, null));
            assertThatNullPointerException().isThrownBy(() -> resv.copyFrom(null));
            List<DmaFence> left = new ArrayList<>();
            resv.forEach(FenceUsage.BOOKKEEP, (fence, _) -> left.add(fence));
            assertThat(left).containsExactly(over);
        } finally {
            resv.unlock();
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> resv.await(FenceUsage.WRITE, Duration.ofSeconds(-1)))
                .withMessageContaining("negative");
        assertThatNullPointerException().isThrownBy(() -> new WwMutex(null));
        assertThatNullPointerException().isThrownBy(() -> new AcquireContext(null));
    }
}
