package io.github.dmabuf4j.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How long a buffer that both sides have mapped takes to the other side and back. */
final class HandOverSuite implements Bench.Suite {
    private static final long FRAME = 12 << 20;
    private static final long MESSAGE = 64;
    private static final int SPINNING_BATCH = 16;
    private static final double MOST_OF_BARE_SPINNING = 1.5;
    private static final double MOST_OF_BARE_PARKED = 1.25;

    @Override
    public List<String> parts() {
        return List.of("spinning", "one-cpu", "no-halt");
    }

    @Override
    public void run(Options options, Report report) throws IOException, InterruptedException {
        if (options.wants("spinning")) {
            Trips trips = new Trips(
                    Regime.SPINNING,
                    SPINNING_BATCH,
                    List.of(
                            Contenders.BARE_MEMORY,
                            Contenders.BARE_MEMORY.again(),
                            Contenders.AERON,
                            Contenders.ICEORYX));
            trips.run(options.plan(11, 50, 2000, 30), report);
            trips.compare(Contenders.BARE_MEMORY.again(), Contenders.BARE_MEMORY, null);
            trips.compare(Contenders.QUEUE, Contenders.BARE_MEMORY, Bar.atMost(MOST_OF_BARE_SPINNING));
            trips.compare(Contenders.QUEUE, Contenders.AERON, Bar.atMost(1));
            trips.compare(Contenders.QUEUE, Contenders.ICEORYX, null);
            trips.ratios.writeTo(report);
        }
        if (options.wants("one-cpu")) {
            parked(Regime.ONE_CPU, options.plan(6, 50, 3000, 30), report, Bar.atMost(MOST_OF_BARE_PARKED));
        }
        if (options.wants("no-halt")) {
            parked(Regime.NO_HALT, options.plan(4, 50, 1500, 40), report, null);
        }
    }

    private static void parked(Regime regime, Relay.Plan plan, Report report, @Nullable Bar bar)
            throws IOException, InterruptedException {
        Trips trips =
                new Trips(regime, 1, List.of(Contenders.BARE_FUTEX, Contenders.BARE_FUTEX.again(), Contenders.SOCKET));
        trips.run(plan, report);
        trips.compare(Contenders.BARE_FUTEX.again(), Contenders.BARE_FUTEX, null);
        trips.compare(Contenders.QUEUE, Contenders.BARE_FUTEX, bar);
        trips.compare(Contenders.QUEUE, Contenders.SOCKET, null);
        trips.ratios.writeTo(report);
    }

    /** The library with its buffers and the others with their messages, in turns. */
    private static final class Trips {
        private final Comparisons ratios = new Comparisons();
        private final Relay relay;
        private final int batch;

        Trips(Regime regime, int batch, List<Contender> others) {
            this.relay = new Relay(regime);
            this.batch = batch;
            relay.add(Contenders.QUEUE, task(FRAME));
            others.forEach(other -> relay.add(other, task(MESSAGE)));
        }

        private Task task(long bytes) {
            return new Task(Task.Work.ROUND_TRIP, bytes, 1, batch, 1, Duration.ZERO, Duration.ZERO);
        }

        void run(Relay.Plan plan, Report report) throws IOException, InterruptedException {
            report.section("Round trip: " + relay.regime());
            report.line(
                    "Ours: a buffer of 12 MiB, mapped by both sides, goes over, is released, and is the producer's");
            report.line("again. The others: a message of 64 bytes there and one back (bare: a counter each way).");
            if (batch > 1) {
                report.line("One sample is the mean of %d round trips, because a look at the clock costs half of one."
                        .formatted(batch));
            }
            report.line(relay.regime().explanation());
            report.line(plan.words());
            relay.run(plan, "round trip");
            List<List<String>> rows = new ArrayList<>();
            rows.add(List.of("contender", "p50 µs, median [nine tenths] of turns", "p99 µs"));
            for (Relay.Entry entry : relay.entries()) {
                rows.add(
                        entry.failure().isEmpty()
                                ? List.of(
                                        entry.name(),
                                        Report.spread(entry.values("p50"), 1e-3),
                                        Report.spread(entry.values("p99"), 1e-3))
                                : List.of(entry.name(), "not measured: " + entry.failure(), ""));
            }
            report.table(rows);
        }

        void compare(Contender subject, Contender reference, @Nullable Bar bar) {
            ratios.add(
                    relay.regime(),
                    Comparisons.words(subject, reference),
                    relay.entry(subject.name()),
                    relay.entry(reference.name()),
                    "p50",
                    bar);
        }
    }
}
