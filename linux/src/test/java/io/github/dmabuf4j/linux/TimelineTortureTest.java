package io.github.dmabuf4j.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.PointStatus;
import io.github.dmabuf4j.linux.testing.ChildJvm;
import io.github.dmabuf4j.linux.testing.LeakCheck;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Two processes that wake each other as fast as they can, with every kind of wait, without a time limit on any of them:
 * one lost wake-up stops a lane for ever, and the watchdog of the test sees it.
 *
 * <p>Takes a few seconds; {@code -Ddmabuf4j.long=true} makes it minutes.
 */
@org.junit.jupiter.api.Timeout(300)
@ExtendWith(LeakCheck.class)
class TimelineTortureTest {
    private static final int LANES = 4;
    private static final int OBSERVERS = 3;
    private static final long NANOS = (Boolean.getBoolean("dmabuf4j.long") ? 60_000L : 1_200L) * 1_000_000;

    @ParameterizedTest
    @CsvSource({"dmabuf4j.spinNanos=0", "dmabuf4j.learning=true", "dmabuf4j.futex.slices=true"})
    void noWakeUpIsLost(String option, @TempDir Path folder) throws Exception {
        long seed = new Random().nextLong();
        Path path = folder.resolve("torture");
        AtomicLong[] rounds = new AtomicLong[LANES];
        long observed;
        try (UnixListener listener = UnixSocket.listen(path);
                ChildJvm child = ChildJvm.start(
                        List.of("-D" + option), Partner.class, path.toString(), Long.toString(seed + 1));
                PageExchange link = new PageExchange(listener.accept())) {
            AtomicLong stop = new AtomicLong(System.nanoTime() + NANOS);
            Lane[] lanes = new Lane[LANES];
            for (int i = 0; i < LANES; i++) {
                lanes[i] = new Lane(i, link);
                rounds[i] = new AtomicLong();
            }
            List<FutureTask<Long>> observers = new ArrayList<>();
            for (int i = 0; i < OBSERVERS; i++) {
                observers.add(observe(lanes, new Random(seed + 100 + i)));
            }
            List<FutureTask<Void>> drivers = new ArrayList<>();
            for (int i = 0; i < LANES; i++) {
                drivers.add(drive(lanes[i], rounds[i], stop, new Random(seed + 200 + i)));
            }
            for (FutureTask<Void> driver : drivers) {
                driver.get();
            }
            link.own.close();
            link.peer.close();
            long sum = 0;
            for (FutureTask<Long> observer : observers) {
                sum += observer.get();
            }
            observed = sum;
            assertThat(child.line()).as("seed %d", seed).isEqualTo("done");
            assertThat(child.exitCode()).isZero();
        }
        for (AtomicLong lane : rounds) {
            assertThat(lane.get()).as("rounds with seed %d", seed).isGreaterThan(10);
        }
        assertThat(observed).as("waits of observers with seed %d", seed).isGreaterThan(10);
    }

    /** One timeline of each side. How the other side is waited for depends on the number. */
    private static final class Lane {
        final int kind;
        final SharedTimeline own;
        final PeerTimeline seen;

        Lane(int kind, PageExchange link) {
            this.kind = kind;
            this.own = link.owned(kind);
            this.seen = link.seen(kind);
        }

        PointStatus await(long point) throws InterruptedException {
            switch (kind) {
                case 0, 1 -> seen.awaitPoint(point, Long.MAX_VALUE);
                case 2 -> seen.fence(point).await();
                default -> {
                    CountDownLatch told = new CountDownLatch(1);
                    DmaFence fence = seen.fence(point);
                    fence.onSignaled(signaled -> told.countDown());
                    told.await();
                }
            }
            return seen.status(point);
        }

        Thread thread(Runnable body) {
            return kind == 1
                    ? Thread.ofVirtual().start(body)
                    : Thread.ofPlatform().name("lane " + kind).start(body);
        }
    }

    private static FutureTask<Void> drive(Lane lane, AtomicLong rounds, AtomicLong stop, Random random) {
        FutureTask<Void> driver = new FutureTask<>(() -> {
            while (System.nanoTime() < stop.get()) {
                dawdle(random);
                long next = rounds.get() + 1;
                lane.own.signal(next);
                assertThat(lane.await(next)).isEqualTo(PointStatus.SIGNALED);
                rounds.set(next);
            }
            return null;
        });
        lane.thread(driver);
        return driver;
    }

    /** Waits for points near and far, of one lane or of any, until the timelines end. */
    private static FutureTask<Long> observe(Lane[] lanes, Random random) {
        FutureTask<Long> observer = new FutureTask<>(() -> {
            long waits = 0;
            PeerTimeline[] timelines = new PeerTimeline[LANES];
            long[] points = new long[LANES];
            while (true) {
                for (int i = 0; i < LANES; i++) {
                    timelines[i] = lanes[i].seen;
                    points[i] = lanes[i].seen.value() + 1 + random.nextInt(4);
                }
                int one = random.nextInt(2 * LANES);
                if (one < LANES) {
                    timelines[one].awaitPoint(points[one], Long.MAX_VALUE);
                } else {
                    one = PeerTimeline.awaitAny(timelines, points, LANES, Long.MAX_VALUE);
                }
                if (timelines[one].status(points[one]) == PointStatus.FAILED) {
                    return waits;
                }
                waits++;
            }
        });
        Thread.ofPlatform().name("observer").start(observer);
        return observer;
    }

    /** Spreads what the two sides do over each other's time. */
    private static void dawdle(Random random) {
        int turns = random.nextInt(4) == 0 ? random.nextInt(3000) : random.nextInt(50);
        for (int i = 0; i < turns; i++) {
            Thread.onSpinWait();
        }
    }

    /** Answers every signal with its own, until the other side closes its timelines. */
    static final class Partner {
        public static void main(String[] arguments) throws Exception {
            long seed = Long.parseLong(arguments[1]);
            try (PageExchange link = PageExchange.connect(arguments[0])) {
                CountDownLatch ended = new CountDownLatch(LANES);
                for (int i = 0; i < LANES; i++) {
                    Lane lane = new Lane(i, link);
                    Random random = new Random(seed + i);
                    lane.thread(() -> {
                        try {
                            for (long next = 1; lane.await(next) == PointStatus.SIGNALED; next++) {
                                dawdle(random);
                                lane.own.signal(next);
                            }
                            ended.countDown();
                        } catch (InterruptedException e) {
                            throw new AssertionError(e);
                        }
                    });
                }
                ended.await();
            }
            System.out.println("done");
        }
    }
}
