package io.github.dmabuf4j.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How many messages per second go over, by reference and by copy. */
final class ThroughputSuite implements Bench.Suite {
    private static final long MIB = 1 << 20;
    private static final long FRAME = 12 * MIB;
    private static final List<Long> SIZES = List.of(1L << 10, MIB, FRAME);
    private static final int SLOTS = 4;
    private static final double LEAST_OF_BARE_ENDS = 0.3;
    private static final double LEAST_OF_BARE_ALL = 0.9;
    private static final double LEAST_OF_AERON = 2.2;
    private static final double LEAST_OF_SOCKET = 3;

    @Override
    public void run(Options options, Report report) throws IOException, InterruptedException {
        wholePayload(options, report);
        twoConsumers(options, report);
        handOverOnly(options, report);
    }

    private static void handOverOnly(Options options, Report report) throws IOException, InterruptedException {
        report.section("Hand-over only");
        report.line(
                "Both sides touch the first and the last 8 bytes; %d buffers circulate. The socket copies everything."
                        .formatted(SLOTS));
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("size", "contender", "messages/s, median [range] of rounds"));
        Comparisons ratios = new Comparisons();
        // All sizes of all contenders in the same rounds: "flat" is a ratio too.
        List<Contest> contests = SIZES.stream()
                .map(bytes -> new Contest(
                        options.task(Task.Work.TOUCH_ENDS, bytes, SLOTS, 1, 1),
                        Regime.SPINNING,
                        List.of(
                                Contenders.QUEUE,
                                Contenders.BARE_MEMORY,
                                Contenders.BARE_MEMORY.again(),
                                Contenders.SOCKET)))
                .toList();
        Contest.runAll(contests, options.rounds(), "hand-over only");
        for (Contest contest : contests) {
            tell(rows, contest, false);
            compare(ratios, contest, Contenders.BARE_MEMORY.again(), Contenders.BARE_MEMORY, null);
            compare(ratios, contest, Contenders.QUEUE, Contenders.BARE_MEMORY, Bar.atLeast(LEAST_OF_BARE_ENDS));
        }
        ratios.add(
                Regime.SPINNING,
                "dmabuf4j BufferQueue, " + size(FRAME) + " to " + size(SIZES.getFirst()) + " (flat is 1)",
                contests.getLast().entry(Contenders.QUEUE.name()),
                contests.getFirst().entry(Contenders.QUEUE.name()),
                1,
                "rate",
                null);
        report.table(rows);
        ratios.writeTo(report);
    }

    private static void wholePayload(Options options, Report report) throws IOException, InterruptedException {
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
                                Contenders.QUEUE,
                                Contenders.BARE_MEMORY,
                                Contenders.BARE_MEMORY.again(),
                                Contenders.AERON,
                                Contenders.SOCKET,
                                Contenders.ICEORYX))
                .run(options.rounds(), "whole payload");
        tell(rows, contest, true);
        compare(ratios, contest, Contenders.BARE_MEMORY.again(), Contenders.BARE_MEMORY, null);
        compare(ratios, contest, Contenders.QUEUE, Contenders.BARE_MEMORY, Bar.atLeast(LEAST_OF_BARE_ALL));
        compare(ratios, contest, Contenders.QUEUE, Contenders.AERON, Bar.atLeast(LEAST_OF_AERON));
        compare(ratios, contest, Contenders.QUEUE, Contenders.SOCKET, Bar.atLeast(LEAST_OF_SOCKET));
        compare(ratios, contest, Contenders.QUEUE, Contenders.ICEORYX, null);
        report.table(rows);
        ratios.writeTo(report);
    }

    private static void twoConsumers(Options options, Report report) throws IOException, InterruptedException {
        report.section("The same frame for two consumers");
        report.line(
                "The producer's own CPU time for a frame of %s: writing every byte and queueing, without the wait for a"
                        .formatted(size(FRAME)));
        report.line(
                "free buffer. The producer has a CPU to itself and spins there; all consumers share the other one, and");
        report.line("two of them sleep when it does not pay off to spin.");
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of(
                "consumers",
                "producer's CPU µs per frame, median [range] of rounds",
                "frames/s at the first consumer"));
        List<Contest> contests = List.of(consumers(options, 1), consumers(options, 2), consumers(options, 1));
        Contest.runAll(contests, options.rounds(), "two consumers");
        List<Contest.Entry> entries =
                contests.stream().map(contest -> contest.entries().getFirst()).toList();
        for (int i = 0; i < entries.size(); i++) {
            Contest.Entry entry = entries.get(i);
            String consumers = contests.get(i).task().consumers() + (i == 2 ? ", again" : "");
            rows.add(
                    entry.failure().isEmpty()
                            ? List.of(
                                    consumers,
                                    Report.spread(entry.values(0, "own"), 1e-3),
                                    Report.spread(entry.values(1, "rate"), 1))
                            : List.of(consumers, "not measured: " + entry.failure(), ""));
        }
        Comparisons ratios = new Comparisons();
        ratios.add(Regime.SPINNING, "A/A (noise): one consumer to one", entries.get(2), entries.get(0), 0, "own", null);
        ratios.add(
                Regime.SPINNING,
                "producer's time, two consumers to one",
                entries.get(1),
                entries.get(0),
                0,
                "own",
                Bar.atMost(1));
        report.table(rows);
        ratios.writeTo(report);
    }

    private static Contest consumers(Options options, int consumers) {
        return new Contest(
                options.task(Task.Work.TOUCH_ALL, FRAME, SLOTS, 1, consumers),
                Regime.SPINNING,
                List.of(Contenders.QUEUE));
    }

    private static void compare(
            Comparisons ratios, Contest contest, Contender subject, Contender reference, @Nullable Bar bar) {
        ratios.add(
                contest.regime(),
                size(contest.task().bytes()) + ", " + Comparisons.words(subject, reference),
                contest.entry(subject.name()),
                contest.entry(reference.name()),
                1,
                "rate",
                bar);
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
