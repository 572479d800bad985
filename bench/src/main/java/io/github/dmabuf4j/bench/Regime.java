package io.github.dmabuf4j.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * On which CPUs the sides of a measurement run, and whether those may halt: on a virtual machine that changes the cost of
 * a wake-up by a factor of ten, so every row names its regime and this class sets it.
 */
public enum Regime {
    /** The measuring threads sit on two CPUs and find each other awake: every wait is a spin. */
    SPINNING("spinning, two CPUs"),
    /** All processes on one CPU: nothing can spin, every wake-up is a switch of tasks. */
    ONE_CPU("parked, one CPU"),
    /** Two CPUs that never halt, because a task of the idle class keeps each of them busy. */
    NO_HALT("parked, two CPUs kept out of halt");

    // An hour: the time in which a process is stopped counts.
    private static final long ALWAYS_NANOS = 3_600_000_000_000L;

    private static final List<Integer> CPUS = allowedCpus();

    private final String words;

    Regime(String words) {
        this.words = words;
    }

    @Override
    public String toString() {
        return words;
    }

    /**
     * What it means for whoever takes part.
     *
     * @return a sentence for readers of the tables
     */
    String explanation() {
        return switch (this) {
            case SPINNING -> "Everybody spins in every wait, each side on a CPU of its own.";
            case ONE_CPU -> "Everybody sleeps in every wait: the library does so by itself where there is one CPU.";
            case NO_HALT -> "Everybody sleeps in every wait: with two CPUs the library is told not to spin.";
        };
    }

    /**
     * Why this machine cannot offer the regime.
     *
     * @return the reason, empty when it can
     */
    public Optional<String> obstacle() {
        if (this != ONE_CPU && CPUS.size() < 2) {
            return Optional.of("needs two CPUs, this machine offers one");
        }
        if (this != SPINNING && !onPath("taskset")) {
            return Optional.of("needs the command taskset (package util-linux)");
        }
        if (this == NO_HALT && !onPath("chrt")) {
            return Optional.of("needs the command chrt (package util-linux)");
        }
        return Optional.empty();
    }

    /**
     * What a command line of a side starts with.
     *
     * @return the words that confine the whole process, or none
     */
    List<String> prefix() {
        return this == ONE_CPU ? List.of("taskset", "-c", CPUS.getFirst().toString()) : List.of();
    }

    /**
     * The CPU that the measuring thread of a side pins itself to once it is ready: the leader the first, all followers
     * the second.
     *
     * <p>Only the thread, and only then: a process that sees one CPU from its start would not spin at all.
     *
     * @param side 0 for the leader, from 1 for followers
     * @return the number of the CPU, or -1 when the prefix has already done it
     */
    int cpu(int side) {
        return this == ONE_CPU ? -1 : CPUS.get(side == 0 ? 0 : 1);
    }

    /**
     * How long a side spins before it sleeps, if it can do both.
     *
     * @param side 0 for the leader, from 1 for followers
     * @param consumers how many followers there are
     * @return nanoseconds: longer than any wait where spinning is what is measured and the side has a CPU to itself; 0
     *     where parking is; -1 to let it find out, which on one CPU it does from the start
     */
    long spinNanos(int side, int consumers) {
        return switch (this) {
            case SPINNING -> side == 0 || consumers == 1 ? ALWAYS_NANOS : -1;
            case ONE_CPU -> -1;
            case NO_HALT -> 0;
        };
    }

    /**
     * Starts what must run beside the measurement.
     *
     * @return the processes, to be destroyed by the caller
     */
    List<Process> startBackground() throws IOException {
        List<Process> spinners = new ArrayList<>();
        if (this == NO_HALT) {
            for (int cpu : CPUS.subList(0, 2)) {
                // Ends with its standard input: an aborted run leaves no spinner behind.
                spinners.add(new ProcessBuilder(
                                "taskset",
                                "-c",
                                Integer.toString(cpu),
                                "chrt",
                                "--idle",
                                "0",
                                "bash",
                                "-c",
                                "until read -t 0; do for ((i = 0; i < 10000; i++)); do :; done; done")
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start());
            }
        }
        return spinners;
    }

    private static boolean onPath(String command) {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
            if (Files.isExecutable(Path.of(folder, command))) {
                return true;
            }
        }
        return false;
    }

    private static List<Integer> allowedCpus() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith("Cpus_allowed_list:")) {
                    return parseCpuList(line.substring(line.indexOf(':') + 1).strip());
                }
            }
        } catch (IOException e) {
            // Not a system with /proc: one CPU is always there.
        }
        return List.of(0);
    }

    /**
     * Reads the kernel's notation for sets of CPUs.
     *
     * @param list such as {@code 0-3,8}
     * @return the numbers, in order
     */
    static List<Integer> parseCpuList(String list) {
        List<Integer> cpus = new ArrayList<>();
        for (String range : list.split(",", -1)) {
            int dash = range.indexOf('-');
            int first = Integer.parseInt(dash < 0 ? range : range.substring(0, dash));
            int last = dash < 0 ? first : Integer.parseInt(range.substring(dash + 1));
            for (int cpu = first; cpu <= last; cpu++) {
                cpus.add(cpu);
            }
        }
        return List.copyOf(cpus);
    }
}
