package io.github.dmabuf4j.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.dmabuf4j.buffer.ww.AcquireContext;
import io.github.dmabuf4j.buffer.ww.AlreadyLockedException;
import io.github.dmabuf4j.buffer.ww.DeadlockAvoidedException;
import io.github.dmabuf4j.buffer.ww.WwClass;
import io.github.dmabuf4j.buffer.ww.WwMutex;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The kernel's kernel/locking/test-ww_mutex.c, for both kinds of classes; the stress cases are shorter here. */
@Family("ww_mutex")
@InProcessOnly("user space does not see the kernel's locks")
class UpstreamWwMutexTest {
    static List<WwClass> classes() {
        return List.of(WwClass.woundWait("ww"), WwClass.waitDie("wd"));
    }

    private static List<WwMutex> mutexes(WwClass ww, int count) {
        List<WwMutex> mutexes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            mutexes.add(new WwMutex(ww));
        }
        return mutexes;
    }

    /** The flags of the kernel's test: whether the other thread spins, tries, and whether the holder has a context. */
    @ParameterizedTest(name = "test_mutex {0}")
    @MethodSource("classes")
    void mutex(WwClass ww) throws Exception {
        for (int flags = 0; flags < 8; flags++) {
            boolean spins = (flags & 1) != 0;
            boolean tries = (flags & 2) != 0;
            boolean withContext = (flags & 4) != 0;
            WwMutex mutex = new WwMutex(ww);
            AtomicInteger inside = new AtomicInteger(1);
            AcquireContext context = new AcquireContext(ww);
            if (withContext) {
                mutex.lock(context);
            } else {
                mutex.lock();
            }
            FutureTask<Boolean> other = Case.start(() -> {
                if (tries) {
                    while (!mutex.tryLock()) {
                        Thread.yield();
                    }
                } else {
                    mutex.lock();
                }
                assertThat(inside.incrementAndGet()).isEqualTo(1);
                mutex.unlock();
            });
            for (int i = 0; i < (spins ? 10_000 : 10); i++) {
                Thread.onSpinWait();
            }
            assertThat(other.isDone()).isFalse();
            assertThat(inside.decrementAndGet()).isZero();
            mutex.unlock();
            context.close();
            other.get();
            assertThat(mutex.isLocked()).isFalse();
        }
    }

    @ParameterizedTest(name = "test_aa {0}")
    @MethodSource("classes")
    void aa(WwClass ww) throws Exception {
        for (boolean tries : new boolean[] {false, true}) {
            WwMutex mutex = new WwMutex(ww);
            try (AcquireContext context = new AcquireContext(ww)) {
                if (tries) {
                    assertThat(mutex.tryLock(context)).isTrue();
                } else {
                    mutex.lock(context);
                }
                assertThat(mutex.tryLock()).isFalse();
                assertThat(mutex.tryLock(context)).isFalse();
                assertThatExceptionOfType(AlreadyLockedException.class).isThrownBy(() -> mutex.lock(context));
                mutex.unlock();
            }
        }
    }

    @ParameterizedTest(name = "test_abba {0}")
    @MethodSource("classes")
    void abba(WwClass ww) throws Exception {
        for (boolean tries : new boolean[] {false, true}) {
            for (boolean resolve : new boolean[] {false, true}) {
                List<WwMutex> ring = mutexes(ww, 2);
                int backedOff = inARing(ww, ring, tries, resolve);
                assertThat(backedOff).as("tries %s, resolve %s", tries, resolve).isPositive();
            }
        }
    }

    @ParameterizedTest(name = "test_cycle {0}")
    @MethodSource("classes")
    void cycle(WwClass ww) throws Exception {
        for (int threads = 2; threads <= 4; threads++) {
            assertThat(inARing(ww, mutexes(ww, threads), false, true)).isPositive();
        }
    }

    /** Each thread holds one mutex and wants the next; answers how many were told to back off. */
    private static int inARing(WwClass ww, List<WwMutex> ring, boolean tries, boolean resolve) throws Exception {
        AtomicInteger backedOff = new AtomicInteger();
        CyclicBarrier allHoldOne = new CyclicBarrier(ring.size());
        List<Case.Work> works = new ArrayList<>();
        for (int i = 0; i < ring.size(); i++) {
            WwMutex own = ring.get(i);
            WwMutex next = ring.get((i + 1) % ring.size());
            works.add(() -> {
                try (AcquireContext context = new AcquireContext(ww)) {
                    if (!tries || !own.tryLock(context)) {
                        own.lock(context);
                    }
                    allHoldOne.await();
                    try {
                        next.lock(context);
                        next.unlock();
                    } catch (DeadlockAvoidedException older) {
                        backedOff.incrementAndGet();
                        if (resolve) {
                            own.unlock();
                            lockBoth(own, next, older.contended(), context);
                            next.unlock();
                        }
                    } finally {
                        if (own.isHeldByCurrentThread()) {
                            own.unlock();
                        }
                    }
                }
            });
        }
        Case.inParallel(works);
        assertThat(ring).noneMatch(WwMutex::isLocked);
        return backedOff.get();
    }

    /** After a back-off with nothing held: the contended one slowly, then the other; again if an older one has that. */
    private static void lockBoth(WwMutex own, WwMutex next, WwMutex contended, AcquireContext context) {
        WwMutex slow = contended;
        while (true) {
            slow.lockSlow(context);
            try {
                (slow == own ? next : own).lock(context);
                return;
            } catch (DeadlockAvoidedException older) {
                slow.unlock();
                slow = older.contended();
            }
        }
    }

    @ParameterizedTest(name = "stress_inorder {0}")
    @MethodSource("classes")
    void stressInOrder(WwClass ww) throws Exception {
        stress(ww, false);
    }

    @ParameterizedTest(name = "stress_reorder {0}")
    @MethodSource("classes")
    void stressReorder(WwClass ww) throws Exception {
        stress(ww, true);
    }

    private static void stress(WwClass ww, boolean reorder) throws Exception {
        List<WwMutex> mutexes = mutexes(ww, 16);
        int[] holders = new int[mutexes.size()]; // each guarded by its mutex
        long seed = System.nanoTime();
        List<Case.Work> works = new ArrayList<>();
        for (int thread = 0; thread < 4; thread++) {
            Random random = new Random(seed + thread);
            works.add(() -> {
                List<WwMutex> order = new ArrayList<>(mutexes);
                for (int round = 0; round < 100; round++) {
                    Collections.shuffle(order, random);
                    lockAll(ww, order, reorder);
                    for (int i = 0; i < holders.length; i++) {
                        holders[i]++;
                    }
                    order.forEach(WwMutex::unlock);
                }
            });
        }
        Case.inParallel(works);
        assertThat(Arrays.stream(holders).boxed().toList()).as("seed %d", seed).containsOnly(400);
    }

    private static void lockAll(WwClass ww, List<WwMutex> order, boolean reorder) {
        AcquireContext context = new AcquireContext(ww);
        WwMutex slow = null;
        while (true) {
            List<WwMutex> locked = new ArrayList<>();
            if (slow != null) {
                slow.lockSlow(context);
                locked.add(slow);
            }
            try {
                for (WwMutex mutex : List.copyOf(order)) {
                    if (mutex != slow) {
                        mutex.lock(context);
                        locked.add(mutex);
                    }
                }
                return;
            } catch (DeadlockAvoidedException older) {
                locked.forEach(WwMutex::unlock);
                slow = older.contended();
                if (reorder) {
                    order.remove(slow);
                    order.addFirst(slow);
                }
            }
        }
    }

    @ParameterizedTest(name = "stress_all {0}")
    @MethodSource("classes")
    void stressAll(WwClass ww) throws Exception {
        List<WwMutex> mutexes = mutexes(ww, 256);
        long seed = System.nanoTime();
        List<Case.Work> works = new ArrayList<>();
        for (int thread = 0; thread < 6; thread++) {
            Random random = new Random(seed + thread);
            boolean single = thread % 3 == 2;
            works.add(() -> {
                for (int round = 0; round < (single ? 2_000 : 10); round++) {
                    if (single) {
                        WwMutex one = mutexes.get(random.nextInt(mutexes.size()));
                        one.lock();
                        one.unlock();
                    } else {
                        List<WwMutex> order = new ArrayList<>(mutexes);
                        Collections.shuffle(order, random);
                        lockAll(ww, order, false);
                        order.forEach(WwMutex::unlock);
                    }
                }
            });
        }
        Case.inParallel(works);
        assertThat(mutexes).as("seed %d", seed).noneMatch(WwMutex::isLocked);
    }
}
