package io.github.dmabuf4j.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** How long a buffer that both sides have mapped takes to the other side and back. */
final class HandOverSuite implements Bench.Suite {
    private static final long SMALL_MESSAGE = 64;
    private static final int SPINNING_BATCH = 16;

    @Override
    public void run(Options options, Report report) throws IOException, InterruptedException {
        report.section("Round trip");
        report.line("Bare peers, Aeron and the socket carry 64 bytes.");
        report.line(
                "Spinning, one sample is the mean of %d round trips (a look at the clock costs a fifth of one); parked, it is one round trip."
                        .formatted(SPINNING_BATCH));
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("regime", "contender", "p50 µs, median [range] of rounds", "p99 µs"));
        Comparisons ratios = new Comparisons();

        Contest spinning = contest(
                options,
                Regime.SPINNING,
                SPINNING_BATCH,
                List.of(Contenders.BARE_MEMORY, Contenders.BARE_MEMORY.again(), Contenders.AERON, Contenders.ICEORYX));
        tell(rows, spinning);
        noise(ratios, spinning, Contenders.BARE_MEMORY);
        for (Regime regime : List.of(Regime.ONE_CPU, Regime.NO_HALT)) {
            Contest parked = contest(
                    options,
                    regime,
                    1,
                    List.of(Contenders.BARE_FUTEX, Contenders.BARE_FUTEX.again(), Contenders.SOCKET));
            tell(rows, parked);
            noise(ratios, parked, Contenders.BARE_FUTEX);
        }
        report.table(rows);
        ratios.writeTo(report);
    }

    private static Contest contest(Options options, Regime regime, int batch, List<Contender> contenders)
            throws InterruptedException {
        Task task = options.task(Task.Work.ROUND_TRIP, SMALL_MESSAGE, 1, batch, 1);
        return new Contest(task, regime, contenders).run(options.rounds(), "round trip");
    }

    private static void noise(Comparisons ratios, Contest contest, Contender twin) {
        ratios.add(
                contest.regime(),
                "A/A (noise): " + twin.name() + " to itself",
                contest.entry(twin.again().name()),
                contest.entry(twin.name()),
                0,
                "p50",
                null);
    }

    private static void tell(List<List<String>> rows, Contest contest) {
        for (Contest.Entry entry : contest.entries()) {
            String regime = contest.regime().toString();
            rows.add(
                    entry.failure().isEmpty()
                            ? List.of(
                                    regime,
                                    entry.name(),
                                    Report.spread(entry.values(0, "p50"), 1e-3),
                                    Report.spread(entry.values(0, "p99"), 1e-3))
                            : List.of(regime, entry.name(), "not measured: " + entry.failure(), ""));
        }
    }
}
