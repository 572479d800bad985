package io.github.dmabuf4j.fence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What waits for the first of several fences leave on the others: a bounded share, which keeps nothing alive. */
@Timeout(60)
class AbandonedEntriesTest {
    private static final Duration LONG = Duration.ofSeconds(50);
    private static final Duration SHORTEST = Duration.ofNanos(1); // not zero: the entries are queued

    private final FenceContext context = FenceContext.create("test", "abandoned");

    @Test
    void aMillionWaitsForTheFasterLeaveOneEntryOnTheSlower() throws InterruptedException {
        UserFence slow = context.newFence();
        for (int i = 0; i < 1_000_000; i++) {
            UserFence fast = context.newFence();
            assertThat(DmaFence.awaitAny(List.of(slow, fast), SHORTEST) == null).isTrue();
            fast.signal(1);
            assertThat(DmaFence.awaitAny(List.of(slow, fast), LONG) == fast).isTrue();
            if (i % 1000 == 0) {
                assertThat(slow.queuedCallbacks()).isEqualTo(1);
            }
        }
        assertThat(slow.queuedCallbacks()).isEqualTo(1);
    }

    @Test
    void aWaitThatASignalEndsLeavesNoMoreThanOneThatRunsOutOfTime() throws InterruptedException {
        UserFence slow = context.newFence();
        for (int i = 0; i < 1000; i++) {
            assertThat(DmaFence.awaitAny(List.of(slow, signalledSoon()), LONG)).isNotSameAs(slow);
            assertThat(slow.queuedCallbacks()).isEqualTo(1);
        }
    }

    /** Signalled by another thread as soon as somebody waits for it. */
    private UserFence signalledSoon() {
        UserFence fence = context.newFence();
        Thread.ofPlatform().start(() -> {
            while (fence.queuedCallbacks() == 0) {
                Thread.onSpinWait();
            }
            fence.signal();
        });
        return fence;
    }

    @Test
    void waitsThatOverlapLeaveNoMoreThanTheirOwnNumber() throws InterruptedException, ExecutionException {
        UserFence slow = context.newFence();
        int threads = 8;
        List<FutureTask<Integer>> tasks = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            FutureTask<Integer> task = new FutureTask<>(() -> {
                int most = 0;
                for (int k = 0; k < 10_000; k++) {
                    assertThat(DmaFence.awaitAny(List.of(slow), SHORTEST) == null)
                            .isTrue();
                    most = Math.max(most, slow.queuedCallbacks());
                }
                return most;
            });
            tasks.add(task);
            Thread.ofPlatform().start(task);
        }
        for (FutureTask<Integer> task : tasks) {
            assertThat(task.get()).isBetween(1, 2 * threads + 1);
        }
    }

    @Test
    void aCrowdThatHasLeftIsForgottenByTheNextOnesToCome() throws InterruptedException, ExecutionException {
        UserFence slow = context.newFence();
        UserFence fast = context.newFence();
        int crowd = 500;
        List<FutureTask<DmaFence>> tasks = new ArrayList<>();
        for (int i = 0; i < crowd; i++) {
            FutureTask<DmaFence> task = new FutureTask<>(() -> DmaFence.awaitAny(List.of(slow, fast), LONG));
            tasks.add(task);
            Thread.ofVirtual().start(task);
        }
        while (fast.queuedCallbacks() < crowd) {
            Thread.onSpinWait();
        }
        fast.signal();
        for (FutureTask<DmaFence> task : tasks) {
            assertThat(task.get()).isSameAs(fast);
        }
        assertThat(slow.queuedCallbacks()).isBetween(1, crowd);
        List<FenceCallback> callbacks = new ArrayList<>();
        for (int i = 0; i < crowd; i++) { // callbacks, too, come by
            FenceCallback callback = FenceCallback.of(_ -> {});
            assertThat(slow.addCallback(callback)).isTrue();
            callbacks.add(callback);
        }
        assertThat(slow.queuedCallbacks()).as("the callbacks, and no waiter").isEqualTo(crowd);
        assertThat(callbacks).allMatch(slow::removeCallback);
        assertThat(slow.queuedCallbacks()).isZero();
    }

    @Test
    void whatIsAbandonedKeepsNeitherTheAnswerNorTheThreadAlive() throws InterruptedException {
        UserFence slow = context.newFence();
        WeakReference<DmaFence> answer = answered(slow);
        WeakReference<Thread> thread = ended(slow);
        assertThat(slow.queuedCallbacks()).as("something is left there").isPositive();
        while (answer.get() != null || thread.get() != null) {
            System.gc();
        }
        slow.signal();
    }

    private WeakReference<DmaFence> answered(DmaFence slow) throws InterruptedException {
        DmaFence soon = signalledSoon();
        assertThat(DmaFence.awaitAny(List.of(slow, soon), LONG)).isSameAs(soon);
        return new WeakReference<>(soon);
    }

    private static WeakReference<Thread> ended(DmaFence slow) throws InterruptedException {
        Thread thread = Thread.ofPlatform()
                .start(() -> assertThatThrownBy(() -> {
                            Thread.currentThread().interrupt();
                            DmaFence.awaitAny(List.of(slow), LONG);
                        })
                        .isInstanceOf(InterruptedException.class));
        thread.join();
        return new WeakReference<>(thread);
    }

    @Test
    void callbacksStayInOrderAndExactAmongAbandonedEntries() throws InterruptedException {
        UserFence fence = context.newFence();
        List<Integer> ran = new ArrayList<>();
        List<FenceCallback> callbacks = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            int number = i;
            FenceCallback callback = FenceCallback.of(_ -> ran.add(number));
            callbacks.add(callback);
            assertThat(fence.addCallback(callback)).isTrue();
            for (int k = 0; k < i % 4; k++) {
                assertThat(DmaFence.awaitAny(List.of(fence), SHORTEST)).isNull();
            }
            if (i % 3 == 2) {
                assertThat(fence.removeCallback(callbacks.get(i - 1))).isTrue();
                assertThat(fence.removeCallback(callbacks.get(i - 1))).isFalse();
            }
        }
        fence.signal();
        List<Integer> expected = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            if (i % 3 != 1 || i == 99) {
                expected.add(i);
            }
        }
        assertThat(ran).isEqualTo(expected);
    }

    @Test
    void theTimestampIsThatOfTheSignalHoweverManyEntriesWereSweptBefore() throws InterruptedException {
        UserFence fence = context.newFence();
        for (int i = 0; i < 10; i++) {
            assertThat(DmaFence.awaitAny(List.of(fence), SHORTEST)).isNull();
        }
        fence.signal(4711);
        assertThat(fence.timestampNanos()).isEqualTo(4711);
    }
}
