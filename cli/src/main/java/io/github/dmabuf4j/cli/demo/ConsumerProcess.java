package io.github.dmabuf4j.cli.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A consumer as the producer sees it: a process of the same command, which ends with a report. */
final class ConsumerProcess implements AutoCloseable {
    private final String title;
    private final Process process;
    private final List<String> lines = new ArrayList<>();
    private final Thread listener;

    private ConsumerProcess(String title, Process process) {
        this.title = title;
        this.process = process;
        listener = Thread.ofPlatform().daemon().name("report of " + title).start(this::listen);
    }

    static ConsumerProcess start(
            String title,
            ConsumerTask.Role role,
            ConsumerTask.Way way,
            long warmUp,
            long frames,
            @Nullable Path sheet,
            Path socket)
            throws IOException {
        List<String> command = command();
        command.addAll(List.of(
                "demo-consumer",
                "--role",
                role.name().toLowerCase(Locale.ROOT),
                "--way",
                way.name().toLowerCase(Locale.ROOT),
                "--warm-up",
                Long.toString(warmUp),
                "--frames",
                Long.toString(frames)));
        if (sheet != null) {
            command.addAll(List.of("--sheet", sheet.toString()));
        }
        command.add(socket.toString());
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
                .start();
        return new ConsumerProcess(title, process);
    }

    /** This command again: by the launcher that started it, or the same Java with the same paths. */
    private static List<String> command() {
        List<String> command = new ArrayList<>();
        String launcher = System.getProperty("dmabuf4j.launcher");
        if (launcher != null) {
            command.add(launcher);
            return command;
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:+UseSerialGC");
        String modules = System.getProperty("jdk.module.path");
        if (modules != null) {
            command.addAll(List.of(
                    "--enable-native-access=io.github.dmabuf4j.linux",
                    "-p",
                    modules,
                    "-m",
                    "io.github.dmabuf4j.cli/io.github.dmabuf4j.cli.Main"));
        } else {
            command.addAll(List.of(
                    "--enable-native-access=ALL-UNNAMED",
                    "-cp",
                    System.getProperty("java.class.path"),
                    "io.github.dmabuf4j.cli.Main"));
        }
        return command;
    }

    /** Fails when the process has ended before its time. */
    void checkAlive() throws IOException {
        if (!process.isAlive() && process.exitValue() != 0) {
            throw new IOException(ending());
        }
    }

    /** Fails with the better sentence if the stream broke because this process is dying. */
    void awaitFailure() throws IOException, InterruptedException {
        if (process.waitFor(1, TimeUnit.SECONDS)) {
            checkAlive();
        }
    }

    /** Waits for the end and what it reports. */
    ConsumerReport report() throws IOException, InterruptedException {
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            throw new IOException(title + " (process " + process.pid() + ") does not end");
        }
        if (process.exitValue() != 0) {
            throw new IOException(ending());
        }
        listener.join();
        return ConsumerReport.parse(lines);
    }

    /** Ends the process, however it stands. */
    @Override
    public void close() {
        process.destroyForcibly();
    }

    private String ending() {
        int status = process.exitValue();
        String how = status > 128 ? "was killed by signal " + (status - 128) : "ended with exit code " + status;
        return title + " (process " + process.pid() + ") " + how;
    }

    private void listen() {
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                lines.add(line);
            }
        } catch (IOException ended) {
            // The process is gone; its exit code says more.
        }
    }
}
