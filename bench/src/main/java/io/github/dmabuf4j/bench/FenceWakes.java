package io.github.dmabuf4j.bench;

import io.github.dmabuf4j.bench.fence.Wakes;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The tables of threads that sleep and are woken, one process for each round and regime. */
final class FenceWakes {
    private static final int MICROS = 1_000;

    private FenceWakes() {}

    static void run(Options options, Report report) throws IOException, InterruptedException {
        report.section("Waking a thread that sleeps");
        report.line(
                "From the signal to the sleeper's next instruction; the signaller waits until the sleeper is parked."
                        + " All four take turns in one loop of one process, in an order drawn anew each time; a round is a"
                        + " process, its value the median of its wake-ups.");
        List<List<String>> beside = new ArrayList<>();
        beside.add(List.of(
                "regime", "signal, wake: fence µs", "CompletableFuture µs", "ratio [95 % interval]", "bar", "verdict"));
        List<List<String>> any = new ArrayList<>();
        any.add(List.of(
                "regime", "awaitAny of 10, µs", "awaitAny of 1,000, µs", "ratio [95 % interval]", "bar", "verdict"));
        for (Regime regime : List.of(Regime.ONE_CPU, Regime.NO_HALT)) {
            System.err.println("fences: waking, " + regime);
            Optional<String> obstacle = regime.obstacle();
            if (obstacle.isPresent()) {
                beside.add(List.of(regime.toString(), obstacle.get(), "", "", "", ""));
                continue;
            }
            int rounds = options.rounds();
            double[] fence = new double[rounds];
            double[] future = new double[rounds];
            double[] few = new double[rounds];
            double[] many = new double[rounds];
            for (int round = 0; round < rounds; round++) {
                Map<String, Double> medians = measure(regime, options.quick() ? 100 : 2_000);
                fence[round] = Objects.requireNonNull(medians.get("fence")) / MICROS;
                future[round] = Objects.requireNonNull(medians.get("future")) / MICROS;
                few[round] = Objects.requireNonNull(medians.get("few")) / MICROS;
                many[round] = Objects.requireNonNull(medians.get("many")) / MICROS;
            }
            beside.add(row(regime, fence, future, Ratio.of(fence, future), Bar.atMost(1.0)));
            any.add(row(regime, few, many, Ratio.of(many, few), Bar.atMost(2.0)));
        }
        report.table(beside);
        report.table(any);
    }

    private static List<String> row(Regime regime, double[] left, double[] right, Ratio ratio, Bar bar) {
        return List.of(
                regime.toString(),
                Report.spread(left, 1),
                Report.spread(right, 1),
                Report.ratio(ratio),
                bar.toString(),
                bar.judge(ratio).toString());
    }

    private static Map<String, Double> measure(Regime regime, int wakes) throws IOException, InterruptedException {
        List<Process> background = regime.startBackground();
        try {
            return child(regime.prefix(), List.of("-XX:+UseSerialGC"), Wakes.class, Integer.toString(wakes))
                    .orElseThrow(() -> new IOException("the process that measures wake-ups ended without a result"));
        } finally {
            background.forEach(Process::destroy);
        }
    }

    /**
     * Runs a class in a process of its own.
     *
     * @return what its line of results says; empty if it printed none
     */
    static Optional<Map<String, Double>> child(
            List<String> prefix, List<String> flags, Class<?> main, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader output = process.inputReader()) {
            return output.lines()
                    .filter(each -> each.startsWith("result "))
                    .findFirst()
                    .map(line -> Block.parseResult(line.substring("result ".length())));
        } finally {
            process.waitFor();
        }
    }
}
