package io.github.dmabuf4j.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.dmabuf4j.buffer.DmaResv;
import io.github.dmabuf4j.buffer.ww.AcquireContext;
import io.github.dmabuf4j.buffer.ww.DeadlockAvoidedException;
import io.github.dmabuf4j.buffer.ww.WwClass;
import io.github.dmabuf4j.buffer.ww.WwLockSet;
import io.github.dmabuf4j.buffer.ww.WwMutex;
import io.github.dmabuf4j.fence.Errno;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rules of ww_mutex. */
@Family("ww_mutex")
@InProcessOnly("user space does not see the kernel's locks")
class WwMutexTest {
    private final WwClass waitDie = WwClass.waitDie("wd");
    private final WwClass woundWait = WwClass.woundWait("ww");

    @Test
    @DisplayName("stamps begin at 1 and rise; a larger one is younger")
    void stamps() {
        assertThat(new AcquireContext(waitDie).stamp()).isEqualTo(1);
        assertThat(new AcquireContext(waitDie).stamp()).isEqualTo(2);
        assertThat(new AcquireContext(woundWait).stamp()).isEqualTo(1);
    }

    @Test
    @DisplayName("reservations are of a wait-die class")
    void reservationClass() {
        assertThat(DmaResv.LOCK_CLASS.isWaitDie()).isTrue();
        assertThat(new DmaResv().mutex().wwClass()).isSameAs(DmaResv.LOCK_CLASS);
    }

    @Test
    @DisplayName("wait-die: the younger one that holds something backs off from what an older one holds")
    void waitDie() throws Exception {
        WwMutex wanted = new WwMutex(waitDie);
        WwMutex held = new WwMutex(waitDie);
        try (AcquireContext older = new AcquireContext(waitDie)) {
            wanted.lock(older);
            Case.start(() -> {
                        try (AcquireContext younger = new AcquireContext(waitDie)) {
                            held.lock(younger);
                            assertThatExceptionOfType(DeadlockAvoidedException.class)
                                    .isThrownBy(() -> wanted.lock(younger))
                                    .satisfies(e -> assertThat(e.contended()).isSameAs(wanted))
                                    .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EDEADLK));
                            held.unlock();
                        }
                    })
                    .get();
            wanted.unlock();
        }
    }

    @Test
    @DisplayName("who holds nothing never backs off")
    void holdsNothing() throws Exception {
        for (WwClass ww : List.of(waitDie, woundWait)) {
            WwMutex mutex = new WwMutex(ww);
            AcquireContext older = new AcquireContext(ww);
            mutex.lock(older);
            FutureTask<Boolean> younger = Case.start(() -> {
                try (AcquireContext context = new AcquireContext(ww)) {
                    mutex.lock(context);
                    mutex.unlock();
                }
            });
            mutex.unlock();
            older.close();
            younger.get();
        }
    }

    @Test
    @DisplayName("wound-wait: the younger holder backs off when it next has to wait, and not before")
    void woundWait() throws Exception {
        WwMutex first = new WwMutex(woundWait);
        WwMutex second = new WwMutex(woundWait);
        AcquireContext older = new AcquireContext(woundWait);
        CountDownLatch holds = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        FutureTask<Boolean> younger = Case.start(() -> {
            try (AcquireContext context = new AcquireContext(woundWait)) {
                second.lock(context);
                holds.countDown();
                go.await();
                // Wounded or not yet: it has to wait for an older one, and that one for it.
                assertThatExceptionOfType(DeadlockAvoidedException.class).isThrownBy(() -> first.lock(context));
                second.unlock();
            }
        });
        first.lock(older);
        holds.await();
        go.countDown();
        second.lock(older);
        second.unlock();
        first.unlock();
        older.close();
        younger.get();
    }

    @Test
    @DisplayName("without a context it is an ordinary mutex")
    void withoutContext() throws Exception {
        WwMutex mutex = new WwMutex(waitDie);
        mutex.lock();
        assertThat(mutex.context()).isNull();
        assertThat(Case.start(() -> assertThat(mutex.tryLock()).isFalse()).get())
                .isTrue();
        mutex.unlock();
        assertThat(mutex.tryLock()).isTrue();
        mutex.unlock();
    }

    @Test
    @DisplayName("an interrupt ends a wait that may be interrupted")
    void interrupt() {
        WwMutex mutex = new WwMutex(waitDie);
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(InterruptedException.class).isThrownBy(mutex::lockInterruptibly);
        assertThat(mutex.isLocked()).isFalse();
    }

    @Test
    @DisplayName("only what one was told to back off from is locked slowly, with everything released")
    void lockSlow() {
        WwMutex mutex = new WwMutex(waitDie);
        try (AcquireContext context = new AcquireContext(waitDie)) {
            assertThatIllegalStateException().isThrownBy(() -> mutex.lockSlow(context));
        }
    }

    @Test
    @DisplayName("after done nothing more is locked, and done is said once")
    void done() throws Exception {
        WwMutex mutex = new WwMutex(waitDie);
        try (AcquireContext context = new AcquireContext(waitDie)) {
            mutex.lock(context);
            context.done();
            assertThatIllegalStateException().isThrownBy(context::done);
            assertThatIllegalStateException().isThrownBy(() -> new WwMutex(waitDie).lock(context));
            mutex.unlock();
        }
    }

    @Test
    @DisplayName("a context ends with nothing held")
    void finiEarly() throws Exception {
        WwMutex mutex = new WwMutex(waitDie);
        AcquireContext context = new AcquireContext(waitDie);
        mutex.lock(context);
        assertThat(context.acquired()).isEqualTo(1);
        assertThatIllegalStateException().isThrownBy(context::close);
        mutex.unlock();
        assertThat(context.acquired()).isZero();
        context.close();
    }

    @Test
    @DisplayName("a mutex is locked with a context of its class, and unlocked once by its owner")
    void misuse() {
        WwMutex mutex = new WwMutex(waitDie);
        try (AcquireContext foreign = new AcquireContext(woundWait)) {
            assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> mutex.lock(foreign));
        }
        mutex.lock();
        mutex.unlock();
        assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(mutex::unlock);
    }

    @Test
    @DisplayName("drm_exec: threads that lock all of several in any order all come through")
    void lockAll() throws Exception {
        List<WwMutex> mutexes = List.of(new WwMutex(waitDie), new WwMutex(waitDie), new WwMutex(waitDie));
        int[] counter = {0};
        Case.Work work = () -> {
            for (int i = 0; i < 500; i++) {
                try (WwLockSet locked = WwLockSet.lockAll(i % 2 == 0 ? mutexes : mutexes.reversed())) {
                    assertThat(locked.retries()).isNotNegative();
                    counter[0]++;
                }
            }
        };
        Case.inParallel(List.of(work, work, work));
        assertThat(counter[0]).isEqualTo(1_500);
    }

    @Test
    @DisplayName("the oldest waiter is next, whoever came first")
    void oldestIsNext() throws Exception {
        for (WwClass ww : List.of(waitDie, woundWait)) {
            WwMutex mutex = new WwMutex(ww);
            AcquireContext holder = new AcquireContext(ww);
            mutex.lock(holder);
            CountDownLatch olderHasStamp = new CountDownLatch(1);
            CountDownLatch youngerWaits = new CountDownLatch(1);
            List<String> order = new ArrayList<>(); // guarded by the mutex
            Thread older = Thread.ofPlatform().daemon().start(() -> {
                AcquireContext context = new AcquireContext(ww);
                olderHasStamp.countDown();
                lockAfter(youngerWaits, mutex, context, () -> order.add("older"));
            });
            olderHasStamp.await();
            Thread younger = Thread.ofPlatform()
                    .daemon()
                    .start(() -> lockAfter(
                            new CountDownLatch(0), mutex, new AcquireContext(ww), () -> order.add("younger")));
            awaitQueued(younger, mutex);
            youngerWaits.countDown();
            awaitQueued(older, mutex);
            mutex.unlock();
            holder.close();
            older.join();
            younger.join();
            assertThat(order).containsExactly("older", "younger");
        }
    }

    private static void lockAfter(CountDownLatch latch, WwMutex mutex, AcquireContext context, Runnable inside) {
        try (context) {
            latch.await();
            mutex.lock(context);
            inside.run();
            mutex.unlock();
        } catch (InterruptedException | DeadlockAvoidedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void awaitQueued(Thread thread, WwMutex mutex) {
        while (LockSupport.getBlocker(thread) != mutex) {
            Thread.onSpinWait();
        }
    }

    @Test
    @DisplayName("edeadlk_acquire_more, edeadlk_acquire_wrong: after a back-off only the contended one may be locked")
    void afterBackOff() throws Exception {
        WwMutex contended = new WwMutex(waitDie);
        try (AcquireContext older = new AcquireContext(waitDie)) {
            contended.lock(older);
            CountDownLatch mayRelease = new CountDownLatch(1);
            FutureTask<Boolean> younger = Case.start(() -> {
                WwMutex held = new WwMutex(waitDie);
                WwMutex third = new WwMutex(waitDie);
                try (AcquireContext context = new AcquireContext(waitDie)) {
                    held.lock(context);
                    assertThatExceptionOfType(DeadlockAvoidedException.class).isThrownBy(() -> contended.lock(context));
                    assertThatIllegalStateException().as("more").isThrownBy(() -> third.lock(context));
                    assertThatIllegalStateException().as("no unlock").isThrownBy(() -> contended.lockSlow(context));
                    held.unlock();
                    assertThatIllegalStateException().as("wrong").isThrownBy(() -> third.lock(context));
                    mayRelease.countDown();
                    contended.lockSlow(context);
                    held.lock(context);
                    held.unlock();
                    contended.unlock();
                } finally {
                    mayRelease.countDown();
                }
            });
            mayRelease.await();
            contended.unlock();
            younger.get();
        }
    }
}
