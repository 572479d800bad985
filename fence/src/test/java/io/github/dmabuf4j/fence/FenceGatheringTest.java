package io.github.dmabuf4j.fence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Arrays, chains and waits for several fences: what they cost and that depth does not matter. */
@Timeout(60)
class FenceGatheringTest {
    private final FenceContext context = FenceContext.create("driver", "ring");

    @Test
    void anArrayWaitsForAllAndKeepsTheFirstError() {
        UserFence first = context.newFence();
        UserFence second = context.newFence();
        UserFence third = context.newFence();
        FenceArray array = FenceArray.of(List.of(first, second, third));
        array.enable();
        third.fail(Errno.ETIME);
        first.fail(Errno.EIO);
        assertThat(array.isSignaled()).isFalse();
        assertThat(array.error()).isNull();
        second.signal();
        assertThat(array.isSignaled()).isTrue();
        assertThat(array.error()).isEqualTo(Errno.ETIME);
        assertThat(array.driverName()).isEqualTo("dma_fence_array");
        assertThat(array.fences()).containsExactly(first, second, third);
    }

    @Test
    void anArrayOfSignaledFencesIsSignaledByEnablingOrPolling() {
        UserFence done = context.newFence();
        done.fail(Errno.EIO);
        FenceArray polled = FenceArray.of(List.of(done, DmaFence.stub()));
        assertThat(polled.isSignaled()).isFalse();
        assertThat(polled.poll()).isTrue();
        assertThat(polled.error()).isEqualTo(Errno.EIO);
        FenceArray enabled = FenceArray.of(List.of(done));
        assertThat(enabled.addCallback(FenceCallback.of(f -> {}))).isFalse();
        assertThat(enabled.error()).isEqualTo(Errno.EIO);
        assertThatIllegalArgumentException().isThrownBy(() -> FenceArray.of(List.of()));
    }

    @Test
    void anArrayThatNobodyWaitsForLeavesNothingOnItsFences() {
        UserFence slow = context.newFence();
        FenceArray array = FenceArray.of(List.of(slow));
        assertThat(array.poll()).isFalse();
        assertThat(slow.queuedCallbacks()).isZero();
    }

    @Test
    void matchesContextsOfWhatIsInside() {
        UserFence first = context.newFence();
        assertThat(FenceArray.matchContext(first, context.id())).isTrue();
        assertThat(FenceArray.matchContext(FenceArray.of(List.of(first, first)), context.id()))
                .isTrue();
        assertThat(FenceArray.matchContext(FenceArray.of(List.of(first, DmaFence.stub())), context.id()))
                .isFalse();
    }

    @Test
    void twoHundredThousandNestedArraysDoNotOverflowTheStack() {
        UserFence leaf = context.newFence();
        DmaFence nested = nest(leaf);
        CountDownLatch seen = new CountDownLatch(1);
        nested.onSignaled(f -> seen.countDown());
        nested.setDeadline(1);
        leaf.fail(Errno.EIO);
        assertThat(seen.getCount()).isZero();
        assertThat(nested.error()).isEqualTo(Errno.EIO);

        DmaFence polled = nest(DmaFence.stub());
        assertThat(polled.poll()).isTrue();
        DmaFence enabled = nest(DmaFence.stub());
        enabled.enable();
        assertThat(enabled.isSignaled()).isTrue();
        assertThat(FenceUnwrap.merge(nest(leaf)).isSignaled()).isTrue();
    }

    private static DmaFence nest(DmaFence leaf) {
        DmaFence nested = leaf;
        for (int i = 0; i < 200_000; i++) {
            nested = FenceArray.of(List.of(nested));
        }
        return nested;
    }

    @Test
    void aChainOfAMillionPointsNeedsNoStackAndGivesItsMemoryBack() {
        int points = 1_000_000;
        UserFence[] fences = new UserFence[points];
        FenceChain newest = null;
        FenceChain middle = null;
        for (int i = 0; i < points; i++) {
            fences[i] = context.newFence();
            newest = FenceChain.of(newest, fences[i], i + 1L);
            if (i == points / 2) {
                middle = newest;
            }
        }
        assertThat(newest).isNotNull();
        CountDownLatch seen = new CountDownLatch(1);
        newest.onSignaled(f -> seen.countDown());
        WeakReference<FenceChain> collected = new WeakReference<>(middle);
        middle = null;
        for (int i = 0; i < points - 1; i++) {
            fences[i].signal(1);
            fences[i] = null;
        }
        assertThat(newest.poll()).isFalse();
        assertThat(FenceChain.walk(newest)).as("all older points are collected").isNull();
        while (collected.get() != null) {
            System.gc();
        }
        fences[points - 1].signal(1);
        assertThat(seen.getCount()).isZero();
    }

    @Test
    void aChainOfAMillionSignaledBackwardsEndsWithTheOldest() {
        int points = 1_000_000;
        UserFence[] fences = new UserFence[points];
        FenceChain newest = null;
        for (int i = 0; i < points; i++) {
            fences[i] = context.newFence();
            newest = FenceChain.of(newest, fences[i], i + 1L);
        }
        assertThat(newest).isNotNull();
        newest.enable();
        for (int i = points - 1; i >= 0; i--) {
            assertThat(newest.isSignaled()).isFalse();
            fences[i].signal(1);
        }
        assertThat(newest.isSignaled()).isTrue();
    }

    @Test
    void aChainNeverCarriesAnErrorOfItsFences() {
        UserFence fence = context.newFence();
        FenceChain chain = FenceChain.of(null, fence, 1);
        chain.enable();
        fence.fail(Errno.EIO);
        assertThat(chain.status()).isEqualTo(FenceStatus.SIGNALED);
        assertThatIllegalArgumentException().isThrownBy(() -> FenceChain.of(null, chain, 2));
    }

    @Test
    void contextsAndNumbersOfChainNodes() {
        UserFence fence = context.newFence();
        FenceChain first = FenceChain.of(null, fence, 5);
        FenceChain second = FenceChain.of(first, fence, 6);
        FenceChain outOfOrder = FenceChain.of(second, fence, 3);
        FenceChain onPlain = FenceChain.of(fence, fence, 3);
        assertThat(second.context()).isEqualTo(first.context());
        assertThat(outOfOrder.context()).isNotEqualTo(second.context());
        assertThat(outOfOrder.seqno()).isEqualTo(6);
        assertThat(onPlain.seqno()).isEqualTo(3);
    }

    @Test
    void awaitAnyAnswersTheFenceThatWokeIt() throws InterruptedException {
        List<UserFence> fences = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            fences.add(context.newFence());
        }
        UserFence chosen = fences.get(700);
        Thread signaller = Thread.ofPlatform().start(() -> {
            while (fences.getLast().queuedCallbacks() == 0) {
                Thread.onSpinWait();
            }
            chosen.signal();
            fences.get(3).signal();
        });
        assertThat(DmaFence.awaitAny(fences, Duration.ofSeconds(50))).isSameAs(chosen);
        signaller.join();
        assertThat(DmaFence.awaitAny(fences, Duration.ofSeconds(50)))
                .as("signalled before: the first in order")
                .isSameAs(fences.get(3));
        assertThat(DmaFence.awaitAny(fences.subList(10, 20), Duration.ofMillis(1)))
                .isNull();
    }

    @Test
    void anyKindsMixInOneWait() throws InterruptedException {
        UserFence leaf = context.newFence();
        MockFence own = new MockFence() {
            @Override
            protected boolean waitForCompletion(long timeoutNanos) {
                throw new AssertionError("a wait for several fences does not use the own wait of one");
            }
        };
        List<DmaFence> mixed = List.of(FenceArray.of(List.of(leaf, own)), FenceChain.of(null, leaf, 1), own);
        assertThat(DmaFence.awaitAny(mixed, Duration.ZERO)).isNull();
        own.signal();
        assertThat(DmaFence.awaitAny(mixed, Duration.ofSeconds(10))).isSameAs(own);
        leaf.signal();
        assertThat(DmaFence.awaitAll(mixed, Duration.ofSeconds(10))).isTrue();
        assertThat(DmaFence.awaitAll(List.of(), Duration.ZERO)).isTrue();
        assertThat(DmaFence.awaitAll(List.of(leaf, new MockFence()), Duration.ofMillis(1)))
                .isFalse();
    }
}
