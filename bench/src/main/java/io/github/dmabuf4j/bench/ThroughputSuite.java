package io.github.dmabuf4j.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** How many messages per second go over, by reference and by copy. */
final class ThroughputSuite implements Bench.Suite {
    private static final long MIB = 1 << 20;
    private static final long FRAME = 12 * MIB;
    private static final int SLOTS = 4;

    @Override
    public void run(Options options, Report report) throws IOException, InterruptedException {
        handOverOnly(options, report);
        wholePayload(options, report);
    }

    private static void handOverOnly(Options options, Report report) throws InterruptedException {
        report.section("Hand-over only");
        report.line("Both sides touch the first and the last 8 bytes; %d buffers circulate. Copying peers copy all."
                .formatted(SLOTS));
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("size", "contender", "messages/s, median [range] of rounds"));
        Comparisons ratios = new Comparisons();
        for (long bytes : new long[] {1 << 10, MIB, FRAME}) {
            Contest contest = new Contest(
                            options.task(Task.Work.TOUCH_ENDS, bytes, SLOTS, 1, 1),
                            Regime.SPINNING,
                            List.of(
                                    Contenders.BARE_MEMORY,
                                    Contenders.BARE_MEMORY.again(),
                                    Contenders.SOCKET,
                                    Contenders.ICEORYX))
                    .run(options.rounds(), "hand-over only, " + size(bytes));
            tell(rows, contest, false);
            noise(ratios, contest);
        }
        report.table(rows);
        ratios.writeTo(report);
    }

    private static void wholePayload(Options options, Report report) throws InterruptedException {
        report.section("Whole payload");
        report.line("The producer writes and the consumer reads every byte of %s; %d buffers circulate."
                .formatted(size(FRAME), SLOTS));
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("size", "contender", "messages/s, median [range] of rounds", "GB/s"));
        Comparisons ratios = new Comparisons();
        Contest contest = new Contest(
                        options.task(Task.Work.TOUCH_ALL, FRAME, SLOTS, 1, 1),
                        Regime.SPINNING,
                        List.of(
                                Contenders.BARE_MEMORY,
                                Contenders.BARE_MEMORY.again(),
                                Contenders.AERON,
                                Contenders.SOCKET,
                                Contenders.ICEORYX))
                .run(options.rounds(), "whole payload");
        tell(rows, contest, true);
        noise(ratios, contest);
        report.table(rows);
        ratios.writeTo(report);
    }

    private static void noise(Comparisons ratios, Contest contest) {
        ratios.add(
                contest.regime(),
                size(contest.task().bytes()) + ", A/A (noise): bare shared memory to itself",
                contest.entry(Contenders.BARE_MEMORY.again().name()),
                contest.entry(Contenders.BARE_MEMORY.name()),
                1,
                "rate",
                null);
    }

    private static void tell(List<List<String>> rows, Contest contest, boolean bytesToo) {
        String size = size(contest.task().bytes());
        for (Contest.Entry entry : contest.entries()) {
            List<String> row = new ArrayList<>(List.of(size, entry.name()));
            if (entry.failure().isEmpty()) {
                double[] rates = entry.values(1, "rate");
                row.add(Report.spread(rates, 1));
                if (bytesToo) {
                    row.add(Report.number(
                            Samples.of(rates).median() * contest.task().bytes() / 1e9));
                }
            } else {
                row.add("not measured: " + entry.failure());
                if (bytesToo) {
                    row.add("");
                }
            }
            rows.add(row);
        }
    }

    static String size(long bytes) {
        return bytes >= MIB ? bytes / MIB + " MiB" : bytes / 1024 + " KiB";
    }
}
