package io.github.dmabuf4j.fence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What callers get wrong: a typed exception each time, and nothing has changed. */
@Timeout(60)
@NullUnmarked // nulls are what is tried
class BadInputTest {
    private static final Duration NEGATIVE = Duration.ofNanos(-1);

    private final FenceContext context = FenceContext.create("driver", "timeline");
    private final UserFence fence = context.newFence();
    private final SyncObj object = SyncObj.create();

    private static void refused(Class<? extends RuntimeException> type, ThrowingCallable... calls) {
        for (int i = 0; i < calls.length; i++) {
            assertThatExceptionOfType(type).as("call %d", i).isThrownBy(calls[i]);
        }
    }

    private void nothingHappened() {
        assertThat(fence.isSignaled()).isFalse();
        assertThat(fence.error()).isNull();
        assertThat(fence.queuedCallbacks()).isZero();
        assertThat(object.fence()).isNull();
    }

    @Test
    void nullsOfFences() {
        List<DmaFence> holed = Arrays.asList(fence, null);
        refused(
                NullPointerException.class,
                () -> fence.addCallback(null),
                () -> fence.removeCallback(null),
                () -> fence.onSignaled(null),
                () -> fence.onSignaledAsync(null, _ -> {}),
                () -> fence.onSignaledAsync(Runnable::run, (Consumer<DmaFence>) null),
                () -> fence.fail(null),
                () -> fence.await((Duration) null),
                () -> fence.awaitUninterruptibly(null),
                () -> fence.isLater(null),
                () -> DmaFence.later(fence, null),
                () -> DmaFence.awaitAny(null, Duration.ZERO),
                () -> DmaFence.awaitAny(List.of(fence), null),
                () -> DmaFence.awaitAny(holed, Duration.ZERO),
                () -> DmaFence.awaitAll(holed, Duration.ZERO),
                () -> FenceArray.of((Collection<DmaFence>) null),
                () -> FenceArray.of(holed),
                () -> FenceChain.of(null, null, 1),
                () -> FenceUnwrap.merge(holed),
                () -> FenceFutures.lead((CompletionStage<Object>) null),
                () -> FenceCallback.of(null),
                () -> FenceContext.create(null, "timeline"),
                () -> FenceContext.create("driver", null));
        nothingHappened();
    }

    @Test
    void nullsOfFilesObjectsAndTimelines() {
        try (FenceSet set = new FenceSet();
                SyncTimeline timeline = SyncTimeline.create("t")) {
            refused(
                    NullPointerException.class,
                    () -> set.add(null),
                    () -> set.remove(null),
                    () -> set.await(null),
                    () -> SyncFile.of(null),
                    () -> SyncTimeline.create(null),
                    () -> timeline.fail(1, null),
                    () -> SyncObj.transfer(null, new SyncPoint(object, 0)),
                    () -> new SyncPoint(null, 0),
                    () -> object.addPoint(1, null),
                    () -> object.importSyncFile(null, 0),
                    () -> object.onSignaled(1, null),
                    () -> object.onAvailable(1, null),
                    () -> SyncObjWait.forAny(null),
                    () -> SyncObjWait.forAll(Arrays.asList(new SyncPoint(object, 0), null)));
            assertThat(set.size()).isZero();
            assertThat(timeline.error()).isNull();
        }
        nothingHappened();
    }

    @Test
    void anExecutorThatIsNullIsFoundBeforeTheFenceSignals() {
        Executor none = null;
        assertThatNullPointerException().isThrownBy(() -> fence.onSignaledAsync(none, _ -> {}));
        nothingHappened();
    }

    @Test
    void negativeTimeouts() {
        try (FenceSet set = new FenceSet();
                SyncTimeline timeline = SyncTimeline.create("t")) {
            SyncObjWait wait =
                    SyncObjWait.forAny(List.of(new SyncPoint(object, 0))).forSubmit();
            refused(
                    IllegalArgumentException.class,
                    () -> fence.await(NEGATIVE),
                    () -> fence.await(-1L),
                    () -> fence.await(Long.MIN_VALUE),
                    () -> fence.awaitUninterruptibly(NEGATIVE),
                    () -> DmaFence.awaitAny(List.of(fence), NEGATIVE),
                    () -> DmaFence.awaitAll(List.of(fence), NEGATIVE),
                    () -> DmaFence.awaitAll(List.of(), NEGATIVE),
                    () -> set.await(NEGATIVE),
                    () -> SyncFile.of(fence).await(NEGATIVE),
                    () -> wait.await(NEGATIVE),
                    () -> timeline.awaitPoint(1, -1),
                    () -> SyncObj.transfer(new SyncPoint(object, 1), new SyncPoint(object, 2), NEGATIVE));
        }
        nothingHappened();
    }

    @Test
    void theLongestTimeoutIsNoOverflow() throws InterruptedException {
        fence.signal();
        assertThat(fence.await(Duration.ofSeconds(Long.MAX_VALUE))).isTrue();
        assertThat(DmaFence.awaitAny(List.of(fence), Duration.ofSeconds(Long.MAX_VALUE)))
                .isSameAs(fence);
    }

    @Test
    void sequenceNumbersThatDoNotRise() {
        FenceContext numbered = FenceContext.create("driver", "numbered");
        assertThat(numbered.newFence(7).seqno()).isEqualTo(7);
        refused(
                IllegalArgumentException.class,
                () -> numbered.newFence(7),
                () -> numbered.newFence(6),
                () -> numbered.newFence(0));
        assertThat(numbered.newFence().seqno()).as("as if nobody had asked").isEqualTo(8);
        assertThat(numbered.newFence(-1).seqno()).as("the greatest of 64 bits").isEqualTo(-1);

        try (SyncTimeline timeline = SyncTimeline.create("t")) {
            timeline.signal(5);
            refused(
                    IllegalArgumentException.class,
                    () -> timeline.signal(5),
                    () -> timeline.signal(4),
                    () -> timeline.fail(5, Errno.EIO));
            assertThat(timeline.value()).isEqualTo(5);
            assertThat(timeline.error()).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, -5, 4096, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void errorsOutsideTheRange(int number) {
        refused(IllegalArgumentException.class, () -> fence.fail(new Errno(number)));
        nothingHappened();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 77, 4095})
    void errorsInsideTheRangeSurviveUnknown(int number) {
        fence.fail(new Errno(number));
        assertThat(fence.error()).isEqualTo(new Errno(number));
    }

    @Test
    void containersInContainers() {
        UserFence second = context.newFence();
        FenceArray array = FenceArray.of(List.of(fence, second));
        FenceChain chain = FenceChain.of(null, array, 1);
        refused(IllegalArgumentException.class, () -> FenceChain.of(null, chain, 2), () -> FenceArray.of(List.of()));
        FenceArray nested = FenceArray.of(List.of(array, chain));
        assertThat(nested.poll()).isFalse();
        fence.signal();
        assertThat(nested.poll()).isFalse();
        second.signal();
        assertThat(nested.poll()).isTrue();
        object.addPoint(3, chain);
        assertThat(object.query()).as("taken apart").isEqualTo(3);
    }

    @Test
    void fencesOfForeignKinds() {
        MockFence foreign = MockFence.inOwnContext(1);
        MockFence other = MockFence.inOwnContext(1);
        refused(
                IllegalArgumentException.class,
                () -> SyncTimeline.deadline(foreign),
                () -> foreign.isLater(other),
                () -> foreign.isLaterOrSame(other),
                () -> DmaFence.later(foreign, other));
        DmaFence merged = FenceUnwrap.merge(foreign, fence, DmaFence.stub());
        try (FenceSet set = new FenceSet()) {
            set.add(merged);
            foreign.fail(Errno.EIO);
            fence.signal();
            assertThat(set.poll()).isSameAs(merged);
        }
        assertThat(merged.error()).isEqualTo(Errno.EIO);
    }

    @Test
    void useAfterClose() {
        FenceSet set = new FenceSet();
        set.add(fence);
        set.close();
        set.close();
        SyncTimeline timeline = SyncTimeline.create("t");
        timeline.close();
        timeline.close();
        SyncFile file = SyncFile.of(fence);
        SyncFile open = SyncFile.of(fence);
        file.close();
        file.close();
        refused(
                IllegalStateException.class,
                () -> set.add(fence),
                set::poll,
                () -> set.await(Duration.ZERO),
                () -> timeline.createPoint(1),
                () -> timeline.increment(1),
                () -> timeline.signal(1),
                () -> timeline.fail(1, Errno.EIO),
                file::fence,
                file::info,
                file::status,
                file::poll,
                () -> file.await(Duration.ZERO),
                () -> file.setDeadline(1),
                () -> SyncFile.merge("m", file, open),
                () -> SyncFile.merge("m", open, file),
                () -> object.importSyncFile(file, 0));
        assertThat(timeline.value()).isZero();
        nothingHappened();
        fence.close();
        fence.close();
        assertThat(fence.error()).isEqualTo(Errno.ECANCELED);
        assertThat(fence.timestampNanos()).isNotZero();
    }

    @Test
    void aTimelineClosedWithWaitersEndsThemWithItsError() throws Exception {
        SyncTimeline timeline = SyncTimeline.create("t");
        DmaFence reached = timeline.createPoint(1);
        DmaFence pending = timeline.createPoint(2);
        timeline.increment(1);
        List<FutureTask<Object>> waits = new ArrayList<>();
        waits.add(new FutureTask<>(() -> {
            pending.await();
            return Errno.ENOENT.equals(pending.error());
        }));
        waits.add(new FutureTask<>(() -> DmaFence.awaitAny(List.of(pending), Duration.ofSeconds(50)) == pending));
        waits.add(new FutureTask<>(() -> timeline.awaitPoint(2, Long.MAX_VALUE) == PointStatus.FAILED));
        waits.add(new FutureTask<>(() -> SyncFile.of(pending).await(Duration.ofSeconds(50))));
        List<Thread> threads = new ArrayList<>();
        for (FutureTask<Object> wait : waits) {
            threads.add(Thread.ofPlatform().daemon().start(wait));
            threads.add(Thread.ofVirtual().start(new FutureTask<>(() -> {
                pending.await();
                return true;
            })));
        }
        for (Thread thread : threads) {
            while (thread.getState() == Thread.State.RUNNABLE || thread.getState() == Thread.State.NEW) {
                Thread.onSpinWait();
            }
        }
        timeline.close();
        for (FutureTask<Object> wait : waits) {
            assertThat(wait.get()).isEqualTo(true);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(reached.status()).isEqualTo(FenceStatus.SIGNALED);
        assertThat(timeline.status(2)).isEqualTo(PointStatus.FAILED);
        assertThat(timeline.error()).isEqualTo(Errno.ENOENT);
    }
}
