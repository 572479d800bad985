package io.github.dmabuf4j.fence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SyncObjTest {
    private static final Duration LONG = Duration.ofSeconds(50);
    private final SyncObj object = SyncObj.create();
    private final FenceContext context = FenceContext.create("driver", "ring");

    private static List<SyncPoint> points(SyncObj... objects) {
        List<SyncPoint> points = new ArrayList<>();
        for (SyncObj object : objects) {
            points.add(new SyncPoint(object, 0));
        }
        return points;
    }

    @Test
    void binaryHoldsOneFence() {
        assertThat(object.fence()).isNull();
        assertThat(SyncObj.createSignaled().fence()).matches(fence -> fence != null && fence.isSignaled());
        UserFence fence = context.newFence();
        object.replaceFence(fence);
        assertThat(object.fence()).isSameAs(fence);
        assertThat(object.findFence(0)).isSameAs(fence);
        assertThat(object.findFence(1)).as("no timeline").isNull();
        assertThat(object.query()).isZero();
        object.reset();
        assertThat(object.fence()).isNull();
    }

    @Test
    void queryOfPointsAddedOutOfOrder() {
        List<UserFence> fences = new ArrayList<>();
        List<Long> submitted = new ArrayList<>();
        for (long point : new long[] {1, 5, 3, 6, 7}) {
            UserFence fence = context.newFence();
            fences.add(fence);
            object.addPoint(point, fence);
            submitted.add(object.lastSubmitted());
        }
        assertThat(submitted).containsExactly(1L, 5L, 5L, 6L, 7L);
        List<Long> reached = new ArrayList<>();
        for (UserFence fence : fences) {
            fence.signal();
            reached.add(object.query());
        }
        assertThat(reached).containsExactly(0L, 0L, 5L, 6L, 7L);
    }

    @Test
    void queryOfPointsSignaledOutOfOrder() {
        List<UserFence> fences = new ArrayList<>();
        for (long point = 1; point <= 4; point++) {
            fences.add(context.newFence());
            object.addPoint(point, fences.getLast());
        }
        fences.get(2).signal();
        assertThat(object.query()).isZero();
        fences.get(0).signal();
        assertThat(object.query()).isEqualTo(1);
        fences.get(1).signal();
        assertThat(object.query()).isEqualTo(3);
    }

    @Test
    void signaledPointsMoveOnAndOldNumbersDoNotGoBack() {
        object.signalPoint(5);
        object.signalPoint(4);
        assertThat(object.query()).isEqualTo(5);
        object.signalPoint(6);
        object.signalPoint(0);
        assertThat(object.query()).isEqualTo(6);
        assertThat(object.findFence(3)).isNotNull().matches(fence -> fence != null && fence.poll());
    }

    @Test
    void waitingForWhatWasNotSubmittedIsAnErrorUnlessAskedFor() throws InterruptedException {
        assertThatIllegalStateException()
                .isThrownBy(() -> SyncObjWait.forAny(points(object)).await(LONG))
                .withMessageContaining("forSubmit");
        assertThat(SyncObjWait.forAny(points(object))
                        .forSubmit()
                        .await(Duration.ofMillis(1))
                        .done())
                .isFalse();
        Thread submitter = Thread.ofPlatform().start(object::signal);
        assertThat(SyncObjWait.forAny(points(object)).forSubmit().await(LONG))
                .isEqualTo(new SyncObjWait.Result(true, 0));
        submitter.join();
    }

    @Test
    void anyAnswersTheLowestIndexAndAllTheFirstAtTheStart() throws InterruptedException {
        SyncObj first = SyncObj.create();
        SyncObj second = SyncObj.createSignaled();
        UserFence fence = context.newFence();
        first.replaceFence(fence);
        assertThat(SyncObjWait.forAny(points(first, second)).await(LONG)).isEqualTo(new SyncObjWait.Result(true, 1));
        assertThat(SyncObjWait.forAll(points(first, second))
                        .await(Duration.ZERO)
                        .done())
                .isFalse();
        Thread signaller = Thread.ofPlatform().start(() -> {
            while (fence.queuedCallbacks() == 0) {
                Thread.onSpinWait();
            }
            fence.signal();
        });
        assertThat(SyncObjWait.forAll(points(first, second)).await(LONG)).isEqualTo(new SyncObjWait.Result(true, 1));
        signaller.join();
        assertThat(SyncObjWait.forAny(List.of()).await(Duration.ZERO).done()).isTrue();
    }

    @Test
    void allWithNothingSignaledAtTheStartAnswersNone() throws InterruptedException {
        UserFence fence = context.newFence();
        object.replaceFence(fence);
        Thread signaller = Thread.ofPlatform().start(() -> {
            while (fence.queuedCallbacks() == 0) {
                Thread.onSpinWait();
            }
            fence.fail(Errno.EIO);
        });
        assertThat(SyncObjWait.forAll(points(object)).await(LONG))
                .as("a failed fence is a signalled one")
                .isEqualTo(new SyncObjWait.Result(true, SyncObjWait.NONE));
        signaller.join();
    }

    @Test
    void whatIsWaitedForIsFixedAtFirstSight() throws InterruptedException {
        UserFence fence = context.newFence();
        object.replaceFence(fence);
        Thread signaller = Thread.ofPlatform().start(() -> {
            while (fence.queuedCallbacks() == 0) {
                Thread.onSpinWait();
            }
            object.reset();
            object.replaceFence(context.newFence());
            fence.signal();
        });
        assertThat(SyncObjWait.forAny(points(object)).await(LONG).done()).isTrue();
        signaller.join();
    }

    @Test
    void availableIsEnoughWhenAskedFor() throws InterruptedException {
        object.addPoint(3, context.newFence());
        SyncPoint point = new SyncPoint(object, 3);
        assertThat(SyncObjWait.forAny(List.of(point)).available().await(LONG).done())
                .isTrue();
        assertThat(SyncObjWait.forAny(List.of(point)).await(Duration.ZERO).done())
                .isFalse();
        assertThat(SyncObjWait.forAny(List.of(new SyncPoint(object, 4)))
                        .available()
                        .await(Duration.ofMillis(1))
                        .done())
                .isFalse();
    }

    @Test
    void deadlinesReachTheFencesOfAWait() throws InterruptedException {
        MockFence fence = new MockFence();
        object.replaceFence(fence);
        SyncObjWait.forAny(points(object)).deadline(77).await(Duration.ofMillis(1));
        assertThat(fence.deadlines).containsExactly(77L);
        assertThat(fence.queuedCallbacks()).isZero();
    }

    @Test
    void eventsFireOnceWhenThePointExistsOrIsSignaled() {
        AtomicInteger available = new AtomicInteger();
        AtomicInteger signaled = new AtomicInteger();
        AtomicInteger closed = new AtomicInteger();
        object.onAvailable(2, available::incrementAndGet);
        SyncObjEvent event = object.onSignaled(2, signaled::incrementAndGet);
        object.onSignaled(2, closed::incrementAndGet).close();
        object.signalPoint(1);
        assertThat(available).hasValue(0);
        UserFence fence = context.newFence();
        object.addPoint(2, fence);
        assertThat(available).hasValue(1);
        assertThat(signaled).hasValue(0);
        assertThat(event.isPending()).isTrue();
        fence.signal();
        object.signalPoint(3);
        assertThat(signaled).hasValue(1);
        assertThat(available).hasValue(1);
        assertThat(closed).hasValue(0);
        object.onSignaled(1, signaled::incrementAndGet);
        assertThat(signaled).as("signalled and collected: at once").hasValue(2);

        UserFence late = context.newFence();
        object.addPoint(4, late);
        SyncObjEvent taken = object.onSignaled(4, closed::incrementAndGet);
        taken.close();
        late.signal();
        assertThat(closed).hasValue(0);
    }

    @Test
    void transfersBetweenBinaryAndTimeline() throws InterruptedException {
        SyncObj other = SyncObj.create();
        assertThatIllegalStateException()
                .isThrownBy(() -> SyncObj.transfer(new SyncPoint(object, 1), new SyncPoint(other, 0)));
        assertThat(SyncObj.transfer(new SyncPoint(object, 1), new SyncPoint(other, 0), Duration.ofMillis(1)))
                .isFalse();
        UserFence fence = context.newFence();
        object.addPoint(9, fence);
        SyncObj.transfer(new SyncPoint(object, 9), new SyncPoint(other, 0));
        assertThat(other.lastSubmitted()).as("the chain node itself is copied").isEqualTo(9);
        SyncObj timeline = SyncObj.create();
        SyncObj.transfer(new SyncPoint(object, 9), new SyncPoint(timeline, 2));
        assertThat(timeline.query()).isZero();
        fence.signal();
        assertThat(timeline.query()).isEqualTo(2);
    }

    @Test
    void syncFilesGoInAndOut() {
        UserFence fence = context.newFence();
        object.importSyncFile(SyncFile.of(fence), 4);
        SyncFile out = object.exportSyncFile(4);
        assertThat(out.name()).startsWith("dma_fence_chain-unbound");
        assertThat(out.info().fences()).hasSize(1);
        assertThatIllegalStateException().isThrownBy(() -> object.exportSyncFile(5));
        object.importSyncFile(out, 0);
        fence.signal();
        assertThat(out.status()).isEqualTo(FenceStatus.SIGNALED);
        assertThat(object.query()).isEqualTo(4);
    }

    @Test
    void aLongTimelineIsCollectedWhilePointsAreAdded() {
        UserFence pending = context.newFence();
        object.addPoint(1, pending);
        for (long point = 2; point <= 200_000; point++) {
            UserFence fence = context.newFence();
            object.addPoint(point, fence);
            fence.signal(1);
        }
        int length = 0;
        for (DmaFence at = object.fence(); at != null; at = FenceChain.walk(at)) {
            length++;
        }
        assertThat(length).isLessThanOrEqualTo(2);
        assertThat(object.query()).isZero();
        pending.signal();
        assertThat(object.query()).isEqualTo(200_000);
    }
}
