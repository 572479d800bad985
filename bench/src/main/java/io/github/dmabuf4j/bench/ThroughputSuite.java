package io.github.dmabuf4j.bench;

import java.io.IOException;
import java.time.Duration;
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
    public List<String> parts() {
        return List.of("payload", "two-consumers", "ends");
    }

    @Override
    public void run(Options options, Report report) throws IOException, InterruptedException {
        if (options.wants("payload")) {
            wholePayload(options, report);
        }
        if (options.wants("two-consumers")) {
            twoConsumers(options, report);
        }
        if (options.wants("ends")) {
            handOverOnly(options, report);
        }
    }

    private static void wholePayload(Options options, Report report) throws IOException, InterruptedException {
        report.section("Whole payload");
        report.line("The producer writes and the consumer reads every byte of %s; %d buffers circulate."
                .formatted(size(FRAME), SLOTS));
        Relay relay = new Relay(Regime.SPINNING);
        for (Contender contender : List.of(
                Contenders.QUEUE,
                Contenders.BARE_MEMORY,
                Contenders.BARE_MEMORY.again(),
                Contenders.AERON,
                Contenders.SOCKET,
                Contenders.ICEORYX)) {
            relay.add(contender, task(Task.Work.TOUCH_ALL, FRAME, 1));
        }
        run(relay, options.plan(8, 20, 800, 120), report, "whole payload");
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("contender", "messages/s, median [nine tenths] of turns", "GB/s"));
        for (Relay.Entry entry : relay.entries()) {
            rows.add(
                    entry.failure().isEmpty()
                            ? List.of(
                                    entry.name(),
                                    Report.spread(entry.values("rate"), 1),
                                    Report.spread(entry.values("rate"), FRAME / 1e9))
                            : List.of(entry.name(), "not measured: " + entry.failure(), ""));
        }
        report.table(rows);
        Comparisons ratios = new Comparisons();
        compare(ratios, relay, Contenders.BARE_MEMORY.again(), Contenders.BARE_MEMORY, null);
        compare(ratios, relay, Contenders.QUEUE, Contenders.BARE_MEMORY, Bar.atLeast(LEAST_OF_BARE_ALL));
        compare(ratios, relay, Contenders.QUEUE, Contenders.AERON, Bar.atLeast(LEAST_OF_AERON));
        compare(ratios, relay, Contenders.QUEUE, Contenders.SOCKET, Bar.atLeast(LEAST_OF_SOCKET));
        compare(ratios, relay, Contenders.QUEUE, Contenders.ICEORYX, null);
        ratios.writeTo(report);
    }

    private static void twoConsumers(Options options, Report report) throws IOException, InterruptedException {
        report.section("The same frame for two consumers");
        report.line(
                "The producer's own CPU time for a frame of %s: writing every byte and queueing, without the wait for a"
                        .formatted(size(FRAME)));
        report.line(
                "free buffer. The producer has a CPU to itself and spins there; all consumers share the other one. The");
        report.line(
                "bare ring does the same with a counter for each consumer. Two that read without a pause take more of");
        report.line(
                "the memory's time than one: what the bare ring's producer loses by that is the machine's, and the last");
        report.line("row is the rest, which is what the queue makes its producer pay for the second consumer.");
        Relay relay = new Relay(Regime.SPINNING);
        String one = ", one consumer";
        String two = ", two consumers";
        for (Contender contender : List.of(Contenders.QUEUE, Contenders.BARE_MEMORY)) {
            relay.add(contender.name() + one, contender, task(Task.Work.TOUCH_ALL, FRAME, 1));
            relay.add(contender.name() + two, contender, task(Task.Work.TOUCH_ALL, FRAME, 2));
        }
        Relay.Entry again =
                relay.add(Contenders.QUEUE.again().name() + one, Contenders.QUEUE, task(Task.Work.TOUCH_ALL, FRAME, 1));
        run(relay, options.plan(5, 25, 800, 120), report, "two consumers");
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of(
                "contender",
                "producer's CPU µs per frame, median [nine tenths] of turns",
                "of it queueing",
                "frames/s"));
        for (Relay.Entry entry : relay.entries()) {
            rows.add(
                    entry.failure().isEmpty()
                            ? List.of(
                                    entry.name(),
                                    Report.spread(entry.values("own"), 1e-3),
                                    Report.spread(entry.values("commit"), 1e-3),
                                    Report.spread(entry.values("rate"), 1))
                            : List.of(entry.name(), "not measured: " + entry.failure(), "", ""));
        }
        report.table(rows);
        Comparisons ratios = new Comparisons();
        Relay.Entry queue = relay.entry(Contenders.QUEUE.name() + one);
        ratios.add(relay.regime(), "A/A (noise): one consumer to one", again, queue, "own", null);
        ratios.add(
                relay.regime(),
                "producer's time, two consumers to one",
                relay.entry(Contenders.QUEUE.name() + two),
                queue,
                "own",
                Bar.atMost(1));
        ratios.add(
                relay.regime(),
                "the same with a bare ring",
                relay.entry(Contenders.BARE_MEMORY.name() + two),
                relay.entry(Contenders.BARE_MEMORY.name() + one),
                "own",
                null);
        ratios.add(
                relay.regime(),
                "the first by the second: what is not the machine's",
                Ratio.ofTurns(
                        times(
                                relay.entry(Contenders.QUEUE.name() + two),
                                relay.entry(Contenders.BARE_MEMORY.name() + one)),
                        times(queue, relay.entry(Contenders.BARE_MEMORY.name() + two))),
                Bar.atMost(1));
        ratios.writeTo(report);
    }

    /** The products of what two contenders measured in neighbouring turns. */
    private static double[][] times(Relay.Entry one, Relay.Entry other) {
        double[][] product = one.values("own");
        double[][] factors = other.values("own");
        for (int generation = 0; generation < product.length; generation++) {
            for (int turn = 0; turn < product[generation].length; turn++) {
                product[generation][turn] *= factors[generation][turn];
            }
        }
        return product;
    }

    private static void handOverOnly(Options options, Report report) throws IOException, InterruptedException {
        report.section("Hand-over only");
        report.line(
                "Both sides touch the first and the last 8 bytes; %d buffers circulate. The socket copies everything."
                        .formatted(SLOTS));
        Relay relay = new Relay(Regime.SPINNING);
        List<Contender> contenders =
                List.of(Contenders.QUEUE, Contenders.BARE_MEMORY, Contenders.BARE_MEMORY.again(), Contenders.SOCKET);
        for (long bytes : SIZES) {
            for (Contender contender : contenders) {
                relay.add(size(bytes) + ", " + contender.name(), contender, task(Task.Work.TOUCH_ENDS, bytes, 1));
            }
        }
        run(relay, options.plan(4, 30, 800, 30), report, "hand-over only");
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("size, contender", "messages/s, median [nine tenths] of turns"));
        for (Relay.Entry entry : relay.entries()) {
            rows.add(List.of(
                    entry.name(),
                    entry.failure().isEmpty()
                            ? Report.spread(entry.values("rate"), 1)
                            : "not measured: " + entry.failure()));
        }
        report.table(rows);
        Comparisons ratios = new Comparisons();
        for (long bytes : SIZES) {
            String prefix = size(bytes) + ", ";
            compareSized(ratios, relay, prefix, Contenders.BARE_MEMORY.again(), null);
            compareSized(ratios, relay, prefix, Contenders.QUEUE, Bar.atLeast(LEAST_OF_BARE_ENDS));
        }
        ratios.add(
                relay.regime(),
                "dmabuf4j BufferQueue, " + size(FRAME) + " to " + size(SIZES.getFirst()) + " (flat is 1)",
                relay.entry(size(FRAME) + ", " + Contenders.QUEUE.name()),
                relay.entry(size(SIZES.getFirst()) + ", " + Contenders.QUEUE.name()),
                "rate",
                null);
        ratios.writeTo(report);
    }

    private static Task task(Task.Work work, long bytes, int consumers) {
        return new Task(work, bytes, SLOTS, 1, consumers, Duration.ZERO, Duration.ZERO);
    }

    private static void run(Relay relay, Relay.Plan plan, Report report, String title)
            throws IOException, InterruptedException {
        report.line(plan.words());
        relay.run(plan, title);
    }

    private static void compare(
            Comparisons ratios, Relay relay, Contender subject, Contender reference, @Nullable Bar bar) {
        ratios.add(
                relay.regime(),
                Comparisons.words(subject, reference),
                relay.entry(subject.name()),
                relay.entry(reference.name()),
                "rate",
                bar);
    }

    private static void compareSized(
            Comparisons ratios, Relay relay, String prefix, Contender subject, @Nullable Bar bar) {
        ratios.add(
                relay.regime(),
                prefix + Comparisons.words(subject, Contenders.BARE_MEMORY),
                relay.entry(prefix + subject.name()),
                relay.entry(prefix + Contenders.BARE_MEMORY.name()),
                "rate",
                bar);
    }

    static String size(long bytes) {
        return bytes >= MIB ? bytes / MIB + " MiB" : bytes / 1024 + " KiB";
    }
}
