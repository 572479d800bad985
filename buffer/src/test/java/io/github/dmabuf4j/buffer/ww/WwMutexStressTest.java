package io.github.dmabuf4j.buffer.ww;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The stress tests of the kernel's kernel/locking/test-ww_mutex.c, by rounds instead of by time. */
@Timeout(60)
class WwMutexStressTest {
    private static final int LOCKS = 16;
    private static final int THREADS = 2 * Math.max(2, Runtime.getRuntime().availableProcessors());
    private static final int ROUNDS = 300;

    static Stream<WwClass> classes() {
        return Stream.of(WwClass.woundWait("stress"), WwClass.waitDie("stress"));
    }

    /** A mutex and a number that it guards; the number is not atomic on purpose. */
    private static final class Guarded {
        final WwMutex mutex;
        long count;

        Guarded(WwClass ww) {
            mutex = new WwMutex(ww);
        }
    }

    private interface Locker {
        void lockAll(List<Guarded> all, AcquireContext context, Random random) throws Exception;
    }

    /** Lock all in a random order; on a back-off unlock all, take the contended one slowly, go through the rest. */
    @ParameterizedTest
    @MethodSource("classes")
    void stress_inorder_work(WwClass ww) throws Exception {
        stress(ww, (all, context, random) -> {
            Collections.shuffle(all, random);
            Guarded contended = null;
            while (true) {
                contended = lockFrom(all, contended, context);
                if (contended == null) {
                    return;
                }
            }
        });
    }

    private static Guarded lockFrom(List<Guarded> all, Guarded first, AcquireContext context) {
        List<Guarded> held = new ArrayList<>();
        if (first != null) {
            first.mutex.lockSlow(context);
            held.add(first);
        }
        for (Guarded each : all) {
            if (each == first) {
                continue;
            }
            try {
                each.mutex.lock(context);
                held.add(each);
            } catch (DeadlockAvoidedException older) {
                assertThat(context.acquired())
                        .as("only who holds something backs off")
                        .isPositive();
                held.forEach(one -> one.mutex.unlock());
                return each;
            }
        }
        return null;
    }

    /** As before, but the contended one moves to the front. */
    @ParameterizedTest
    @MethodSource("classes")
    void stress_reorder_work(WwClass ww) throws Exception {
        stress(ww, (all, context, random) -> {
            Collections.shuffle(all, random);
            for (int i = 0; i < all.size(); i++) {
                try {
                    all.get(i).mutex.lock(context);
                } catch (DeadlockAvoidedException older) {
                    for (int held = 0; held < i; held++) {
                        all.get(held).mutex.unlock();
                    }
                    Guarded contended = all.remove(i);
                    contended.mutex.lockSlow(context);
                    all.addFirst(contended);
                    i = 0;
                }
            }
        });
    }

    private void stress(WwClass ww, Locker locker) throws Exception {
        List<Guarded> guarded =
                Stream.generate(() -> new Guarded(ww)).limit(LOCKS).toList();
        long seed = new Random().nextLong();
        inParallel(seed, THREADS, random -> {
            List<Guarded> all = new ArrayList<>(guarded);
            for (int round = 0; round < ROUNDS; round++) {
                try (AcquireContext context = new AcquireContext(ww)) {
                    locker.lockAll(all, context, random);
                    for (Guarded each : all) {
                        each.count++;
                    }
                    all.forEach(each -> each.mutex.unlock());
                }
            }
        });
        for (Guarded each : guarded) {
            assertThat(each.count).as("seed " + seed).isEqualTo((long) THREADS * ROUNDS);
            assertThat(each.mutex.isLocked()).isFalse();
        }
    }

    /** Sets by contexts and single locks without one, on many mutexes at once, on virtual and platform threads. */
    @ParameterizedTest
    @MethodSource("classes")
    void stress_all(WwClass ww) throws Exception {
        List<Guarded> guarded =
                Stream.generate(() -> new Guarded(ww)).limit(200).toList();
        long seed = new Random().nextLong();
        inParallel(seed, 3 * THREADS / 2, random -> {
            for (int round = 0; round < ROUNDS; round++) {
                if (random.nextInt(3) == 0) {
                    Guarded one = guarded.get(random.nextInt(20));
                    one.mutex.lock();
                    one.count++;
                    one.mutex.unlock();
                } else {
                    List<Guarded> some = new ArrayList<>(guarded.subList(0, 20));
                    Collections.shuffle(some, random);
                    some = some.subList(0, 1 + random.nextInt(10));
                    try (WwLockSet locked = WwLockSet.lockAll(
                            some.stream().map(each -> each.mutex).toList())) {
                        assertThat(locked.retries()).isNotNegative();
                        some.forEach(each ->
                                assertThat(each.mutex.isHeldByCurrentThread()).isTrue());
                        some.forEach(each -> each.count++);
                    }
                }
            }
        });
        assertThat(guarded).as("seed " + seed).noneMatch(each -> each.mutex.isLocked());
        assertThat(guarded.subList(0, 20).stream().mapToLong(each -> each.count).sum())
                .isPositive();
    }

    @ParameterizedTest
    @MethodSource("classes")
    void aLockSetTakesDoublesOnceAndLeavesNothingBehind(WwClass ww) throws Exception {
        WwMutex a = new WwMutex(ww);
        WwMutex b = new WwMutex(ww);
        WwLockSet set = WwLockSet.lockAll(List.of(a, b, a));
        assertThat(a.context()).isNotNull().isSameAs(b.context());
        assertThat(set.retries()).isZero();
        set.close();
        set.close();
        assertThat(a.isLocked() || b.isLocked()).isFalse();

        b.lock();
        assertThatExceptionOfType(AlreadyLockedException.class).isThrownBy(() -> WwLockSet.lockAll(List.of(a, b)));
        assertThat(a.isLocked()).isFalse();
        FutureTask<Boolean> interrupted = new FutureTask<>(() -> {
            try (WwLockSet never = WwLockSet.lockAll(List.of(a, b))) {
                return never.retries() < 0;
            } catch (InterruptedException expected) {
                return true;
            }
        });
        Thread thread = Thread.ofPlatform().start(interrupted);
        WwMutexTest.awaitWaiting(thread, b);
        assertThat(a.isLocked()).isTrue();
        thread.interrupt();
        assertThat(interrupted.get()).isTrue();
        assertThat(a.isLocked()).isFalse();
        b.unlock();

        assertThatIllegalArgumentException().isThrownBy(() -> WwLockSet.lockAll(List.of()));
        WwMutex foreign = new WwMutex(WwClass.waitDie("other"));
        assertThatIllegalArgumentException().isThrownBy(() -> WwLockSet.lockAll(List.of(a, foreign)));
        assertThat(a.isLocked()).isFalse();
    }

    private interface Work {
        void run(Random random) throws Exception;
    }

    private static void inParallel(long seed, int count, Work work) throws Exception {
        List<FutureTask<Void>> tasks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Random random = new Random(seed + i);
            Callable<Void> body = () -> {
                work.run(random);
                return null;
            };
            FutureTask<Void> task = new FutureTask<>(body);
            tasks.add(task);
            if (i % 2 == 0) {
                Thread.ofPlatform().daemon().start(task);
            } else {
                Thread.ofVirtual().start(task);
            }
        }
        for (FutureTask<Void> task : tasks) {
            task.get();
        }
    }
}
