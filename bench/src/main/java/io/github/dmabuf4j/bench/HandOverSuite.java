package io.github.dmabuf4j.bench;

import java.io.IOException;
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

    private final List<List<String>> rows = new ArrayList<>();
    private final Comparisons ratios = new Comparisons();

    @Override
    public void run(Options options, Report report) throws IOException, InterruptedException {
        report.section("Round trip");
        report.line(
                "Ours: a buffer of 12 MiB, mapped by both sides, goes over, is released, and is the producer's again.");
        report.line("The others: a message of 64 bytes there and one back (bare: a counter each way).");
        report.line("Spinning, one sample is the mean of %d round trips, because a look at the clock costs half of one;"
                .formatted(SPINNING_BATCH));
        report.line("and spinning means that everybody spins in every wait;");
        report.line(
                "parked, it is one round trip. Parked means that everybody sleeps in every wait: the library does so");
        report.line("by itself where there is one CPU; with two it is told not to spin.");
        report.line("Warm-up here: twice as long as usual, three times on one CPU.");
        rows.add(List.of("regime", "contender", "p50 µs, median [range] of rounds", "p99 µs"));

        Duel spinning = new Duel(
                options,
                Regime.SPINNING,
                SPINNING_BATCH,
                List.of(Contenders.BARE_MEMORY, Contenders.BARE_MEMORY.again(), Contenders.AERON, Contenders.ICEORYX));
        spinning.compare(Contenders.BARE_MEMORY.again(), Contenders.BARE_MEMORY, null);
        spinning.compare(Contenders.QUEUE, Contenders.BARE_MEMORY, Bar.atMost(MOST_OF_BARE_SPINNING));
        spinning.compare(Contenders.QUEUE, Contenders.AERON, Bar.atMost(1));
        spinning.compare(Contenders.QUEUE, Contenders.ICEORYX, null);
        for (Regime regime : List.of(Regime.ONE_CPU, Regime.NO_HALT)) {
            Duel parked = new Duel(
                    options,
                    regime,
                    1,
                    List.of(Contenders.BARE_FUTEX, Contenders.BARE_FUTEX.again(), Contenders.SOCKET));
            Bar bar = regime == Regime.ONE_CPU ? Bar.atMost(MOST_OF_BARE_PARKED) : null;
            parked.compare(Contenders.BARE_FUTEX.again(), Contenders.BARE_FUTEX, null);
            parked.compare(Contenders.QUEUE, Contenders.BARE_FUTEX, bar);
            parked.compare(Contenders.QUEUE, Contenders.SOCKET, null);
        }
        report.table(rows);
        ratios.writeTo(report);
    }

    /** The library with its buffers and the others with their messages, in the same rounds. */
    private final class Duel {
        private final Regime regime;
        private final List<Contest.Entry> entries = new ArrayList<>();

        Duel(Options options, Regime regime, int batch, List<Contender> others) throws InterruptedException {
            this.regime = regime;
            // The compilers share the CPUs with the two sides.
            Options patient = options.patient(regime == Regime.ONE_CPU ? 3 : 2);
            Contest ours = new Contest(
                    patient.task(Task.Work.ROUND_TRIP, FRAME, 1, batch, 1), regime, List.of(Contenders.QUEUE));
            Contest theirs = new Contest(patient.task(Task.Work.ROUND_TRIP, MESSAGE, 1, batch, 1), regime, others);
            Contest.runAll(List.of(ours, theirs), options.rounds(), "round trip");
            entries.addAll(ours.entries());
            entries.addAll(theirs.entries());
            for (Contest.Entry entry : entries) {
                rows.add(
                        entry.failure().isEmpty()
                                ? List.of(
                                        regime.toString(),
                                        entry.name(),
                                        Report.spread(entry.values(0, "p50"), 1e-3),
                                        Report.spread(entry.values(0, "p99"), 1e-3))
                                : List.of(regime.toString(), entry.name(), "not measured: " + entry.failure(), ""));
            }
        }

        void compare(Contender subject, Contender reference, @Nullable Bar bar) {
            ratios.add(regime, Comparisons.words(subject, reference), entry(subject), entry(reference), 0, "p50", bar);
        }

        private Contest.Entry entry(Contender contender) {
            return entries.stream()
                    .filter(entry -> entry.name().equals(contender.name()))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
