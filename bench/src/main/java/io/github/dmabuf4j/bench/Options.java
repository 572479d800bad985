package io.github.dmabuf4j.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How long and where to.
 *
 * @param suites the names of the suites to run
 * @param quick whether only to see that everything runs
 * @param warmUps how many times as long as usual to warm up
 * @param results the folder for the tables
 */
record Options(List<String> suites, boolean quick, int warmUps, Path results) {
    private static final int ROUNDS = 10;
    private static final int QUICK_ROUNDS = 2;

    static final String USAGE = """
            usage: bench/run [handover|throughput|import|alloc|fence|memory|all]... [--quick]
              --quick   a few rounds, to see that everything runs; the numbers prove nothing and are not kept""";

    /**
     * Reads a command line.
     *
     * @param arguments the words
     * @param results the folder of the kept tables
     * @param scratch the folder of tables that prove nothing
     * @throws IllegalArgumentException if a word is not known
     */
    static Options parse(String[] arguments, Path results, Path scratch) {
        List<String> suites = new ArrayList<>();
        boolean quick = false;
        for (String argument : arguments) {
            switch (argument) {
                case "--quick" -> quick = true;
                case "all" -> suites.addAll(Bench.SUITES.keySet());
                default -> {
                    if (!Bench.SUITES.containsKey(argument)) {
                        throw new IllegalArgumentException("no suite is called " + argument);
                    }
                    suites.add(argument);
                }
            }
        }
        if (suites.isEmpty()) {
            suites.addAll(Bench.SUITES.keySet());
        }
        return new Options(suites.stream().distinct().toList(), quick, 1, quick ? scratch : results);
    }

    /** The same with a longer warm-up. */
    Options patient(int times) {
        return new Options(suites, quick, times, results);
    }

    int rounds() {
        return quick ? QUICK_ROUNDS : ROUNDS;
    }

    Duration warmUp() {
        return Duration.ofMillis(warmUps * (quick ? 300L : 800L));
    }

    Duration measured() {
        return Duration.ofMillis(quick ? 200 : 300);
    }

    Task task(Task.Work work, long bytes, int slots, int batch, int consumers) {
        return new Task(work, bytes, slots, batch, consumers, warmUp(), measured());
    }
}
