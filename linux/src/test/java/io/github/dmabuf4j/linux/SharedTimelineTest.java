package io.github.dmabuf4j.linux;

import static io.github.dmabuf4j.fence.PointStatus.FAILED;
import static io.github.dmabuf4j.fence.PointStatus.PENDING;
import static io.github.dmabuf4j.fence.PointStatus.SIGNALED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.fence.FenceStatus;
import io.github.dmabuf4j.fence.PointStatus;
import io.github.dmabuf4j.fence.Timeline;
import io.github.dmabuf4j.linux.testing.LeakCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
@ExtendWith(LeakCheck.class)
class SharedTimelineTest {
    @Test
    void pointsAreReachedInOrderAndSeenByThePeer() throws Exception {
        try (TwoPages pages = new TwoPages()) {
            for (Timeline timeline : List.of(pages.owner, pages.peer)) {
                assertThat(timeline.value()).isZero();
                assertThat(timeline.status(0)).isEqualTo(SIGNALED);
                assertThat(timeline.status(1)).isEqualTo(PENDING);
                assertThat(timeline.awaitPoint(1, 0)).isEqualTo(PENDING);
                assertThat(timeline.awaitPoint(1, 1000)).isEqualTo(PENDING);
            }
            long before = System.nanoTime();
            pages.owner.signal(5);
            for (FutexTimeline timeline : List.of(pages.owner, pages.peer)) {
                assertThat(timeline.value()).isEqualTo(5);
                assertThat(timeline.status(5)).isEqualTo(SIGNALED);
                assertThat(timeline.status(6)).isEqualTo(PENDING);
                assertThat(timeline.awaitPoint(5, Long.MAX_VALUE)).isEqualTo(SIGNALED);
                assertThat(timeline.timestampNanos()).isBetween(before, System.nanoTime());
                assertThat(timeline.error()).isNull();
            }
        }
    }

    @Test
    void aTimelineOnlyRisesAndNotTooFarAtOnce() throws Exception {
        try (TwoPages pages = new TwoPages()) {
            pages.owner.signal(5);
            assertThatThrownBy(() -> pages.owner.signal(5)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> pages.owner.signal(4)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> pages.owner.signal(5 + (1L << 32))).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> pages.owner.fail(5, Errno.EIO)).isInstanceOf(IllegalArgumentException.class);
            pages.owner.signal(4 + (1L << 32));
            assertThat(pages.peer.value()).isEqualTo(4 + (1L << 32));
        }
    }

    @Test
    void aFailureIsTerminalAndEarlierPointsStay() throws Exception {
        try (TwoPages pages = new TwoPages()) {
            pages.owner.signal(5);
            DmaFence early = pages.peer.fence(7);
            DmaFence late = pages.peer.fence(100);
            pages.owner.fail(8, Errno.EIO);
            for (Timeline timeline : List.of(pages.owner, pages.peer)) {
                assertThat(timeline.status(5)).isEqualTo(SIGNALED);
                assertThat(timeline.status(7)).isEqualTo(SIGNALED);
                assertThat(timeline.status(8)).isEqualTo(FAILED);
                assertThat(timeline.awaitPoint(Long.MAX_VALUE, Long.MAX_VALUE)).isEqualTo(FAILED);
                assertThat(timeline.error()).isEqualTo(Errno.EIO);
                assertThat(timeline.value()).isEqualTo(7);
            }
            assertThat(early.status()).isEqualTo(FenceStatus.SIGNALED);
            assertThat(late.status()).isEqualTo(FenceStatus.FAILED);
            assertThat(late.error()).isEqualTo(Errno.EIO);
            assertThatThrownBy(() -> pages.owner.signal(9)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> pages.owner.fail(9, Errno.EIO)).isInstanceOf(IllegalStateException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void sleepersOfAllKindsWakeInTheOrderOfTheirPoints(boolean peers) throws Exception {
        try (TwoPages pages = new TwoPages()) {
            FutexTimeline timeline = peers ? pages.peer : pages.owner;
            LinkedBlockingQueue<String> woken = new LinkedBlockingQueue<>();
            List<Thread> threads = new ArrayList<>();
            for (int point = 1; point <= 3; point++) {
                int awaited = point;
                threads.add(Thread.ofPlatform().start(() -> await(timeline, awaited, "platform", woken)));
                threads.add(Thread.ofVirtual().start(() -> await(timeline, awaited, "virtual", woken)));
                timeline.fence(point).onSignaled(fence -> woken.add("fence " + fence.seqno() + " " + fence.error()));
            }
            if (peers) {
                pages.awaitSleepers(3);
            }
            for (int point = 1; point <= 3; point++) {
                pages.owner.signal(point);
                List<String> three = List.of(woken.take(), woken.take(), woken.take());
                assertThat(three)
                        .containsExactlyInAnyOrder(
                                "platform " + point + " SIGNALED",
                                "virtual " + point + " SIGNALED",
                                "fence " + point + " null");
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(woken).isEmpty();
            assertThat(pages.sleepers()).isZero();
        }
    }

    private static void await(Timeline timeline, long point, String who, LinkedBlockingQueue<String> woken) {
        try {
            woken.add(who + " " + point + " " + timeline.awaitPoint(point, Long.MAX_VALUE));
        } catch (InterruptedException e) {
            woken.add("interrupted");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anInterruptEndsAWait(boolean virtual) throws Exception {
        try (TwoPages pages = new TwoPages()) {
            LinkedBlockingQueue<String> woken = new LinkedBlockingQueue<>();
            Thread.Builder kind = virtual ? Thread.ofVirtual() : Thread.ofPlatform();
            Thread waiter = kind.start(() -> await(pages.peer, 1, "waiter", woken));
            if (!virtual) {
                pages.awaitSleepers(1);
            }
            waiter.interrupt();
            assertThat(woken.take()).isEqualTo("interrupted");
            waiter.join();
            assertThat(pages.sleepers()).isZero();

            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> pages.peer.awaitPoint(1, Long.MAX_VALUE)).isInstanceOf(InterruptedException.class);
            pages.owner.signal(1);
            Thread.currentThread().interrupt();
            assertThat(pages.peer.awaitPoint(1, Long.MAX_VALUE)).isEqualTo(SIGNALED);
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void oneWaitForSeveralTimelines() throws Exception {
        try (TwoPages first = new TwoPages();
                TwoPages second = new TwoPages()) {
            PeerTimeline[] timelines = {first.peer, second.peer};
            long[] points = {3, 4};
            assertThat(PeerTimeline.awaitAny(timelines, points, 2, 1000)).isEqualTo(-1);
            for (Thread.Builder kind : List.of(Thread.ofPlatform(), Thread.ofVirtual())) {
                FutureTask<Integer> waiter =
                        new FutureTask<>(() -> PeerTimeline.awaitAny(timelines, points, 2, Long.MAX_VALUE));
                Thread thread = kind.start(waiter);
                if (!thread.isVirtual()) {
                    first.awaitSleepers(1);
                    second.awaitSleepers(1);
                }
                first.owner.signal(points[0] - 1);
                second.owner.signal(points[1]);
                assertThat(waiter.get()).isEqualTo(1);
                assertThat(first.sleepers()).isZero();
                points[0] += 10;
                points[1] += 10;
            }
            assertThatThrownBy(() -> PeerTimeline.awaitAny(timelines, points, 3, 0))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void whoWaitsForMoreIsNotWokenForLess() throws Exception {
        try (TwoPages pages = new TwoPages()) {
            InterestLine seen = new InterestLine(pages.waiterSeen.memory(), TwoPages.INTEREST);
            FutureTask<PointStatus> far = new FutureTask<>(() -> pages.peer.awaitPoint(100, Long.MAX_VALUE));
            Thread.ofPlatform().start(far);
            pages.awaitSleepers(1);
            assertThat(seen.isSleptFor(99)).isFalse();
            assertThat(seen.isSleptFor(100)).isTrue();
            FutureTask<PointStatus> near = new FutureTask<>(() -> pages.peer.awaitPoint(50, Long.MAX_VALUE));
            Thread.ofPlatform().start(near);
            pages.awaitSleepers(2);
            assertThat(seen.isSleptFor(49)).isFalse();
            assertThat(seen.isSleptFor(50)).isTrue();
            pages.owner.signal(50);
            assertThat(near.get()).isEqualTo(SIGNALED);
            pages.awaitSleepers(1);
            assertThat(seen.isSleptFor(99)).isFalse();

            CountDownLatch reached = new CountDownLatch(1);
            pages.peer.fence(80).onSignaled(fence -> reached.countDown());
            assertThat(seen.isDispatchedFor(79)).isFalse();
            int quiet = pages.doorbell();
            pages.owner.signal(79);
            assertThat(pages.doorbell()).isEqualTo(quiet);
            pages.owner.signal(80);
            assertThat(pages.doorbell()).isEqualTo(quiet + 1);
            reached.await();
            pages.owner.signal(100);
            assertThat(far.get()).isEqualTo(SIGNALED);
            assertThat(pages.doorbell()).isEqualTo(quiet + 1);
        }
    }

    @Test
    void closingEndsEveryWaitWithCancelled() throws Exception {
        try (TwoPages pages = new TwoPages()) {
            pages.owner.signal(1);
            FutureTask<PointStatus> waiter = new FutureTask<>(() -> pages.peer.awaitPoint(2, Long.MAX_VALUE));
            Thread.ofPlatform().start(waiter);
            DmaFence remote = pages.peer.fence(2);
            CountDownLatch told = new CountDownLatch(1);
            remote.onSignaled(fence -> told.countDown());
            DmaFence local = pages.owner.fence(2);
            pages.awaitSleepers(1);
            pages.ownerPage.close();
            assertThat(waiter.get()).isEqualTo(FAILED);
            told.await();
            assertThat(remote.error()).isEqualTo(Errno.ECANCELED);
            assertThat(local.status()).isEqualTo(FenceStatus.FAILED);
            assertThat(pages.owner.status(1)).isEqualTo(SIGNALED);
            assertThat(pages.owner.value()).isEqualTo(1);
            assertThatThrownBy(() -> pages.owner.signal(2)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> pages.ownerPage.timeline(2, "late")).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> pages.ownerPage.memory().get(JAVA_LONG, 64))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void closingOurViewEndsOurWaits() throws Exception {
        try (TwoPages pages = new TwoPages()) {
            pages.owner.signal(1);
            FutureTask<PointStatus> waiter = new FutureTask<>(() -> pages.peer.awaitPoint(2, Long.MAX_VALUE));
            Thread.ofPlatform().start(waiter);
            pages.awaitSleepers(1);
            pages.ownerSeen.close();
            pages.ownerSeen.close();
            assertThat(waiter.get()).isEqualTo(FAILED);
            assertThat(pages.peer.error()).isEqualTo(Errno.ECANCELED);
            assertThat(pages.peer.status(1)).isEqualTo(SIGNALED);
            assertThat(pages.peer.fence(1).error()).isNull();
            assertThat(pages.peer.fence(2).error()).isEqualTo(Errno.ECANCELED);
            pages.owner.signal(2);
            assertThatThrownBy(() -> pages.ownerSeen.timeline(2, "late", pages.waiterPage, 17))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void signallingOutlivesTheWatchersPage() throws Exception {
        try (TwoPages pages = new TwoPages()) {
            pages.waiterSeen.close();
            pages.owner.signal(1);
            assertThat(pages.peer.status(1)).isEqualTo(SIGNALED);
        }
    }

    @Test
    void closingWakesThoseWhosePageIsClosedHereAlready() throws Exception {
        try (TwoPages pages = new TwoPages()) {
            FutureTask<PointStatus> waiter = new FutureTask<>(() -> pages.peer.awaitPoint(1, Long.MAX_VALUE));
            Thread.ofPlatform().start(waiter);
            CountDownLatch told = new CountDownLatch(1);
            pages.peer.fence(1).onSignaled(fence -> told.countDown());
            pages.awaitSleepers(1);
            pages.waiterSeen.close();
            pages.ownerPage.close();
            assertThat(waiter.get()).isEqualTo(FAILED);
            told.await();
            assertThat(pages.peer.error()).isEqualTo(Errno.ECANCELED);
        }
    }

    @Test
    void whoAnnouncedHimselfBeforeBeingWatchedIsWoken() throws Exception {
        try (TwoPages pages = new TwoPages()) {
            pages.owner.removeWatcher(pages.waiterSeen, TwoPages.INTEREST);
            FutureTask<PointStatus> waiter = new FutureTask<>(() -> pages.peer.awaitPoint(1, Long.MAX_VALUE));
            Thread.ofPlatform().start(waiter);
            pages.awaitSleepers(1);
            pages.owner.signal(1);
            pages.owner.addWatcher(pages.waiterSeen, TwoPages.INTEREST);
            assertThat(waiter.get()).isEqualTo(SIGNALED);
        }
    }

    @Test
    void aLineIsOneTimelineAndTheHeaderIsNone() throws Exception {
        try (TwoPages pages = new TwoPages()) {
            assertThatThrownBy(() -> pages.ownerPage.timeline(TwoPages.TIMELINE, "again"))
                    .isInstanceOf(IllegalStateException.class);
            for (int line : new int[] {-1, 0, TwoPages.LINES}) {
                assertThatThrownBy(() -> pages.ownerPage.timeline(line, "outside"))
                        .isInstanceOf(IllegalArgumentException.class);
                assertThatThrownBy(() -> pages.ownerSeen.timeline(line, "outside", pages.waiterPage, 17))
                        .isInstanceOf(IllegalArgumentException.class);
                assertThatThrownBy(() -> pages.ownerSeen.timeline(2, "outside", pages.waiterPage, line))
                        .isInstanceOf(IllegalArgumentException.class);
                assertThatThrownBy(() -> pages.owner.addWatcher(pages.waiterSeen, line))
                        .isInstanceOf(IllegalArgumentException.class);
            }
            assertThatThrownBy(() -> TimelinePage.create("too small", 1)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void moreSessionsThanOneSleepCanWatch() throws Exception {
        List<TwoPages> all = new ArrayList<>();
        try {
            CountDownLatch reached = new CountDownLatch(140);
            for (int i = 0; i < 140; i++) {
                TwoPages pages = new TwoPages();
                all.add(pages);
                pages.peer.fence(1).onSignaled(fence -> reached.countDown());
            }
            for (TwoPages pages : all) {
                pages.owner.signal(1);
            }
            reached.await();
            assertThat(reached.getCount()).isZero();
        } finally {
            all.forEach(TwoPages::close);
        }
    }
}
