package io.github.dmabuf4j.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How long and where to.
 *
 * @param suites the names of the suites to run
 * @param part the only part of the suite to measure anew, or empty for all of it
 * @param quick whether only to see that everything runs
 * @param warmUps how many times as long as usual to warm up
 * @param results the folder for the tables
 */
record Options(List<String> suites, String part, boolean quick, int warmUps, Path results) {
    private static final int ROUNDS = 10;
    private static final int QUICK_ROUNDS = 2;

    static final String USAGE = """
            usage: bench/run [handover|throughput|import|alloc|fence|memory|ioctl|all]... [--quick]
                   bench/run SUITE:PART...: one part of a suite, such as handover:spinning; its other tables stay
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
        String part = "";
        for (String argument : arguments) {
            switch (argument) {
                case "--quick" -> quick = true;
                case "all" -> suites.addAll(Bench.SUITES.keySet());
                default -> {
                    int colon = argument.indexOf(':');
                    String name = colon < 0 ? argument : argument.substring(0, colon);
                    part = colon < 0 ? part : argument.substring(colon + 1);
                    Bench.Suite suite = Bench.SUITES.get(name);
                    if (suite == null || (colon >= 0 && !suite.parts().contains(part))) {
                        throw new IllegalArgumentException("no suite is called " + argument);
                    }
                    suites.add(name);
                }
            }
        }
        if (suites.isEmpty()) {
            suites.addAll(Bench.SUITES.keySet());
        }
        if (!part.isEmpty() && suites.size() > 1) {
            throw new IllegalArgumentException("a part of a suite is measured alone");
        }
        return new Options(suites.stream().distinct().toList(), part, quick, 1, quick ? scratch : results);
    }

    /** The same with a longer warm-up. */
    Options patient(int times) {
        return new Options(suites, part, quick, times, results);
    }

    /** Whether a part of a suite is to be measured. */
    boolean wants(String name) {
        return part.isEmpty() || part.equals(name);
    }

    /** A relay; a quick one is as short as can be. */
    Relay.Plan plan(int generations, int cycles, int warmUpMillis, int turnMillis) {
        return quick
                ? new Relay.Plan(2, 4, Duration.ofMillis(300), Duration.ofMillis(turnMillis))
                : new Relay.Plan(generations, cycles, Duration.ofMillis(warmUpMillis), Duration.ofMillis(turnMillis));
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
