package io.github.dmabuf4j.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.fence.FenceStatus;
import io.github.dmabuf4j.fence.PointStatus;
import io.github.dmabuf4j.linux.testing.ChildJvm;
import io.github.dmabuf4j.linux.testing.LeakCheck;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Processes that own timelines, or wait for ours, and are killed. */
@Timeout(60)
@ExtendWith(LeakCheck.class)
class OwnerDeathTest {
    private static final int KILLS = Boolean.getBoolean("dmabuf4j.long") ? 200 : 4;

    @Test
    void onlyPointsThatWereNotReachedFailAndEverybodyWakes(@TempDir Path folder) throws Exception {
        Path path = folder.resolve("death");
        try (UnixListener listener = UnixSocket.listen(path);
                ChildJvm child = ChildJvm.start(Owner.class, path.toString(), "5");
                PageExchange link = new PageExchange(listener.accept());
                PeerProcess owner = PeerProcess.of(link.socket)) {
            PeerTimeline timeline = link.seen(0);
            owner.onDeath(() -> link.peer.fail(Errno.EOWNERDEAD));
            assertThat(timeline.awaitPoint(5, Long.MAX_VALUE)).isEqualTo(PointStatus.SIGNALED);

            List<FutureTask<PointStatus>> waiters = new ArrayList<>();
            for (long point : new long[] {6, 7, 1000}) {
                for (Thread.Builder kind : List.of(Thread.ofPlatform(), Thread.ofVirtual())) {
                    FutureTask<PointStatus> waiter = new FutureTask<>(() -> timeline.awaitPoint(point, Long.MAX_VALUE));
                    waiters.add(waiter);
                    kind.start(waiter);
                }
            }
            FutureTask<Integer> any = new FutureTask<>(
                    () -> PeerTimeline.awaitAny(new PeerTimeline[] {timeline}, new long[] {6}, 1, Long.MAX_VALUE));
            Thread.ofPlatform().start(any);
            DmaFence reached = timeline.fence(5);
            DmaFence missed = timeline.fence(6);
            CountDownLatch told = new CountDownLatch(1);
            missed.onSignaled(fence -> told.countDown());
            TwoPages.awaitSleepers(link.own, PageExchange.FIRST_INTEREST, 4);

            child.kill();
            for (FutureTask<PointStatus> waiter : waiters) {
                assertThat(waiter.get()).isEqualTo(PointStatus.FAILED);
            }
            assertThat(any.get()).isZero();
            told.await();
            assertThat(missed.error()).isEqualTo(Errno.EOWNERDEAD);
            assertThat(reached.status()).isEqualTo(FenceStatus.SIGNALED);
            assertThat(timeline.status(5)).isEqualTo(PointStatus.SIGNALED);
            assertThat(timeline.status(6)).isEqualTo(PointStatus.FAILED);
            assertThat(timeline.error()).isEqualTo(Errno.EOWNERDEAD);
            assertThat(timeline.value()).isEqualTo(5);
        }
    }

    @Test
    void anOwnerThatIsKilledWhileItSignalsLeavesEveryPointDecided(@TempDir Path folder) throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Path path = folder.resolve("death");
        try (UnixListener listener = UnixSocket.listen(path)) {
            for (int kill = 0; kill < KILLS; kill++) {
                try (ChildJvm child = ChildJvm.start(Owner.class, path.toString(), Long.toString(Long.MAX_VALUE));
                        PageExchange link = new PageExchange(listener.accept());
                        PeerProcess owner = PeerProcess.of(link.socket)) {
                    PeerTimeline timeline = link.seen(0);
                    owner.onDeath(() -> link.peer.fail(Errno.EOWNERDEAD));
                    FutureTask<Long> follower = new FutureTask<>(() -> {
                        long point = 0;
                        while (timeline.awaitPoint(point + 1, Long.MAX_VALUE) == PointStatus.SIGNALED) {
                            point = timeline.value();
                        }
                        return point;
                    });
                    Thread.ofPlatform().start(follower);
                    timeline.awaitPoint(1 + random.nextInt(200), Long.MAX_VALUE);
                    child.kill();
                    long last = follower.get();
                    assertThat(timeline.value()).as("seed %d", seed).isEqualTo(last);
                    assertThat(timeline.status(last)).isEqualTo(PointStatus.SIGNALED);
                    assertThat(timeline.fence(last + 1).error()).isEqualTo(Errno.EOWNERDEAD);
                }
            }
        }
    }

    /** Signals up to a value, one by one, and waits to be killed. */
    static final class Owner {
        public static void main(String[] arguments) throws Exception {
            long last = Long.parseLong(arguments[1]);
            try (PageExchange link = PageExchange.connect(arguments[0])) {
                SharedTimeline timeline = link.owned(0);
                for (long value = 1; value <= last && value > 0; value++) {
                    timeline.signal(value);
                }
                link.socket.receive(ByteBuffer.allocate(1));
            }
        }
    }

    @Test
    void aWaiterThatIsKilledDoesNoHarmToTheOwner(@TempDir Path folder) throws Exception {
        Path path = folder.resolve("waiter");
        try (UnixListener listener = UnixSocket.listen(path);
                ChildJvm child = ChildJvm.start(Waiter.class, path.toString());
                PageExchange link = new PageExchange(listener.accept())) {
            SharedTimeline timeline = link.owned(0);
            InterestLine interest = new InterestLine(link.peer.memory(), PageExchange.FIRST_INTEREST);
            while (!interest.isSleptFor(100) || !interest.isDispatchedFor(200)) {
                Thread.yield();
            }
            child.kill();
            for (int value = 1; value <= 300; value++) {
                timeline.signal(value);
            }
            timeline.removeWatcher(link.peer, PageExchange.FIRST_INTEREST);
            assertThat(timeline.value()).isEqualTo(300);
        }
    }

    /** Waits in two ways for what will never come to it. */
    static final class Waiter {
        public static void main(String[] arguments) throws Exception {
            try (PageExchange link = PageExchange.connect(arguments[0])) {
                PeerTimeline timeline = link.seen(0);
                timeline.fence(200).onSignaled(fence -> System.out.println("not expected"));
                timeline.awaitPoint(100, Long.MAX_VALUE);
            }
        }
    }
}
