package io.github.dmabuf4j.bench;

import io.github.dmabuf4j.bench.fence.FenceBenchmark;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Fences inside one process, beside CompletableFuture. */
final class FenceSuite implements Bench.Suite {
    private static final List<Life> LIVES = List.of(
            new Life("create, signal", "fenceSignal", "futureComplete"),
            new Life("create, signal, with the clock on both sides", "fenceSignalClock", "futureCompleteClock"),
            new Life("create, one callback, signal", "fenceCallback", "futureCallback"),
            new Life(
                    "create, one callback, signal, with the clock on both sides",
                    "fenceCallbackClock",
                    "futureCallbackClock"));

    /** What both go through, and the two methods that do. */
    private record Life(String words, String fence, String future) {}

    @Override
    public void run(Options options, Report report) throws IOException, InterruptedException {
        report.section("Fence and CompletableFuture");
        report.line("JMH, one fork per method and round; bytes by its GC profiler.");
        Map<String, List<Double>> nanos = new HashMap<>();
        Map<String, Double> bytes = new HashMap<>();
        List<String> methods = new ArrayList<>();
        LIVES.forEach(life -> Collections.addAll(methods, life.fence(), life.future()));
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
        rows.add(List.of("life", "fence ns", "CompletableFuture ns", "ratio [95 % interval]", "fence B", "future B"));
        for (Life life : LIVES) {
            double[] fence = values(nanos, life.fence());
            double[] future = values(nanos, life.future());
            rows.add(List.of(
                    life.words(),
                    Report.spread(fence, 1),
                    Report.spread(future, 1),
                    Report.ratio(Ratio.of(fence, future)),
                    Report.number(Math.rint(bytes.getOrDefault(life.fence(), Double.NaN))),
                    Report.number(Math.rint(bytes.getOrDefault(life.future(), Double.NaN)))));
        }
        report.table(rows);
    }

    private static double[] values(Map<String, List<Double>> nanos, String method) {
        return nanos.getOrDefault(method, List.of()).stream()
                .mapToDouble(Double::doubleValue)
                .toArray();
    }

    private static RunResult measure(String method, Options options) {
        TimeValue time = TimeValue.milliseconds(options.quick() ? 50 : 120);
        try {
            return new Runner(new OptionsBuilder()
                            .include(FenceBenchmark.class.getName() + "\\." + method + "$")
                            .forks(1)
                            .warmupIterations(5)
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
}
