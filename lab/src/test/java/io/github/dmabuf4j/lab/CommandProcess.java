package io.github.dmabuf4j.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dmabuf4j.cli.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The command {@code dmabuf4j} in a process of its own. */
final class CommandProcess implements AutoCloseable {
    private static final int WATCHDOG_SECONDS = 240;
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    private final Process process;
    private final Path output;
    private final Path errors;

    private CommandProcess(Process process, Path output, Path errors) {
        this.process = process;
        this.output = output;
        this.errors = errors;
    }

    /** Starts it; what it writes goes into files in a folder, which are called like its first argument. */
    static CommandProcess start(Path folder, String... arguments) throws IOException {
        return start(folder, List.of(JAVA), arguments);
    }

    /** Starts it for a user who is in no group and may do nothing that not everybody may. */
    static CommandProcess startForNobody(Path folder, String... arguments) throws IOException {
        return start(
                folder,
                // The file of a process that does not run: it always starts.
                List.of("start-stop-daemon", "-S", "-p", "/tmp/none.pid", "-c", "65534:65534", "-a", JAVA, "--"),
                arguments);
    }

    private static CommandProcess start(Path folder, List<String> java, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(java);
        command.addAll(List.of(
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of(arguments));
        Path output = folder.resolve(arguments[0] + ".output");
        Path errors = folder.resolve(arguments[0] + ".errors");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(output.toFile()).redirectError(errors.toFile());
        // For the processes that it starts, too.
        // One compiler: code that is replaced while it runs may be an illegal instruction when emulated (SIGILL).
        builder.environment().put("JAVA_TOOL_OPTIONS", "-Ddmabuf4j.timeScale=10 -XX:TieredStopAtLevel=1");
        return new CommandProcess(builder.start(), output, errors);
    }

    /** Waits until it has written something to its standard error. */
    void awaitWords(String words) throws IOException, InterruptedException {
        for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(WATCHDOG_SECONDS);
                !Files.readString(errors).contains(words); ) {
            assertThat(process.isAlive()).as(Files.readString(errors)).isTrue();
            assertThat(System.nanoTime()).as(Files.readString(errors)).isLessThan(end);
            Thread.sleep(50); // a file does not call when it grows
        }
    }

    /** Waits for the end, which has to be this one. */
    CommandProcess ends(int status) throws IOException, InterruptedException {
        assertThat(process.waitFor(WATCHDOG_SECONDS, TimeUnit.SECONDS))
                .as(Files.readString(errors))
                .isTrue();
        assertThat(process.exitValue()).as(Files.readString(errors)).isEqualTo(status);
        return this;
    }

    String output() throws IOException {
        return Files.readString(output);
    }

    String errors() throws IOException {
        return Files.readString(errors);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
