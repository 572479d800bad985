package io.github.dmabuf4j.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.fence.FenceCallback;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rules of callbacks and of the hook that enables signalling. */
@Family("fence")
@InProcessOnly("callbacks and hooks are functions of the kernel")
class CallbackTest {
    private final MockFence fence = MockFence.alone();

    @Test
    @DisplayName("callbacks run in the order in which they were added")
    void order() {
        List<Integer> ran = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            int number = i;
            fence.addCallback(FenceCallback.of(_ -> ran.add(number)));
        }
        fence.end(null);
        assertThat(ran).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    @DisplayName("a callback sees the fence signalled, with error and time, and off the list")
    void published() {
        List<Object> seen = new ArrayList<>();
        AtomicReference<FenceCallback> self = new AtomicReference<>();
        self.set(FenceCallback.of(signaled -> {
            seen.add(signaled.isSignaled());
            seen.add(String.valueOf(signaled.error()));
            seen.add(signaled.timestampNanos() <= System.nanoTime());
            seen.add(signaled.removeCallback(self.get()));
        }));
        fence.addCallback(self.get());
        fence.end(Errno.EIO);
        assertThat(seen).containsExactly(true, "EIO", true, false);
    }

    @Test
    @DisplayName("a callback may signal other fences")
    void nested() {
        MockFence other = MockFence.alone();
        AtomicBoolean ran = new AtomicBoolean();
        other.onSignaled(_ -> ran.set(true));
        fence.onSignaled(_ -> other.end(null));
        fence.end(null);
        assertThat(ran).isTrue();
    }

    @Test
    @DisplayName("adding without a callback is refused")
    void nothing() {
        assertThatNullPointerException().isThrownBy(() -> fence.addCallback(null));
        assertThat(fence.enabled).isZero();
    }

    @Test
    @DisplayName("signalling is enabled once, and not on a signalled fence")
    void enabledOnce() throws Exception {
        fence.addCallback(FenceCallback.of(_ -> {}));
        fence.addCallback(FenceCallback.of(_ -> {}));
        fence.await(Case.NOW);
        assertThat(fence.enabled).isEqualTo(1);
        MockFence late = MockFence.alone();
        late.end(null);
        late.addCallback(FenceCallback.of(_ -> {}));
        assertThat(late.enabled).isZero();
    }

    @Test
    @DisplayName("enabling that finds the work done signals the fence, and the callback is not added")
    void enablingFindsTheEnd() {
        fence.willSignal = false;
        AtomicBoolean ran = new AtomicBoolean();
        assertThat(fence.addCallback(FenceCallback.of(_ -> ran.set(true)))).isFalse();
        assertThat(fence.isSignaled()).isTrue();
        assertThat(ran).isFalse();
    }

    @Test
    @DisplayName("enabling may find that the work failed")
    void enablingFindsAnError() {
        MockFence failing = new MockFence() {
            @Override
            protected boolean enableSignaling() {
                end(Errno.ENODATA);
                return false;
            }
        };
        assertThat(failing.addCallback(FenceCallback.of(_ -> {}))).isFalse();
        assertThat(failing.error()).isEqualTo(Errno.ENODATA);
    }

    @Test
    @DisplayName("removing: either the callback ran, or it was removed and never runs")
    void removeRace() throws Exception {
        for (int round = 0; round < 1_000; round++) {
            MockFence raced = MockFence.alone();
            AtomicBoolean ran = new AtomicBoolean();
            FenceCallback callback = FenceCallback.of(_ -> ran.set(true));
            raced.addCallback(callback);
            Case.inParallel(List.of(
                    () -> raced.end(null),
                    () -> assertThat(raced.removeCallback(callback)).isNotEqualTo(ran.get())));
        }
    }

    @Test
    @DisplayName("adding: either the callback runs once, or it is not added and never runs")
    void addRace() throws Exception {
        for (int round = 0; round < 1_000; round++) {
            MockFence raced = MockFence.alone();
            List<DmaFence> ran = java.util.Collections.synchronizedList(new ArrayList<>());
            AtomicBoolean added = new AtomicBoolean();
            Case.inParallel(
                    List.of(() -> raced.end(null), () -> added.set(raced.addCallback(FenceCallback.of(ran::add)))));
            assertThat(ran).hasSize(added.get() ? 1 : 0);
        }
    }

    @Test
    @DisplayName("a thread that waits wakes before callbacks that were added earlier run")
    void waitersFirst() throws Exception {
        CountDownLatch awake = new CountDownLatch(1);
        AtomicBoolean woke = new AtomicBoolean();
        fence.onSignaled(_ -> {
            try {
                woke.set(awake.await(50, java.util.concurrent.TimeUnit.SECONDS));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        AtomicReference<Thread> waiter = new AtomicReference<>();
        FutureTask<Boolean> waiting = Case.start(() -> {
            waiter.set(Thread.currentThread());
            fence.await();
            awake.countDown();
        });
        // Asleep, or not there yet: either way it must come through while the callback still runs.
        while (waiter.get() == null) {
            Thread.onSpinWait();
        }
        fence.end(null);
        waiting.get();
        assertThat(woke).isTrue();
    }

    @Test
    @DisplayName("the fence lets go of its producer once, after it is signalled")
    void release() {
        assertThat(fence.released).isZero();
        fence.end(null);
        fence.end(null);
        assertThat(fence.released).isEqualTo(1);
    }
}
