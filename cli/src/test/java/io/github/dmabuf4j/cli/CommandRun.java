package io.github.dmabuf4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The command in a process of its own. Whatever is still running is killed at the end of the test. */
final class CommandRun implements AutoCloseable {
    private static final long WATCHDOG_SECONDS = 40;
    private static final int SIGINT = 2;

    private final Process process;
    private final Path output;
    private final List<String> said = new ArrayList<>(); // guarded by itself
    private final Thread listener;
    private final ExecutorService feeder =
            Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());
    private boolean silent; // guarded by said

    private CommandRun(Process process, Path output) {
        this.process = process;
        this.output = output;
        listener = Thread.ofPlatform().daemon().name("listener").start(this::listen);
    }

    /** Starts it; standard output goes to a file, standard error is listened to, standard input is a pipe. */
    static CommandRun start(Path folder, String... arguments) throws IOException {
        return start(folder, List.of(), arguments);
    }

    /** The same behind another command, such as a tracer. */
    static CommandRun start(Path folder, List<String> prefix, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        if (ignoresInterrupts()) {
            command.addAll(List.of("env", "--default-signal=INT"));
        }
        command.addAll(prefix);
        command.addAll(java(folder));
        command.addAll(List.of(arguments));
        Path output = Files.createTempFile(folder, "stdout", "");
        ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(output.toFile());
        return new CommandRun(builder.start(), output);
    }

    /** What a shell starts in the background ignores SIGINT, and so does all that it starts: the command would, too. */
    private static boolean ignoresInterrupts() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("SigIgn:")) {
                return (Long.parseUnsignedLong(line.substring(7).strip(), 16) >> SIGINT - 1 & 1) == 1;
            }
        }
        return false;
    }

    private static List<String> java(Path folder) {
        String classes = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "-Djava.io.tmpdir=" + folder,
                "-cp",
                classes,
                "io.github.dmabuf4j.cli.Main");
    }

    long pid() {
        return process.pid();
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    /** Writes to its standard input, on a thread of its own: a command that stands still does not read. */
    void feed(byte[] bytes) {
        feeder.execute(() -> {
            try {
                process.getOutputStream().write(bytes);
                process.getOutputStream().flush();
            } catch (IOException gone) {
                // It has ended; what it says about that is what the test looks at.
            }
        });
    }

    /** Ends its standard input behind everything that was fed. */
    void endOfInput() {
        feeder.execute(() -> {
            try {
                process.getOutputStream().close();
            } catch (IOException gone) {
                // as above
            }
        });
    }

    /** What it wrote to standard output; complete when it has ended. */
    byte[] output() throws IOException {
        return Files.readAllBytes(output);
    }

    long outputSize() {
        return output.toFile().length();
    }

    /** Waits until it says something on standard error; fails when it ends without. */
    String await(String part) throws InterruptedException, TimeoutException {
        return await(part, 1);
    }

    /** Waits until it has said something that often; answers the last of these lines. */
    String await(String part, int times) throws InterruptedException, TimeoutException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WATCHDOG_SECONDS);
        synchronized (said) {
            while (true) {
                List<String> lines =
                        said.stream().filter(line -> line.contains(part)).toList();
                if (lines.size() >= times) {
                    return lines.get(times - 1);
                }
                long left = deadline - System.nanoTime();
                if (silent || left <= 0) {
                    throw new TimeoutException("'" + part + "' was not said " + times + " times, but:\n" + said);
                }
                TimeUnit.NANOSECONDS.timedWait(said, left);
            }
        }
    }

    /** Waits for the end. */
    int exitCode() throws InterruptedException {
        assertThat(process.waitFor(WATCHDOG_SECONDS, TimeUnit.SECONDS))
                .as("the process ends; it said %s", said())
                .isTrue();
        listener.join();
        return process.exitValue();
    }

    /** What it said on standard error so far. */
    List<String> said() {
        synchronized (said) {
            return List.copyOf(said);
        }
    }

    /** The last line it said. */
    String lastWord() {
        List<String> lines = said();
        return lines.isEmpty() ? "" : lines.getLast();
    }

    /** SIGKILL. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Any other signal, by name. */
    void signal(String name) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }

    /** How many descriptors it has open. */
    int descriptors() throws IOException {
        int count = 0;
        try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of("/proc/" + process.pid() + "/fd"))) {
            for (Path ignored : open) {
                count++;
            }
        }
        return count;
    }

    /** The memory files it maps: inode to the greatest length that is mapped. */
    Map<Long, Long> memoryFiles() throws IOException {
        return memoryFiles(process.pid());
    }

    static Map<Long, Long> memoryFiles(long pid) throws IOException {
        Map<Long, Long> files = new HashMap<>();
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/maps"))) {
            String[] words = line.split(" +", 6);
            if (words.length == 6 && words[5].startsWith("/memfd:")) {
                String[] range = words[0].split("-");
                long length = Long.parseLong(range[1], 16) - Long.parseLong(range[0], 16);
                files.merge(Long.parseLong(words[4]), length, Math::max);
            }
        }
        return files;
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().onExit().join();
        endOfInput();
        feeder.shutdown();
    }

    private void listen() {
        try (BufferedReader lines = process.errorReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                synchronized (said) {
                    said.add(line);
                    said.notifyAll();
                }
            }
        } catch (IOException gone) {
            // The process was killed while it spoke.
        } finally {
            synchronized (said) {
                silent = true;
                said.notifyAll();
            }
        }
    }
}
