package io.github.dmabuf4j.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Programs of others, which the guest has from Debian's packages; see {@code lab/lib/programs.sh}. */
final class Program {
    private Program() {}

    /** Runs a program to its end, which must be a good one, and answers what it wrote, errors and all. */
    static String run(String name, String... arguments) throws IOException, InterruptedException {
        Process process = start(name, arguments);
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(name + ": " + output).isZero();
        return output;
    }

    /** Starts a program; its output and its errors are one stream. */
    static Process start(String name, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(Path.of("/usr/bin", name).toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        // GStreamer would look for its plugins in a process of its own, and keep what it found.
        builder.environment().put("GST_REGISTRY_FORK", "no");
        builder.environment().put("GST_REGISTRY", "/tmp/gstreamer-registry");
        return builder.start();
    }
}
