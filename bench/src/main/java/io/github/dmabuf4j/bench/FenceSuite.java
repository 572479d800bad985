package io.github.dmabuf4j.bench;

import io.github.dmabuf4j.bench.fence.FenceBenchmark;
import io.github.dmabuf4j.bench.fence.ReservationBenchmark;
import io.github.dmabuf4j.bench.fence.Scaling;
import io.github.dmabuf4j.bench.fence.Sizes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Fences inside one process, beside what the JDK has. */
final class FenceSuite implements Bench.Suite {
    private static final String LIFE = FenceBenchmark.class.getName();
    private static final String RESV = ReservationBenchmark.class.getName();

    /** Behind the name of a method: measured a second time in each round, in a fork of its own. */
    private static final String AGAIN = ", again";

    private static final List<Pair> PAIRS = List.of(
            new Pair("A/A (noise): the future to itself", LIFE, "futureComplete" + AGAIN, "futureComplete", null),
            new Pair(
                    "create, signal; a clock read on both sides", LIFE, "fenceSignalClock", "futureCompleteClock", 1.1),
            new Pair(
                    "create, one callback, signal; a clock read on both sides",
                    LIFE,
                    "fenceCallbackClock",
                    "futureCallbackClock",
                    1.0),
            new Pair(
                    "create by the caller's number, signal; given time",
                    LIFE,
                    "fenceSignalNumbered",
                    "futureComplete",
                    1.5),
            new Pair(
                    "create by the next number of one thread, signal; given time",
                    LIFE,
                    "fenceSignal",
                    "futureComplete",
                    1.5),
            new Pair(
                    "create by the next number of all threads, signal; given time",
                    LIFE,
                    "fenceSignalShared",
                    "futureComplete",
                    null),
            new Pair("create, one callback, signal; given time", LIFE, "fenceCallback", "futureCallback", 0.8),
            new Pair("isSignaled, isDone", LIFE, "fenceIsSignaled", "futureIsDone", null),
            new Pair("reservation: look at 8 fences; list under a lock", RESV, "resvIterate", "listIterate", null),
            new Pair("reservation: add within capacity; list under a lock", RESV, "resvAdd", "listAdd", null),
            new Pair("ww_mutex, uncontended; ReentrantLock", RESV, "wwLock", "reentrantLock", 2.0));

    /** A method and what it is compared with. */
    private record Pair(
            String words,
            String owner,
            String subject,
            String reference,
            @Nullable Double atMost) {}

    @Override
    public void run(Options options, Report report) throws IOException, InterruptedException {
        pairs(options, report);
        FenceWakes.run(options, report);
        scaling(options, report);
        sizes(report);
    }

    private static void pairs(Options options, Report report) throws IOException {
        report.section("Beside the JDK");
        report.line("JMH, one fork per method and round; bytes by its GC profiler.");
        Map<String, List<Double>> nanos = new HashMap<>();
        Map<String, Double> bytes = new HashMap<>();
        Set<String> methods = new LinkedHashSet<>();
        for (Pair pair : PAIRS) {
            methods.add(pair.owner() + "." + pair.subject());
            methods.add(pair.owner() + "." + pair.reference());
        }
        for (int round = 0; round < options.rounds(); round++) {
            System.err.printf("fences: round %d of %d%n", round + 1, options.rounds());
            List<String> order = new ArrayList<>(methods);
            Collections.rotate(order, -round);
            for (String method : order) {
                RunResult result = measure(method, options);
                nanos.computeIfAbsent(method, key -> new ArrayList<>())
                        .add(result.getPrimaryResult().getScore());
                bytes.put(
                        method,
                        Objects.requireNonNull(result.getSecondaryResults().get("gc.alloc.rate.norm"))
                                .getScore());
            }
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of(
                "what", "ours ns", "the JDK's ns", "ratio [95 % interval]", "ours B", "the JDK's B", "bar", "verdict"));
        for (Pair pair : PAIRS) {
            String ours = pair.owner() + "." + pair.subject();
            String theirs = pair.owner() + "." + pair.reference();
            Ratio ratio = Ratio.of(values(nanos, ours), values(nanos, theirs));
            rows.add(List.of(
                    pair.words(),
                    Report.spread(values(nanos, ours), 1),
                    Report.spread(values(nanos, theirs), 1),
                    Report.ratio(ratio),
                    Report.number(Math.rint(bytes.getOrDefault(ours, Double.NaN))),
                    Report.number(Math.rint(bytes.getOrDefault(theirs, Double.NaN))),
                    pair.atMost() == null ? "" : Bar.atMost(pair.atMost()).toString(),
                    pair.atMost() == null
                            ? ""
                            : Bar.atMost(pair.atMost()).judge(ratio).toString()));
        }
        report.table(rows);
    }

    private static double[] values(Map<String, List<Double>> nanos, String method) {
        return nanos.getOrDefault(method, List.of()).stream()
                .mapToDouble(Double::doubleValue)
                .toArray();
    }

    private static RunResult measure(String method, Options options) {
        TimeValue time = TimeValue.milliseconds(options.quick() ? 40 : 60);
        try {
            return new Runner(new OptionsBuilder()
                            .include(method.replace(AGAIN, "").replace(".", "\\.") + "$")
                            .forks(1)
                            .warmupIterations(3)
                            .warmupTime(time)
                            .measurementIterations(3)
                            .measurementTime(time)
                            .addProfiler(GCProfiler.class)
                            .jvmArgs("-XX:+UseSerialGC", "--sun-misc-unsafe-memory-access=allow")
                            .verbosity(VerboseMode.SILENT)
                            .build())
                    .runSingle();
        } catch (RunnerException e) {
            throw new IllegalStateException("JMH could not run " + method, e);
        }
    }

    /** Something that answers nanoseconds. */
    private interface Experiment {
        double run() throws InterruptedException;
    }

    private static double[] repeat(Options options, Experiment experiment) throws InterruptedException {
        double[] values = new double[options.rounds()];
        for (int i = -6; i < values.length; i++) {
            double value = experiment.run();
            if (i >= 0) {
                values[i] = value;
            }
        }
        return values;
    }

    private static void scaling(Options options, Report report) throws IOException, InterruptedException {
        report.section("With many fences");
        int part = options.quick() ? 20 : 1;
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("what", "few", "ns each", "many", "ns each", "ratio [95 % interval]", "bar", "verdict"));
        growth(
                rows,
                options,
                "awaitAny: a whole call that runs out of time, for each fence",
                10,
                1_000,
                null,
                n -> Scaling.anyCall((int) n, (int) (400_000 / part / n)));
        growth(
                rows,
                options,
                "FenceSet: from a signal to the answer",
                10,
                1_000,
                2.0,
                n -> Scaling.setWake((int) n, 20_000 / part));
        growth(
                rows,
                options,
                "FenceSet: add and remove",
                10,
                100_000,
                null,
                n -> Scaling.setChange((int) n, 100_000 / part));
        growth(
                rows,
                options,
                "timeline: a step, for each of n points it reaches",
                10,
                10_000,
                null,
                n -> Scaling.increment((int) n, (int) (200_000 / part / n) + 1));
        growth(
                rows,
                options,
                "timeline: add in order to n pending points",
                100,
                100_000,
                null,
                n -> Scaling.addPoint((int) n, true, 20_000 / part));
        growth(
                rows,
                options,
                "timeline: add out of order to n pending points",
                100,
                100_000,
                null,
                n -> Scaling.addPoint((int) n, false, 20_000 / part));
        report.table(rows);

        double[] merge = repeat(options, () -> Scaling.merge(1_000, 200 / part));
        double[] chain = new double[2];
        for (int i = 0; i < 2; i++) {
            chain = Scaling.chain(1_000_000);
        }
        Bar mergeBar = Bar.atMost(100);
        report.table(List.of(
                List.of("what", "value", "bar", "verdict"),
                List.of(
                        "merge of 1,000 fences of as many contexts, µs",
                        Report.spread(merge, 1e-3),
                        mergeBar.toString(),
                        mergeBar.holds(Samples.of(merge).median() * 1e-3) ? "holds" : "**missed**"),
                List.of("chain of 1,000,000 points, made and signalled, ns for each", Report.number(chain[0]), "", ""),
                List.of(
                        "bytes of heap left for each point, the newest one held",
                        Report.number(chain[1]),
                        "≤ 1",
                        chain[1] <= 1 ? "holds" : "**missed**")));
    }

    /** An experiment with so many fences. */
    private interface Sized {
        double run(long fences) throws InterruptedException;
    }

    private static void growth(
            List<List<String>> rows,
            Options options,
            String what,
            long few,
            long many,
            @Nullable Double atMost,
            Sized sized)
            throws InterruptedException {
        System.err.println("fences: " + what);
        double[] least = new double[options.rounds()];
        double[] most = new double[options.rounds()];
        for (int round = -2; round < options.rounds(); round++) {
            double small = sized.run(few);
            double large = sized.run(many);
            if (round >= 0) {
                least[round] = small;
                most[round] = large;
            }
        }
        Ratio ratio = Ratio.of(most, least);
        rows.add(List.of(
                what,
                "%,d".formatted(few),
                Report.spread(least, 1),
                "%,d".formatted(many),
                Report.spread(most, 1),
                Report.ratio(ratio),
                atMost == null ? "" : Bar.atMost(atMost).toString(),
                atMost == null ? "" : Bar.atMost(atMost).judge(ratio).toString()));
    }

    private static void sizes(Report report) throws IOException, InterruptedException {
        report.section("Sizes");
        report.line("By JOL, in a JVM for each kind of object header.");
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("headers", "a fence, B", "completing adds, B", "CompletableFuture, B", "bar", "verdict"));
        rows.add(size("of 12 bytes", "-XX:-UseCompactObjectHeaders"));
        rows.add(size("compact, of 8 bytes", "-XX:+UseCompactObjectHeaders"));
        report.table(rows);
        report.table(List.of(
                List.of("a million of them, live", "bytes for each"),
                List.of("fences of a context", Report.number(Scaling.liveBytes(1_000_000, false))),
                List.of(
                        "pending points of a timeline, its index included",
                        Report.number(Scaling.liveBytes(1_000_000, true)))));
    }

    private static List<String> size(String headers, String flag) throws IOException, InterruptedException {
        Map<String, Double> result =
                FenceWakes.child(List.of(), List.of(flag), Sizes.class).orElse(Map.of());
        if (result.isEmpty()) {
            return List.of(headers, "not measured: this JVM has no such headers", "", "", "", "");
        }
        double bytes = Objects.requireNonNull(result.get("fence"));
        Bar bar = Bar.atMost(40);
        return List.of(
                headers,
                Report.number(bytes),
                Report.number(Objects.requireNonNull(result.get("adds"))),
                Report.number(Objects.requireNonNull(result.get("future"))),
                bar.toString(),
                bar.holds(bytes) ? "holds" : "**missed**");
    }
}
