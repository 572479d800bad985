package io.github.dmabuf4j.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.dmabuf4j.buffer.ww.AcquireContext;
import io.github.dmabuf4j.buffer.ww.AlreadyLockedException;
import io.github.dmabuf4j.buffer.ww.DeadlockAvoidedException;
import io.github.dmabuf4j.buffer.ww.WwClass;
import io.github.dmabuf4j.buffer.ww.WwMutex;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The kernel's lib/locking-selftest.c, its W/W section, each case by its name there. Where that wants a complaint by the
 * lock debugging, this wants an exception. What it can only know from the order of locks is in
 * {@link #whatOnlyLockdepSees()}.
 */
@Family("ww_mutex")
@InProcessOnly("user space does not see the kernel's locks")
class UpstreamWwSelftestTest {
    private final WwClass ww = WwClass.waitDie("selftest");
    private final WwMutex o = new WwMutex(ww);
    private final WwMutex o2 = new WwMutex(ww);
    private final WwMutex o3 = new WwMutex(ww);

    /** Locks mutexes with a context older than any made later, until it is told to release them. */
    private final class Older {
        private final CountDownLatch release = new CountDownLatch(1);
        private final FutureTask<Boolean> task;

        Older(WwMutex... mutexes) throws InterruptedException {
            CountDownLatch holds = new CountDownLatch(1);
            task = Case.start(() -> {
                try (AcquireContext older = new AcquireContext(ww)) {
                    for (WwMutex mutex : mutexes) {
                        mutex.lock(older);
                    }
                    holds.countDown();
                    release.await();
                    List.of(mutexes).forEach(WwMutex::unlock);
                }
            });
            holds.await();
        }

        void release() throws Exception {
            release.countDown();
            assertThat(task.get()).isTrue();
        }
    }

    private static void backsOff(WwMutex contended, AcquireContext t) {
        assertThatExceptionOfType(DeadlockAvoidedException.class)
                .isThrownBy(() -> contended.lock(t))
                .satisfies(e -> assertThat(e.contended()).isSameAs(contended));
    }

    /** The contended one, as each case of the kernel has it in two kinds. */
    private static void lock(WwMutex mutex, AcquireContext t, boolean slow) throws DeadlockAvoidedException {
        if (slow) {
            mutex.lockSlow(t);
        } else {
            mutex.lock(t);
        }
    }

    @Test
    @DisplayName("ww_test_fail_acquire")
    void failAcquire() throws Exception {
        try (AcquireContext t = new AcquireContext(ww)) {
            o.lock(t);
            assertThatExceptionOfType(AlreadyLockedException.class).isThrownBy(() -> o.lock(t));
            assertThat(o.tryLock()).isFalse();
            assertThat(o.tryLock(t)).isFalse();
            // The kernel answers a younger context of the same thread EDEADLK; who holds it is the thread here.
            try (AcquireContext t2 = new AcquireContext(ww)) {
                assertThatExceptionOfType(AlreadyLockedException.class).isThrownBy(() -> o.lock(t2));
            }
            o.unlock();
            assertThat(o.tryLock()).isTrue();
            o.unlock();
        }
    }

    @Test
    @DisplayName("ww_test_normal")
    void normal() throws Exception {
        o.lock();
        assertThat(o.context()).isNull();
        assertThat(o.tryLock()).isFalse();
        o.unlock();
        o.lockInterruptibly();
        assertThat(o.context()).isNull();
        o.unlock();
        assertThat(o.tryLock()).isTrue();
        assertThat(o.context()).isNull();
        o.unlock();
        assertThat(o.isLocked()).isFalse();
    }

    @Test
    @DisplayName("ww_test_unneeded_slow")
    void unneededSlow() {
        try (AcquireContext t = new AcquireContext(ww)) {
            assertThatIllegalStateException().isThrownBy(() -> o.lockSlow(t));
            assertThat(o.isLocked()).isFalse();
        }
    }

    @Test
    @DisplayName("ww_test_diff_class")
    void diffClass() {
        try (AcquireContext t = new AcquireContext(WwClass.waitDie("another"))) {
            assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> o.lock(t));
            assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> o.tryLock(t));
            assertThat(o.isLocked()).isFalse();
        }
    }

    @Test
    @DisplayName("ww_test_context_done_twice")
    void contextDoneTwice() {
        try (AcquireContext t = new AcquireContext(ww)) {
            t.done();
            assertThatIllegalStateException().isThrownBy(t::done);
        }
    }

    @Test
    @DisplayName(
            "ww_test_context_unlock_twice: ending a context twice is no mistake, as with everything that is closed")
    void contextUnlockTwice() {
        AcquireContext t = new AcquireContext(ww);
        t.close();
        t.close();
        assertThat(t.acquired()).isZero();
    }

    @Test
    @DisplayName("ww_test_context_fini_early")
    void contextFiniEarly() throws Exception {
        AcquireContext t = new AcquireContext(ww);
        o.lock(t);
        assertThatIllegalStateException().isThrownBy(t::close);
        o.unlock();
        t.close();
    }

    @Test
    @DisplayName("ww_test_context_lock_after_done")
    void contextLockAfterDone() {
        try (AcquireContext t = new AcquireContext(ww)) {
            t.done();
            assertThatIllegalStateException().isThrownBy(() -> o.lock(t));
            assertThatIllegalStateException().isThrownBy(() -> o.tryLock(t));
            assertThat(o.isLocked()).isFalse();
        }
    }

    @Test
    @DisplayName("ww_test_object_unlock_twice")
    void objectUnlockTwice() {
        o.lock();
        o.unlock();
        assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(o::unlock);
    }

    @Test
    @DisplayName("ww_test_object_lock_unbalanced: the count of what a context holds cannot be set from outside")
    void objectLockUnbalanced() throws Exception {
        try (AcquireContext t = new AcquireContext(ww)) {
            o.lock(t);
            o2.lock(t);
            o.unlock();
            assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(o::unlock);
            assertThat(t.acquired()).as("what failed counted nothing down").isEqualTo(1);
            o2.unlock();
        }
    }

    @Test
    @DisplayName("ww_test_object_lock_stale_context")
    void objectLockStaleContext() {
        AcquireContext t = new AcquireContext(ww);
        t.close();
        assertThatIllegalStateException().isThrownBy(() -> o.lock(t));
        assertThat(o.isLocked()).isFalse();
    }

    @ParameterizedTest(name = "ww_test_edeadlk_normal, slow: {0}")
    @ValueSource(booleans = {false, true})
    void edeadlkNormal(boolean slow) throws Exception {
        Older older = new Older(o2);
        try (AcquireContext t = new AcquireContext(ww)) {
            o.lock(t);
            backsOff(o2, t);
            o.unlock();
            older.release();
            lock(o2, t, slow);
            o.lock(t);
            assertThat(t.acquired()).isEqualTo(2);
            o.unlock();
            o2.unlock();
        }
    }

    @ParameterizedTest(name = "ww_test_edeadlk_no_unlock, slow: {0}")
    @ValueSource(booleans = {false, true})
    void edeadlkNoUnlock(boolean slow) throws Exception {
        Older older = new Older(o2);
        try (AcquireContext t = new AcquireContext(ww)) {
            o.lock(t);
            backsOff(o2, t);
            older.release();
            assertThatIllegalStateException().isThrownBy(() -> lock(o2, t, slow));
            o.unlock();
        }
    }

    @ParameterizedTest(name = "ww_test_edeadlk_acquire_more, slow: {0}")
    @ValueSource(booleans = {false, true})
    void edeadlkAcquireMore(boolean slow) throws Exception {
        Older older = new Older(o2);
        try (AcquireContext t = new AcquireContext(ww)) {
            o.lock(t);
            backsOff(o2, t);
            assertThatIllegalStateException().isThrownBy(() -> lock(o3, t, slow));
            assertThat(o3.isLocked()).isFalse();
            o.unlock();
        }
        older.release();
    }

    @ParameterizedTest(name = "ww_test_edeadlk_acquire_more_edeadlk, slow: {0}")
    @ValueSource(booleans = {false, true})
    void edeadlkAcquireMoreEdeadlk(boolean slow) throws Exception {
        Older older = new Older(o2, o3);
        try (AcquireContext t = new AcquireContext(ww)) {
            o.lock(t);
            backsOff(o2, t);
            assertThatIllegalStateException()
                    .as("contended as well, and a mistake all the same")
                    .isThrownBy(() -> lock(o3, t, slow));
            o.unlock();
        }
        older.release();
    }

    @ParameterizedTest(name = "ww_test_edeadlk_acquire_wrong, slow: {0}")
    @ValueSource(booleans = {false, true})
    void edeadlkAcquireWrong(boolean slow) throws Exception {
        Older older = new Older(o2);
        try (AcquireContext t = new AcquireContext(ww)) {
            o.lock(t);
            backsOff(o2, t);
            o.unlock();
            assertThatIllegalStateException().isThrownBy(() -> lock(o3, t, slow));
            assertThat(o3.isLocked()).isFalse();
        }
        older.release();
    }

    /**
     * ww_test_two_contexts, ww_test_spin_nest_*, ww_test_spin_*, and the pairs ww_test_{block, try, context}_*: in the
     * kernel a graph of the classes of all locks, lockdep, complains of an order that may deadlock one day. There is none
     * here: one thread alone gets through each of the pairs, in the order that is right and in the one that is not. What
     * goes wrong between threads is answered when it does, by {@link DeadlockAvoidedException}.
     */
    @Test
    @DisplayName(
            "ww_test_two_contexts, ww_test_{context,try,block}_{block,try,context}: no lock order is kept account of")
    void whatOnlyLockdepSees() throws Exception {
        try (AcquireContext t = new AcquireContext(ww);
                AcquireContext t2 = new AcquireContext(ww)) {
            for (int first = 0; first < 3; first++) {
                for (int second = 0; second < 3; second++) {
                    lockAs(first, o, t);
                    lockAs(second, o2, first == 2 ? t : t2);
                    assertThat(o.isHeldByCurrentThread() && o2.isHeldByCurrentThread())
                            .isTrue();
                    o2.unlock();
                    o.unlock();
                }
            }
        }
    }

    private static void lockAs(int kind, WwMutex mutex, AcquireContext t) throws DeadlockAvoidedException {
        switch (kind) {
            case 0 -> mutex.lock();
            case 1 -> assertThat(mutex.tryLock()).isTrue();
            default -> mutex.lock(t);
        }
    }
}
