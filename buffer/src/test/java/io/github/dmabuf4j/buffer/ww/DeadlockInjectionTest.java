package io.github.dmabuf4j.buffer.ww;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.dmabuf4j.buffer.DmaResv;
import io.github.dmabuf4j.fence.Errno;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Deadlocks that nobody caused: code that locks several mutexes is made to back off by one thread alone. */
@Timeout(60)
class DeadlockInjectionTest {
    static Stream<WwClass> classes() {
        return Stream.of(WwClass.woundWait("injected"), WwClass.waitDie("injected"));
    }

    private static List<WwMutex> mutexes(WwClass ww, int count) {
        return IntStream.range(0, count).mapToObj(_ -> new WwMutex(ww)).toList();
    }

    @ParameterizedTest
    @MethodSource("classes")
    void theSecondLockBacksOffAndTheRulesAfterADeadlockHold(WwClass ww) throws Exception {
        ww.injectDeadlocks(1);
        WwMutex first = new WwMutex(ww);
        WwMutex second = new WwMutex(ww);
        WwMutex third = new WwMutex(ww);
        try (AcquireContext context = new AcquireContext(ww)) {
            first.lock(context);
            assertThatExceptionOfType(DeadlockAvoidedException.class)
                    .isThrownBy(() -> second.lock(context))
                    .matches(deadlock -> deadlock.contended() == second)
                    .matches(deadlock -> deadlock.errno().equals(Errno.EDEADLK));
            assertThat(second.isLocked()).as("unlocked again").isFalse();
            assertThat(context.acquired()).isOne();
            assertThatIllegalStateException().as("must release first").isThrownBy(() -> second.lock(context));
            assertThatIllegalStateException().as("another").isThrownBy(() -> third.lock(context));
            first.unlock();
            second.lockSlow(context);
            first.lock(context);
            third.lock(context);
            assertThat(context.acquired()).isEqualTo(3);
            Stream.of(first, second, third).forEach(WwMutex::unlock);
        }
    }

    @ParameterizedTest
    @MethodSource("classes")
    void neitherTheFirstLockNorTryingNorLocksWithoutContext(WwClass ww) throws Exception {
        ww.injectDeadlocks(1);
        for (int round = 0; round < 20; round++) {
            WwMutex alone = new WwMutex(ww);
            WwMutex tried = new WwMutex(ww);
            WwMutex ordinary = new WwMutex(ww);
            try (AcquireContext context = new AcquireContext(ww)) {
                alone.lock(context);
                assertThat(tried.tryLock(context)).isTrue();
                ordinary.lock();
                Stream.of(alone, tried, ordinary).forEach(WwMutex::unlock);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("classes")
    void everyLoopEnds(WwClass ww) throws Exception {
        ww.injectDeadlocks(1);
        List<WwMutex> mutexes = mutexes(ww, 50);
        try (WwLockSet locked = WwLockSet.lockAll(mutexes)) {
            assertThat(locked.retries()).as("intervals 1, 3, 10, 35, 122").isBetween(2, 8);
            assertThat(mutexes).allMatch(WwMutex::isHeldByCurrentThread);
        }
        assertThat(mutexes).noneMatch(WwMutex::isLocked);
    }

    @ParameterizedTest
    @MethodSource("classes")
    void contextsBeginAtDifferentPlaces(WwClass ww) throws Exception {
        ww.injectDeadlocks(4);
        List<Integer> places = new ArrayList<>();
        for (int round = 0; round < 4; round++) {
            List<WwMutex> mutexes = mutexes(ww, 6);
            int held = 0;
            try (AcquireContext context = new AcquireContext(ww)) {
                try {
                    for (WwMutex mutex : mutexes) {
                        mutex.lockInterruptibly(context);
                        held++;
                    }
                } catch (DeadlockAvoidedException injected) {
                    assertThat(injected.contended()).isSameAs(mutexes.get(held));
                }
                mutexes.subList(0, held).forEach(WwMutex::unlock);
            }
            places.add(held);
        }
        assertThat(places).containsExactly(1, 2, 3, 4);
    }

    @Test
    void reservationsToo() throws Exception {
        List<DmaResv> reservations =
                IntStream.range(0, 3).mapToObj(_ -> new DmaResv()).toList();
        DmaResv.LOCK_CLASS.injectDeadlocks(1);
        try (WwLockSet locked = DmaResv.lockAll(reservations)) {
            assertThat(locked.retries()).isOne();
        } finally {
            DmaResv.LOCK_CLASS.injectDeadlocks(0);
        }
        try (WwLockSet locked = DmaResv.lockAll(reservations)) {
            assertThat(locked.retries()).isZero();
        }
    }

    @Test
    void aNegativeIntervalIsRefused() {
        WwClass ww = WwClass.waitDie("refusing");
        assertThatIllegalArgumentException().isThrownBy(() -> ww.injectDeadlocks(-1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ww.injectDeadlocks(Integer.MIN_VALUE))
                .withMessageContaining("n from 1");
    }
}
