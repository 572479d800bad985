package io.github.dmabuf4j.fence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Rules of a single fence that no upstream case covers. */
@Timeout(60)
class FenceRulesTest {
    private final FenceContext context = FenceContext.create("driver", "ring");

    @Test
    void contextIdsComeFromOneCounterAndNeverRepeat() {
        long first = FenceContext.allocate(3);
        assertThat(first).isPositive();
        assertThat(FenceContext.create("a", "b").id()).isGreaterThanOrEqualTo(first + 3);
        assertThatIllegalArgumentException().isThrownBy(() -> FenceContext.allocate(0));
    }

    @Test
    void sequenceNumbersRiseFromOne() {
        assertThat(context.newFence().seqno()).isEqualTo(1);
        assertThat(context.newFence().seqno()).isEqualTo(2);
        assertThat(context.newFence(7).seqno()).isEqualTo(7);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> context.newFence(7))
                .withMessageContaining("7 does not come after 7");
        assertThat(context.newFence().seqno()).isEqualTo(8);
    }

    @Test
    void laterWith64Bits() {
        DmaFence early = context.newFence(1);
        DmaFence late = context.newFence(0x8000_0000_0000_0001L);
        assertThat(late.isLater(early)).isTrue();
        assertThat(early.isLater(late)).isFalse();
        assertThat(early.isLater(early)).isFalse();
        assertThat(early.isLaterOrSame(early)).isTrue();
        assertThat(new MockFence(context.id(), 1).isLaterOrSame(early))
                .as("equal numbers, but not the same")
                .isFalse();
        assertThatIllegalArgumentException().isThrownBy(() -> early.isLater(DmaFence.stub()));
    }

    @Test
    void laterWithWrapAroundAt32Bits() {
        FenceContext ring = FenceContext.createWrapping32("hw", "ring");
        assertThat(ring.isLater(0, 0xffff_ffffL)).isTrue();
        assertThat(ring.isLater(0xffff_ffffL, 0)).isFalse();
        assertThat(ring.isLater(0x7fff_ffffL, 0)).isTrue();
        assertThat(ring.isLater(0x8000_0000L, 0)).as("exactly 2^31 ahead").isFalse();
        assertThat(ring.isLater(0, 0x8000_0000L)).as("exactly 2^31 behind").isFalse();
        assertThat(ring.isLater(0x1_0000_0001L, 0))
                .as("only the low bits count")
                .isTrue();
        assertThat(ring.isLater(5, 5)).isFalse();
    }

    @Test
    void laterOfTwoIsNullOnceSignaled() {
        UserFence first = context.newFence();
        UserFence second = context.newFence();
        assertThat(DmaFence.later(first, second)).isSameAs(second);
        assertThat(DmaFence.later(second, first)).isSameAs(second);
        second.signal();
        assertThat(DmaFence.later(first, second)).isNull();
    }

    @Test
    void closeCancels() {
        UserFence fence = context.newFence();
        fence.close();
        assertThat(fence.error()).isEqualTo(Errno.ECANCELED);
        assertThat(fence.status()).isEqualTo(FenceStatus.FAILED);
        UserFence done = context.newFence();
        done.signal();
        done.close();
        assertThat(done.error()).isNull();
    }

    @Test
    void timestampIsTheGivenOneAndThereIsNoneBefore() {
        UserFence fence = context.newFence();
        assertThatIllegalStateException().isThrownBy(fence::timestampNanos).withMessageContaining("no timestamp");
        fence.signal(12345);
        assertThat(fence.timestampNanos()).isEqualTo(12345);
        fence.signal(777);
        assertThat(fence.timestampNanos()).isEqualTo(12345);

        long before = System.nanoTime();
        UserFence now = context.newFence();
        now.signal();
        assertThat(now.timestampNanos()).isBetween(before, System.nanoTime());
    }

    @Test
    void callbacksRunInOrderAndSeeThePublishedEnd() {
        UserFence fence = context.newFence();
        List<String> seen = new ArrayList<>();
        fence.onSignaled(f -> seen.add("first " + f.isSignaled() + " " + f.error()));
        fence.onSignaled(f -> seen.add("second"));
        fence.onSignaled(f -> seen.add("third"));
        fence.fail(Errno.EIO);
        assertThat(seen).containsExactly("first true EIO", "second", "third");
        fence.onSignaled(f -> seen.add("late"));
        assertThat(seen).last().isEqualTo("late");
    }

    @Test
    void aCallbackThatThrowsDoesNotCostTheOthersTheirCall() {
        UserFence fence = context.newFence();
        List<String> seen = new ArrayList<>();
        fence.onSignaled(f -> {
            throw new IllegalStateException("expected in this test");
        });
        fence.onSignaled(f -> seen.add("second"));
        assertThat(fence.signal()).isTrue();
        assertThat(seen).containsExactly("second");
    }

    @Test
    void aCallbackServesOneRegistration() {
        UserFence fence = context.newFence();
        FenceCallback callback = FenceCallback.of(f -> {});
        assertThat(fence.addCallback(callback)).isTrue();
        assertThatIllegalStateException().isThrownBy(() -> context.newFence().addCallback(callback));
        assertThat(context.newFence().removeCallback(callback))
                .as("queued on another fence")
                .isFalse();
        fence.signal();
        assertThatIllegalStateException().isThrownBy(() -> context.newFence().addCallback(callback));

        FenceCallback late = FenceCallback.of(f -> {});
        assertThat(fence.addCallback(late)).isFalse();
        assertThat(context.newFence().addCallback(late))
                .as("never queued, so still new")
                .isTrue();
    }

    @Test
    void callbacksAreUnlinkedFromAnyPlace() {
        UserFence fence = context.newFence();
        List<Integer> seen = new ArrayList<>();
        List<FenceCallback> callbacks = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            int number = i;
            FenceCallback callback = FenceCallback.of(f -> seen.add(number));
            callbacks.add(callback);
            fence.addCallback(callback);
        }
        for (int remove : new int[] {0, 5, 2}) {
            assertThat(fence.removeCallback(callbacks.get(remove))).isTrue();
            assertThat(fence.removeCallback(callbacks.get(remove))).isFalse();
        }
        assertThat(fence.queuedCallbacks()).isEqualTo(3);
        fence.addCallback(FenceCallback.of(f -> seen.add(6)));
        fence.signal();
        assertThat(seen).containsExactly(1, 3, 4, 6);
    }

    @Test
    void aCallbackCanRemoveItselfAndALaterOne() {
        UserFence fence = context.newFence();
        List<String> seen = new ArrayList<>();
        AtomicReference<@Nullable FenceCallback> self = new AtomicReference<>();
        FenceCallback later = FenceCallback.of(f -> seen.add("later"));
        FenceCallback first = FenceCallback.of(f -> {
            seen.add("self " + f.removeCallback(self.get()));
            seen.add("later " + f.removeCallback(later));
        });
        self.set(first);
        fence.addCallback(first);
        fence.addCallback(later);
        fence.signal();
        assertThat(seen).containsExactly("self false", "later true");
    }

    @Test
    void removingWaitsForACallbackThatRunsInAnotherThread() throws InterruptedException {
        UserFence fence = context.newFence();
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        List<String> order = java.util.Collections.synchronizedList(new ArrayList<>());
        FenceCallback callback = FenceCallback.of(f -> {
            running.countDown();
            awaitLatch(mayEnd);
            order.add("ran");
        });
        fence.addCallback(callback);
        Thread signaller = Thread.ofPlatform().start(fence::signal);
        running.await();
        Thread remover = Thread.ofPlatform().start(() -> {
            boolean removed = fence.removeCallback(callback);
            order.add("removed " + removed);
        });
        mayEnd.countDown();
        remover.join();
        signaller.join();
        assertThat(order).containsExactly("ran", "removed false");
    }

    static void awaitLatch(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aWaiterIsWokenBeforeCallbacksRun() throws InterruptedException {
        UserFence fence = context.newFence();
        CountDownLatch woken = new CountDownLatch(1);
        fence.onSignaled(f -> awaitLatch(woken)); // added first, and ends only when the waiter is awake
        Thread waiter = Thread.ofPlatform().start(() -> {
            fence.awaitUninterruptibly();
            woken.countDown();
        });
        while (fence.queuedCallbacks() < 2) {
            Thread.onSpinWait();
        }
        fence.signal();
        waiter.join();
        assertThat(woken.getCount()).isZero();
    }

    @Test
    void interruptEndsAWaitAndLeavesNothingBehind() throws InterruptedException {
        UserFence fence = context.newFence();
        AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
        Thread waiter = Thread.ofPlatform().start(() -> {
            try {
                fence.await();
            } catch (InterruptedException e) {
                thrown.set(e);
            }
        });
        while (fence.queuedCallbacks() == 0) {
            Thread.onSpinWait();
        }
        waiter.interrupt();
        waiter.join();
        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        assertThat(fence.queuedCallbacks()).isZero();
    }

    @Test
    void successWinsOverAnInterrupt() throws InterruptedException {
        UserFence fence = context.newFence();
        fence.signal();
        Thread.currentThread().interrupt();
        fence.await();
        assertThat(fence.await(Duration.ofSeconds(1))).isTrue();
        assertThat(Thread.interrupted()).as("the interrupt is kept").isTrue();
    }

    @Test
    void uninterruptibleWaitKeepsTheInterrupt() throws InterruptedException {
        UserFence fence = context.newFence();
        CountDownLatch done = new CountDownLatch(1);
        AtomicReference<Boolean> kept = new AtomicReference<>(false);
        Thread waiter = Thread.ofPlatform().start(() -> {
            fence.awaitUninterruptibly();
            kept.set(Thread.currentThread().isInterrupted());
            done.countDown();
        });
        waiter.interrupt();
        while (fence.queuedCallbacks() == 0) {
            Thread.onSpinWait();
        }
        fence.signal();
        done.await();
        assertThat(kept.get()).isTrue();
    }

    @Test
    void waitingTooLongEndsAndLeavesNothingBehind() throws InterruptedException {
        UserFence fence = context.newFence();
        assertThat(fence.await(Duration.ofMillis(2))).isFalse();
        assertThat(fence.await(1000L)).isFalse();
        assertThat(fence.awaitUninterruptibly(Duration.ofMillis(1))).isFalse();
        assertThat(fence.queuedCallbacks()).isZero();
    }

    @Test
    void negativeTimeoutsAreRefused() {
        UserFence fence = context.newFence();
        assertThatIllegalArgumentException().isThrownBy(() -> fence.await(Duration.ofNanos(-1)));
        assertThatIllegalArgumentException().isThrownBy(() -> fence.await(-1L));
        assertThatIllegalArgumentException().isThrownBy(() -> DmaFence.awaitAny(List.of(fence), Duration.ofNanos(-1)));
        assertThatIllegalArgumentException().isThrownBy(() -> DmaFence.awaitAny(List.of(), Duration.ZERO));
    }

    @Test
    void virtualThreadsWaitToo() throws InterruptedException {
        UserFence fence = context.newFence();
        List<Thread> waiters = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            waiters.add(Thread.ofVirtual().start(fence::awaitUninterruptibly));
        }
        while (fence.queuedCallbacks() < 100) {
            Thread.onSpinWait();
        }
        fence.signal();
        for (Thread waiter : waiters) {
            waiter.join();
        }
        assertThat(waiters).noneMatch(Thread::isAlive);
    }

    @Test
    void enablingHappensOnceAndMayFindTheWorkDone() {
        MockFence done = new MockFence();
        done.enableAnswer = false;
        assertThat(done.addCallback(FenceCallback.of(f -> {}))).isFalse();
        assertThat(done.isSignaled()).isTrue();
        assertThat(done.enables).isEqualTo(1);

        MockFence pending = new MockFence();
        pending.addCallback(FenceCallback.of(f -> {}));
        pending.addCallback(FenceCallback.of(f -> {}));
        assertThat(pending.enables).isEqualTo(1);
        assertThat(pending.isSignaled()).isFalse();

        MockFence late = new MockFence();
        late.signal();
        late.enable();
        assertThat(late.enables).as("not asked once signalled").isZero();
    }

    @Test
    void enablingMayReportAnErrorAndMayThrow() {
        MockFence failing = new MockFence() {
            @Override
            protected boolean enableSignaling() {
                complete(Errno.ENODATA, 5);
                return false;
            }
        };
        failing.enable();
        assertThat(failing.error()).isEqualTo(Errno.ENODATA);
        assertThat(failing.timestampNanos()).isEqualTo(5);

        MockFence throwing = new MockFence() {
            @Override
            protected boolean enableSignaling() {
                throw new IllegalStateException("expected in this test");
            }
        };
        assertThat(throwing.addCallback(FenceCallback.of(f -> {}))).isFalse();
        assertThat(throwing.error()).isEqualTo(Errno.EIO);
    }

    @Test
    void lookingIsPureAndPollingCompletes() {
        MockFence fence = new MockFence();
        List<String> seen = new ArrayList<>();
        fence.onSignaled(f -> seen.add("ran"));
        fence.polledAnswer = true;
        assertThat(fence.isSignaled()).isFalse();
        assertThat(seen).isEmpty();
        assertThat(fence.poll()).isTrue();
        assertThat(fence.isSignaled()).isTrue();
        assertThat(seen).containsExactly("ran");
    }

    @Test
    void anOwnWaitIsUsedAndItsFailureCountsAsSignaled() throws InterruptedException {
        MockFence own = new MockFence() {
            @Override
            protected boolean waitForCompletion(long timeoutNanos) {
                return true;
            }
        };
        assertThat(own.await(Duration.ofSeconds(1))).isTrue();
        assertThat(own.isSignaled()).isTrue();

        MockFence broken = new MockFence() {
            @Override
            protected boolean waitForCompletion(long timeoutNanos) {
                throw new IllegalStateException("expected in this test");
            }
        };
        assertThat(broken.await(Duration.ofSeconds(1))).isTrue();
        assertThat(broken.error()).isEqualTo(Errno.EIO);
    }

    @Test
    void deadlinesReachTheHookUntilTheFenceIsSignaled() {
        MockFence first = new MockFence();
        MockFence second = new MockFence();
        MockFence third = new MockFence();
        DmaFence nested = FenceChain.of(third, FenceArray.of(List.of(first, FenceArray.of(List.of(second)))), 1);
        second.signal();
        nested.setDeadline(99);
        assertThat(first.deadlines).containsExactly(99L);
        assertThat(second.deadlines).isEmpty();
        assertThat(third.deadlines).containsExactly(99L);
    }

    @Test
    void futuresFollowAndNeverLead() {
        UserFence good = context.newFence();
        CompletableFuture<@Nullable Void> follows = good.toCompletableFuture();
        assertThat(follows).isNotDone();
        good.signal();
        assertThat(follows).isCompleted();
        assertThat(good.toCompletableFuture()).isCompleted();

        UserFence bad = context.newFence();
        CompletableFuture<@Nullable Void> fails = bad.toCompletableFuture();
        bad.fail(Errno.ETIME);
        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(fails::join)
                .havingCause()
                .isInstanceOfSatisfying(
                        FenceException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ETIME));

        UserFence untouched = context.newFence();
        CompletableFuture<@Nullable Void> cancelled = untouched.toCompletableFuture();
        assertThat(untouched.queuedCallbacks()).isEqualTo(1);
        cancelled.cancel(true);
        assertThat(untouched.isSignaled()).isFalse();
        assertThat(untouched.queuedCallbacks())
                .as("nothing is left on the fence")
                .isZero();
    }

    @Test
    void fencesFollowStages() {
        CompletableFuture<String> work = new CompletableFuture<>();
        DmaFence fence = DmaFence.of(work);
        assertThat(fence.isSignaled()).isFalse();
        work.complete("done");
        assertThat(fence.error()).isNull();
        assertThat(fence.isSignaled()).isTrue();

        assertThat(DmaFence.of(CompletableFuture.failedFuture(new java.util.concurrent.TimeoutException()))
                        .error())
                .isEqualTo(Errno.ETIME);
        assertThat(DmaFence.of(CompletableFuture.failedFuture(new CancellationException()))
                        .error())
                .isEqualTo(Errno.ECANCELED);
        assertThat(DmaFence.of(CompletableFuture.failedFuture(new FenceException("why", Errno.ENODATA)))
                        .error())
                .isEqualTo(Errno.ENODATA);
        assertThat(DmaFence.of(CompletableFuture.failedFuture(new java.io.IOException()))
                        .error())
                .isEqualTo(Errno.EIO);
    }

    @Test
    void asynchronousCallbacksRunOnTheExecutor() {
        UserFence fence = context.newFence();
        List<Runnable> queue = new ArrayList<>();
        List<DmaFence> seen = new ArrayList<>();
        fence.onSignaledAsync(queue::add, seen::add);
        fence.signal();
        assertThat(seen).isEmpty();
        assertThat(queue).hasSize(1);
        queue.getFirst().run();
        assertThat(seen).containsExactly(fence);
    }

    @Test
    void describesItselfAsTheKernelDoes() {
        UserFence fence = context.newFence();
        assertThat(fence.describe()).isEqualTo(context.id() + ":1 ring driver unsignalled");
        fence.signal();
        assertThat(fence.describe()).isEqualTo(context.id() + ":1   signalled");
        assertThat(fence).hasToString("driver ring " + context.id() + ":1 signalled");
    }

    @Test
    void aConfinedContextNumbersForItsThreadAloneAndItsFencesAreForAll() throws InterruptedException {
        FenceContext confined = FenceContext.createConfined("driver", "ring");
        UserFence first = confined.newFence();
        UserFence seventh = confined.newFence(7);
        UserFence eighth = confined.newFence();
        assertThat(List.of(first.seqno(), seventh.seqno(), eighth.seqno())).containsExactly(1L, 7L, 8L);
        Thread other = Thread.ofPlatform().start(() -> {
            assertThatExceptionOfType(WrongThreadException.class)
                    .isThrownBy(confined::newFence)
                    .withMessageContaining("FenceContext.create");
            assertThatExceptionOfType(WrongThreadException.class).isThrownBy(() -> confined.newFence(20));
            first.signal(1);
            seventh.signal(2);
        });
        other.join();
        assertThat(first.isSignaled() && seventh.isSignaled())
                .as("the other thread got to its end")
                .isTrue();
        assertThat(confined.newFence().seqno())
                .as("what was refused took no number")
                .isEqualTo(9);
        assertThat(confined.isWrapping32()).isFalse();
    }
}
