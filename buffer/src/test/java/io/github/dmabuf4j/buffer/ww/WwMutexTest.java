package io.github.dmabuf4j.buffer.ww;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.dmabuf4j.fence.Errno;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The kernel's kernel/locking/test-ww_mutex.c by its names (all but the stress tests), and rules beside it. */
@Timeout(60)
class WwMutexTest {
    static Stream<WwClass> classes() {
        return Stream.of(WwClass.woundWait("test"), WwClass.waitDie("test"));
    }

    private static <T> FutureTask<T> start(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        Thread.ofPlatform().daemon().start(task);
        return task;
    }

    /** While the mutex is held, a worker does not get it; afterwards it does. Flags: spin, try, context. */
    @ParameterizedTest
    @MethodSource("classes")
    void mutex(WwClass ww) throws Exception {
        for (int flags = 0; flags < 8; flags++) {
            boolean spin = (flags & 1) != 0;
            boolean attempts = (flags & 2) != 0;
            boolean withContext = (flags & 4) != 0;
            WwMutex mutex = new WwMutex(ww);
            AtomicBoolean got = new AtomicBoolean();
            CountDownLatch refused = new CountDownLatch(attempts ? 1000 : 1);
            AcquireContext context = new AcquireContext(ww);
            if (withContext) {
                mutex.lock(context);
            } else {
                mutex.lock();
            }
            Thread worker = Thread.ofPlatform().start(() -> {
                if (attempts) {
                    while (!mutex.tryLock()) {
                        refused.countDown();
                        Thread.onSpinWait();
                    }
                } else {
                    mutex.lock();
                }
                got.set(true);
                mutex.unlock();
            });
            if (attempts) {
                refused.await();
            } else {
                awaitWaiting(worker, mutex);
            }
            for (int i = 0; spin && i < 10_000; i++) {
                Thread.onSpinWait();
            }
            assertThat(got).as("flags %d", flags).isFalse();
            mutex.unlock();
            context.close();
            worker.join();
            assertThat(got).as("flags %d", flags).isTrue();
            assertThat(mutex.isLocked()).isFalse();
        }
    }

    @ParameterizedTest
    @MethodSource("classes")
    void aa(WwClass ww) throws Exception {
        for (boolean attempt : new boolean[] {false, true}) {
            WwMutex mutex = new WwMutex(ww);
            try (AcquireContext context = new AcquireContext(ww)) {
                if (attempt) {
                    assertThat(mutex.tryLock(context)).isTrue();
                } else {
                    mutex.lock(context);
                }
                assertThat(mutex.tryLock()).isFalse();
                assertThat(mutex.tryLock(context)).isFalse();
                assertThatExceptionOfType(AlreadyLockedException.class)
                        .isThrownBy(() -> mutex.lock(context))
                        .matches(already -> already.errno().equals(Errno.EALREADY));
                assertThatExceptionOfType(AlreadyLockedException.class).isThrownBy(mutex::lock);
                assertThat(mutex.context()).isSameAs(context);
                assertThat(context.acquired()).isOne();
                mutex.unlock();
                assertThat(mutex.context()).isNull();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("classes")
    void abba(WwClass ww) throws Exception {
        for (int round = 0; round < 20; round++) {
            for (boolean attempt : new boolean[] {false, true}) {
                for (boolean resolve : new boolean[] {false, true}) {
                    abbaOnce(ww, attempt, resolve);
                }
            }
        }
    }

    private static void abbaOnce(WwClass ww, boolean attempt, boolean resolve) throws Exception {
        WwMutex a = new WwMutex(ww);
        WwMutex b = new WwMutex(ww);
        CyclicBarrier bothHoldOne = new CyclicBarrier(2);
        FutureTask<Boolean> other = start(() -> lockTwo(ww, b, a, attempt, resolve, bothHoldOne));
        boolean mine = lockTwo(ww, a, b, attempt, resolve, bothHoldOne);
        boolean theirs = other.get();
        assertThat(mine && theirs)
                .as("trylock %s, resolve %s", attempt, resolve)
                .isEqualTo(resolve);
        assertThat(a.isLocked() || b.isLocked()).isFalse();
    }

    private static boolean lockTwo(
            WwClass ww, WwMutex first, WwMutex second, boolean attempt, boolean resolve, CyclicBarrier bothHoldOne)
            throws Exception {
        try (AcquireContext context = new AcquireContext(ww)) {
            if (attempt) {
                assertThat(first.tryLock(context)).isTrue();
            } else {
                first.lock(context);
            }
            bothHoldOne.await();
            boolean all = false;
            try {
                second.lock(context);
                all = true;
            } catch (DeadlockAvoidedException older) {
                assertThat(older.contended()).isSameAs(second);
                assertThat(older.errno()).isEqualTo(Errno.EDEADLK);
                if (resolve) {
                    first.unlock();
                    second.lockSlow(context);
                    lockAfterBackOff(first, second, context);
                    all = true;
                }
            }
            if (all) {
                second.unlock();
            }
            first.unlock();
            return all;
        }
    }

    /** Two are in play: whoever backed off once is told again only while the other still holds what it wants. */
    private static void lockAfterBackOff(WwMutex first, WwMutex second, AcquireContext context) {
        WwMutex held = second;
        WwMutex wanted = first;
        while (true) {
            try {
                wanted.lock(context);
                return;
            } catch (DeadlockAvoidedException again) {
                held.unlock();
                wanted.lockSlow(context);
                WwMutex swap = held;
                held = wanted;
                wanted = swap;
            }
        }
    }

    /** Threads in a ring: each holds one mutex and wants its neighbour's. */
    @ParameterizedTest
    @MethodSource("classes")
    void cycle(WwClass ww) throws Exception {
        for (int threads = 2; threads <= 5; threads++) {
            for (int round = 0; round < 10; round++) {
                cycleOnce(ww, threads);
            }
        }
    }

    private static void cycleOnce(WwClass ww, int threads) throws Exception {
        List<WwMutex> ring =
                Stream.generate(() -> new WwMutex(ww)).limit(threads).toList();
        CyclicBarrier allHoldOne = new CyclicBarrier(threads);
        AtomicInteger backOffs = new AtomicInteger();
        List<FutureTask<Boolean>> tasks = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            WwMutex own = ring.get(i);
            WwMutex next = ring.get((i + 1) % threads);
            tasks.add(start(() -> {
                try (AcquireContext context = new AcquireContext(ww)) {
                    own.lock(context);
                    allHoldOne.await();
                    try {
                        next.lock(context);
                    } catch (DeadlockAvoidedException older) {
                        backOffs.incrementAndGet();
                        own.unlock();
                        next.lockSlow(context);
                        lockAfterBackOff(own, next, context);
                    }
                    assertThat(own.context()).isSameAs(context);
                    assertThat(next.context()).isSameAs(context);
                    own.unlock();
                    next.unlock();
                    return true;
                }
            }));
        }
        for (FutureTask<Boolean> task : tasks) {
            assertThat(task.get()).isTrue();
        }
        assertThat(backOffs).as("%d threads", threads).hasPositiveValue();
    }

    /** Wait-die: the younger backs off although the older only holds. Wound-wait: the older waits, the younger dies. */
    @ParameterizedTest
    @MethodSource("classes")
    void theYoungerBacksOff(WwClass ww) throws Exception {
        WwMutex a = new WwMutex(ww);
        WwMutex b = new WwMutex(ww);
        AcquireContext older = new AcquireContext(ww);
        a.lock(older);
        CountDownLatch youngerHolds = new CountDownLatch(1);
        FutureTask<Boolean> younger = start(() -> {
            try (AcquireContext context = new AcquireContext(ww)) {
                assertThat(context.stamp()).isGreaterThan(older.stamp());
                b.lock(context);
                youngerHolds.countDown();
                try {
                    a.lock(context);
                    return false;
                } catch (DeadlockAvoidedException expected) {
                    return true;
                } finally {
                    b.unlock();
                }
            }
        });
        youngerHolds.await();
        b.lock(older);
        assertThat(younger.get()).isTrue();
        a.unlock();
        b.unlock();
        older.close();
    }

    /** A context that holds nothing may always wait. */
    @ParameterizedTest
    @MethodSource("classes")
    void whoHoldsNothingNeverBacksOff(WwClass ww) throws Exception {
        WwMutex mutex = new WwMutex(ww);
        AcquireContext older = new AcquireContext(ww);
        mutex.lock(older);
        AtomicBoolean got = new AtomicBoolean();
        Thread younger = Thread.ofPlatform().start(() -> {
            try (AcquireContext context = new AcquireContext(ww)) {
                mutex.lock(context);
                got.set(true);
                mutex.unlock();
            } catch (DeadlockAvoidedException unexpected) {
                throw new AssertionError(unexpected);
            }
        });
        awaitWaiting(younger, mutex);
        mutex.unlock();
        older.close();
        younger.join();
        assertThat(got).isTrue();
    }

    /** Contexts get a mutex by age, whatever the order in which they came. */
    @ParameterizedTest
    @MethodSource("classes")
    void theOldestWaiterIsNext(WwClass ww) throws Exception {
        WwMutex mutex = new WwMutex(ww);
        int waiters = 4;
        List<Integer> order = new ArrayList<>();
        List<CountDownLatch> go =
                Stream.generate(() -> new CountDownLatch(1)).limit(waiters).toList();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < waiters; i++) {
            int age = i;
            CountDownLatch drawn = new CountDownLatch(1);
            threads.add(Thread.ofPlatform().start(() -> {
                try (AcquireContext context = new AcquireContext(ww)) {
                    drawn.countDown();
                    go.get(age).await();
                    mutex.lock(context);
                    order.add(age); // guarded by the mutex under test
                    mutex.unlock();
                } catch (Exception unexpected) {
                    throw new AssertionError(unexpected);
                }
            }));
            drawn.await();
        }
        mutex.lock();
        for (int age : new int[] {2, 0, 3, 1}) {
            go.get(age).countDown();
            Thread thread = threads.get(age);
            awaitWaiting(thread, mutex);
        }
        mutex.unlock();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(order).containsExactly(0, 1, 2, 3);
    }

    @ParameterizedTest
    @MethodSource("classes")
    void anInterruptEndsAnInterruptibleWaitOnly(WwClass ww) throws Exception {
        WwMutex mutex = new WwMutex(ww);
        mutex.lock();
        FutureTask<Boolean> interruptible = new FutureTask<>(() -> {
            try (AcquireContext context = new AcquireContext(ww)) {
                mutex.lockInterruptibly(context);
                return false;
            } catch (InterruptedException expected) {
                return true;
            }
        });
        Thread first = Thread.ofPlatform().start(interruptible);
        FutureTask<Boolean> stubborn = new FutureTask<>(() -> {
            mutex.lock();
            mutex.unlock();
            return Thread.interrupted();
        });
        Thread second = Thread.ofPlatform().start(stubborn);
        awaitWaiting(first, mutex);
        awaitWaiting(second, mutex);
        first.interrupt();
        second.interrupt();
        assertThat(interruptible.get()).isTrue();
        assertThat(stubborn.isDone()).isFalse();
        mutex.unlock();
        assertThat(stubborn.get()).as("the interrupt status is kept").isTrue();
        assertThat(mutex.isLocked()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("classes")
    void misuseIsFound(WwClass ww) throws Exception {
        WwMutex mutex = new WwMutex(ww);
        assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(mutex::unlock);
        assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(mutex::acquisitions);

        AcquireContext foreign = new AcquireContext(WwClass.waitDie("other"));
        assertThatIllegalArgumentException().isThrownBy(() -> mutex.lock(foreign));
        assertThatIllegalArgumentException().isThrownBy(() -> mutex.tryLock(foreign));

        AcquireContext context = new AcquireContext(ww);
        assertThatIllegalStateException().isThrownBy(() -> mutex.lockSlow(context));
        mutex.lock(context);
        assertThatIllegalStateException().isThrownBy(context::close).withMessageContaining("still holds 1");
        context.done();
        assertThatIllegalStateException().isThrownBy(context::done);
        assertThatIllegalStateException().isThrownBy(() -> new WwMutex(ww).lock(context));
        mutex.unlock();
        context.close();
        context.close();
        assertThatIllegalStateException().isThrownBy(() -> mutex.lock(context));
        FutureTask<Boolean> elsewhere = start(() -> {
            AcquireContext mine = new AcquireContext(ww);
            FutureTask<Void> stolen = start(() -> {
                assertThatIllegalStateException().isThrownBy(() -> mutex.lock(mine));
                return null;
            });
            stolen.get();
            return true;
        });
        assertThat(elsewhere.get()).isTrue();
        assertThat(mutex.isLocked()).isFalse();
    }

    /** edeadlk_no_unlock, edeadlk_acquire_more, edeadlk_acquire_wrong of lib/locking-selftest.c. */
    @ParameterizedTest
    @MethodSource("classes")
    void afterABackOffOnlyTheContendedMutexMayBeLocked(WwClass ww) throws Exception {
        WwMutex own = new WwMutex(ww);
        WwMutex contended = new WwMutex(ww);
        WwMutex third = new WwMutex(ww);
        AcquireContext context = backedOff(ww, own, contended);
        assertThatIllegalStateException().isThrownBy(() -> contended.lock(context));
        assertThatIllegalStateException().isThrownBy(() -> contended.lockSlow(context));
        assertThatIllegalStateException().isThrownBy(() -> third.lock(context));
        own.unlock();
        assertThatIllegalStateException().isThrownBy(() -> third.lock(context));
        assertThatIllegalStateException().isThrownBy(() -> third.lockSlow(context));
        contended.lockSlow(context);
        own.lock(context);
        third.lock(context);
        assertThat(context.acquired()).isEqualTo(3);
        third.unlock();
        own.unlock();
        contended.unlock();
        context.close();
    }

    /** Makes a context that holds one mutex and was told to back off from another, which is free again. */
    private static AcquireContext backedOff(WwClass ww, WwMutex own, WwMutex contended) throws Exception {
        CountDownLatch holds = new CountDownLatch(1);
        CountDownLatch mayGo = new CountDownLatch(1);
        FutureTask<Void> older = start(() -> {
            try (AcquireContext context = new AcquireContext(ww)) {
                contended.lock(context);
                holds.countDown();
                mayGo.await();
                if (!ww.isWaitDie()) {
                    own.lock(context); // wounds the younger one
                    own.unlock();
                }
                contended.unlock();
                return null;
            }
        });
        holds.await();
        AcquireContext younger = new AcquireContext(ww);
        own.lock(younger);
        mayGoWhenNeeded(ww, mayGo);
        assertThatExceptionOfType(DeadlockAvoidedException.class).isThrownBy(() -> contended.lock(younger));
        if (ww.isWaitDie()) {
            mayGo.countDown();
            older.get();
        } else {
            // The older one waits for what this one holds: let it have that, and take it back.
            own.unlock();
            older.get();
            contended.lockSlow(younger);
            contended.unlock();
            own.lock(younger);
            younger.contended = contended;
        }
        return younger;
    }

    private static void mayGoWhenNeeded(WwClass ww, CountDownLatch mayGo) {
        if (!ww.isWaitDie()) {
            mayGo.countDown();
        }
    }

    static void awaitWaiting(Thread thread, WwMutex mutex) {
        while (LockSupport.getBlocker(thread) != mutex) {
            Thread.onSpinWait();
        }
    }
}
