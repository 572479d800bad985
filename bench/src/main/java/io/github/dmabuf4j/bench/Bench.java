package io.github.dmabuf4j.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The benchmark program: runs suites and writes a table for each. */
public final class Bench {
    /** The suites by their names, in the order they run. */
    static final Map<String, Suite> SUITES = suites();

    private Bench() {}

    /** A group of measurements that make one file of tables. */
    @FunctionalInterface
    interface Suite {
        /** Measures and writes. */
        void run(Options options, Report report) throws IOException, InterruptedException;

        /** What can be measured alone; such a part writes the sections that it makes, and leaves the others. */
        default List<String> parts() {
            return List.of();
        }
    }

    private static Map<String, Suite> suites() {
        Map<String, Suite> suites = new LinkedHashMap<>();
        suites.put("handover", new HandOverSuite());
        suites.put("throughput", new ThroughputSuite());
        suites.put("import", new ImportSuite());
        suites.put("alloc", new AllocationSuite());
        suites.put("fence", new FenceSuite());
        suites.put("memory", new MemorySuite());
        suites.put("ioctl", new IoctlSuite());
        return suites;
    }

    /**
     * Runs the suites that the command line names.
     *
     * @param arguments see {@link Options#USAGE}
     * @throws Exception if a table cannot be written
     */
    public static void main(String[] arguments) throws Exception {
        Path home = Path.of(System.getProperty("bench.home", "bench"));
        Options options;
        try {
            options = Options.parse(arguments, home.resolve("results"), home.resolve("target/quick-results"));
        } catch (IllegalArgumentException e) {
            System.err.println("bench: " + e.getMessage() + "\n" + Options.USAGE);
            System.exit(2);
            return;
        }
        Files.createDirectories(options.results());
        for (String name : options.suites()) {
            Report report = new Report(name, options);
            Suite suite = Objects.requireNonNull(SUITES.get(name));
            suite.run(options, report);
            System.out.println(report.text());
        }
    }
}
