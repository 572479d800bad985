package io.github.dmabuf4j.fence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SyncTimelineTest {
    @Test
    void pointsAreReachedByWrapAroundComparison() {
        try (SyncTimeline timeline = SyncTimeline.create("t")) {
            assertThat(timeline.createPoint(0).isSignaled()).isTrue();
            assertThat(timeline.createPoint(0x8000_0000).isSignaled())
                    .as("2^31 ahead counts as passed")
                    .isTrue();
            DmaFence far = timeline.createPoint(0x7fff_ffff);
            assertThat(far.isSignaled()).isFalse();
            assertThat(timeline.createPoint(0x7fff_ffff)).isSameAs(far);
            timeline.increment(0x7fff_fffe);
            assertThat(far.isSignaled()).isFalse();
            DmaFence beyond = timeline.createPoint(0x8000_0001);
            timeline.increment(1);
            assertThat(far.isSignaled()).isTrue();
            assertThat(beyond.isSignaled()).isFalse();
            timeline.increment(0xffff_ffff);
            assertThat(beyond.isSignaled()).isTrue();
            assertThat(far.driverName()).isEqualTo("sw_sync");
            assertThat(far.timelineName()).isEqualTo("t");
        }
    }

    @Test
    void anyOrderOfAddingSignalsInOrderOfNumbers() {
        long seed = System.nanoTime();
        List<Long> points =
                new ArrayList<>(LongStream.rangeClosed(1, 500).boxed().toList());
        Collections.shuffle(points, new Random(seed));
        List<Long> seen = new ArrayList<>();
        List<DmaFence> fences = new ArrayList<>();
        try (SyncTimeline timeline = SyncTimeline.create("t")) {
            for (long point : points) {
                DmaFence fence = timeline.fence(point);
                fence.onSignaled(f -> seen.add(f.seqno()));
                fences.add(fence);
                assertThat(timeline.fence(point)).as("seed %d", seed).isSameAs(fence);
            }
            assertThat(timeline.pendingPoints()).isEqualTo(500);
            timeline.signal(200);
            assertThat(seen)
                    .as("seed %d", seed)
                    .isEqualTo(LongStream.rangeClosed(1, 200).boxed().toList());
            timeline.fail(301, Errno.EIO);
            assertThat(timeline.pendingPoints()).isEqualTo(100);
        }
        assertThat(seen).as("seed %d", seed).hasSize(500);
        assertThat(seen.subList(200, 400))
                .isEqualTo(LongStream.rangeClosed(301, 500).boxed().toList());
        assertThat(seen.subList(400, 500))
                .as("closed")
                .isEqualTo(LongStream.rangeClosed(201, 300).boxed().toList());
        assertThat(fences).allMatch(fence -> fence.isSignaled() && (fence.error() == null) == (fence.seqno() <= 200));
    }

    @Test
    void aFailureIsTerminalAndLeavesReachedPointsAlone() throws InterruptedException {
        SyncTimeline timeline = SyncTimeline.create("t");
        DmaFence early = timeline.fence(1);
        DmaFence late = timeline.fence(3);
        timeline.signal(1);
        timeline.fail(3, Errno.ETIME);
        assertThat(early.error()).isNull();
        assertThat(late.error()).isEqualTo(Errno.ETIME);
        assertThat(timeline.error()).isEqualTo(Errno.ETIME);
        assertThat(timeline.status(1)).isEqualTo(PointStatus.SIGNALED);
        assertThat(timeline.status(2)).isEqualTo(PointStatus.PENDING);
        assertThat(timeline.status(4)).isEqualTo(PointStatus.FAILED);
        assertThat(timeline.awaitPoint(9, Long.MAX_VALUE)).isEqualTo(PointStatus.FAILED);
        assertThat(timeline.fence(8).error()).isEqualTo(Errno.ETIME);
        assertThatIllegalStateException().isThrownBy(() -> timeline.signal(2)).withMessageContaining("ETIME");
        timeline.close();
        assertThat(timeline.status(1)).isEqualTo(PointStatus.SIGNALED);
        assertThat(timeline.status(2)).isEqualTo(PointStatus.FAILED);
    }

    @Test
    void closingFailsPendingPointsWithEnoent() {
        SyncTimeline timeline = SyncTimeline.create("t");
        DmaFence reached = timeline.createPoint(1);
        DmaFence pending = timeline.createPoint(2);
        timeline.increment(1);
        timeline.close();
        timeline.close();
        assertThat(reached.error()).isNull();
        assertThat(pending.error()).isEqualTo(Errno.ENOENT);
        assertThat(timeline.fence(7).error()).isEqualTo(Errno.ENOENT);
        assertThatIllegalStateException()
                .isThrownBy(() -> timeline.increment(1))
                .withMessageContaining("closed");
        assertThatIllegalStateException().isThrownBy(() -> timeline.createPoint(9));
    }

    @Test
    void neverRunsBackwards() {
        try (SyncTimeline timeline = SyncTimeline.create("t")) {
            timeline.signal(5);
            assertThatIllegalArgumentException().isThrownBy(() -> timeline.signal(5));
            assertThatIllegalArgumentException().isThrownBy(() -> timeline.fail(5, Errno.EIO));
            assertThat(timeline.value()).isEqualTo(5);
            timeline.increment(0);
            assertThat(timeline).hasToString("t: 5");
        }
    }

    @Test
    void rawWaitsEndWithTheValueTheTimeAndTheClose() throws InterruptedException {
        SyncTimeline timeline = SyncTimeline.create("t");
        assertThat(timeline.awaitPoint(1, 0)).isEqualTo(PointStatus.PENDING);
        assertThat(timeline.awaitPoint(1, 1000)).isEqualTo(PointStatus.PENDING);
        Thread signaller = Thread.ofPlatform().start(() -> timeline.signal(3));
        assertThat(timeline.awaitPoint(3, Long.MAX_VALUE)).isEqualTo(PointStatus.SIGNALED);
        signaller.join();
        CountDownLatch waiting = new CountDownLatch(1);
        AtomicReference<PointStatus> seen = new AtomicReference<>(PointStatus.PENDING);
        Thread waiter = Thread.ofPlatform().start(() -> {
            waiting.countDown();
            try {
                seen.set(timeline.awaitPoint(9, Long.MAX_VALUE));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        waiting.await();
        timeline.close();
        waiter.join();
        assertThat(seen.get()).isEqualTo(PointStatus.FAILED);
    }

    @Test
    void keepsTheEarliestDeadline() {
        try (SyncTimeline timeline = SyncTimeline.create("t")) {
            DmaFence point = timeline.createPoint(1);
            assertThat(SyncTimeline.deadline(point)).isEmpty();
            point.setDeadline(50);
            point.setDeadline(40);
            FenceArray.of(List.of(point)).setDeadline(60);
            assertThat(SyncTimeline.deadline(point)).hasValue(40);
            assertThatIllegalArgumentException().isThrownBy(() -> SyncTimeline.deadline(DmaFence.stub()));
        }
    }

    @Test
    void callbacksMayMoveTheTimeline() {
        try (SyncTimeline timeline = SyncTimeline.create("t")) {
            timeline.fence(1).onSignaled(f -> timeline.signal(2));
            DmaFence second = timeline.fence(2);
            timeline.signal(1);
            assertThat(second.isSignaled()).isTrue();
        }
    }

    @Test
    void aMillionLiveFences() throws InterruptedException {
        try (SyncTimeline timeline = SyncTimeline.create("t")) {
            DmaFence last = timeline.fence(1);
            for (long point = 2; point <= 1_000_000; point++) {
                last = timeline.fence(point);
            }
            assertThat(timeline.pendingPoints()).isEqualTo(1_000_000);
            timeline.signal(999_999);
            assertThat(last.isSignaled()).isFalse();
            timeline.signal(1_000_000);
            assertThat(last.await(Duration.ZERO)).isTrue();
            assertThat(timeline.pendingPoints()).isZero();
        }
    }
}
