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
    private static final long NANOS = (Boolean.getBoolean("dmabuf4j.long") ? 60_000L : 1_000L) * 1_000_000;

    // On a machine that has other things to do, time alone means little.
    private static final int LEAST_ROUNDS = 50;

    private static final String NEVER_SPINS = "-Ddmabuf4j.spinNanos=0";
    private static final String ALWAYS_SPINS = "-Ddmabuf4j.spinNanos=1000000";
    private static final String LEARNS = "-Ddmabuf4j.learning=true";
    private static final String THROUGH_DISPATCHER = "-Dtorture.kind=3";
    private static final String BEFORE_WAITV = "-Ddmabuf4j.futex.slices=true";

    // One who is awake against one who is just falling asleep is where wake-ups are lost: one lane for that, both ways.
    @ParameterizedTest
    @CsvSource({
        ALWAYS_SPINS + "," + NEVER_SPINS + ",1,0",
        NEVER_SPINS + "," + ALWAYS_SPINS + ",1,0",
        ALWAYS_SPINS + "," + THROUGH_DISPATCHER + ",1,0",
        NEVER_SPINS + "," + NEVER_SPINS + ",4,3",
        LEARNS + "," + LEARNS + ",4,3",
        LEARNS + "," + BEFORE_WAITV + ",4,3",
    })
    void noWakeUpIsLost(String driver, String partner, int lanes, int observers, @TempDir Path folder)
            throws Exception {
        long seed = new Random().nextLong();
        String path = folder.resolve("torture").toString();
        try (ChildJvm driving = ChildJvm.start(
                List.of(driver),
                Driver.class,
                path,
                Long.toString(seed),
                Integer.toString(lanes),
                Integer.toString(observers),
                Long.toString(NANOS))) {
            assertThat(driving.line()).isEqualTo("listening");
            try (ChildJvm answering = ChildJvm.start(
                    List.of(partner), Partner.class, path, Long.toString(seed + 1), Integer.toString(lanes))) {
                for (int i = 0; i < lanes + observers; i++) {
                    String line = driving.line();
                    assertThat(line).as("seed %d", seed).matches("waits: \\d+");
                }
                assertThat(driving.exitCode()).as("seed %d", seed).isZero();
                assertThat(answering.line()).as("seed %d", seed).isEqualTo("done");
                assertThat(answering.exitCode()).isZero();
            }
        }
    }

    /** Listens, and plays until the time is over. */
    static final class Driver {
        public static void main(String[] arguments) throws Exception {
            long seed = Long.parseLong(arguments[1]);
            int count = Integer.parseInt(arguments[2]);
            int observers = Integer.parseInt(arguments[3]);
            long nanos = Long.parseLong(arguments[4]);
            List<FutureTask<Long>> drivers = new ArrayList<>();
            List<FutureTask<Long>> observing = new ArrayList<>();
            try (UnixListener listener = UnixSocket.listen(Path.of(arguments[0]))) {
                System.out.println("listening");
                try (PageExchange link = new PageExchange(listener.accept())) {
                    Lane[] lanes = new Lane[count];
                    for (int i = 0; i < count; i++) {
                        lanes[i] = new Lane(i, link);
                    }
                    for (int i = 0; i < observers; i++) {
                        observing.add(observe(lanes, new Random(seed + 100 + i)));
                    }
                    long stop = System.nanoTime() + nanos;
                    for (Lane lane : lanes) {
                        drivers.add(drive(lane, stop, new Random(seed + 200 + lane.kind)));
                    }
                    for (FutureTask<Long> driver : drivers) {
                        System.out.println("waits: " + driver.get());
                    }
                }
                // The timelines are closed now, which ends what the observers wait for.
                for (FutureTask<Long> observer : observing) {
                    System.out.println("waits: " + observer.get());
                }
            }
        }
    }

    /** One timeline of each side. How the other side is waited for depends on the number. */
    private static final class Lane {
        final int kind;
        final SharedTimeline own;
        final PeerTimeline seen;

        Lane(int number, PageExchange link) {
            this.kind = Integer.getInteger("torture.kind", number);
            this.own = link.owned(number);
            this.seen = link.seen(number);
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

    private static FutureTask<Long> drive(Lane lane, long stop, Random random) {
        FutureTask<Long> driver = new FutureTask<>(() -> {
            long rounds = 0;
            while (System.nanoTime() < stop || rounds < LEAST_ROUNDS) {
                dawdle(random);
                rounds++;
                lane.own.signal(rounds);
                assertThat(lane.await(rounds)).isEqualTo(PointStatus.SIGNALED);
            }
            return rounds;
        });
        lane.thread(driver);
        return driver;
    }

    /** Waits for points near and far, of one lane or of any, until the timelines end. */
    private static FutureTask<Long> observe(Lane[] lanes, Random random) {
        FutureTask<Long> observer = new FutureTask<>(() -> {
            long waits = 0;
            PeerTimeline[] timelines = new PeerTimeline[lanes.length];
            long[] points = new long[lanes.length];
            while (true) {
                for (int i = 0; i < lanes.length; i++) {
                    timelines[i] = lanes[i].seen;
                    points[i] = lanes[i].seen.value() + 1 + random.nextInt(4);
                }
                int one = random.nextInt(2 * lanes.length);
                if (one < lanes.length) {
                    timelines[one].awaitPoint(points[one], Long.MAX_VALUE);
                } else {
                    one = PeerTimeline.awaitAny(timelines, points, lanes.length, Long.MAX_VALUE);
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
        int turns = random.nextInt(64) == 0 ? random.nextInt(3000) : random.nextInt(60);
        for (int i = 0; i < turns; i++) {
            Thread.onSpinWait();
        }
    }

    /** Answers every signal with its own, until the other side closes its timelines. */
    static final class Partner {
        public static void main(String[] arguments) throws Exception {
            long seed = Long.parseLong(arguments[1]);
            int count = Integer.parseInt(arguments[2]);
            try (PageExchange link = PageExchange.connect(arguments[0])) {
                CountDownLatch ended = new CountDownLatch(count);
                for (int i = 0; i < count; i++) {
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
