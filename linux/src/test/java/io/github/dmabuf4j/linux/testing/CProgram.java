package io.github.dmabuf4j.linux.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Programs in C, for tests with peers that are no JVM. A test without a C compiler is skipped, and says so. */
public final class CProgram {
    private CProgram() {}

    /** Compiles one file, with every warning an error. */
    public static Path compile(Path source, Path binary, String... options) throws IOException, InterruptedException {
        try {
            run("cc", "--version");
        } catch (IOException missing) {
            String reason = "skipped: no C compiler (cc) on the PATH, so " + source.getFileName() + " is not built";
            System.out.println(reason);
            abort(reason);
        }
        List<String> command = new ArrayList<>(List.of("cc", "-std=c11", "-O2", "-Wall", "-Wextra", "-Werror"));
        command.addAll(List.of(options));
        command.addAll(List.of("-o", binary.toString(), source.toString()));
        run(command.toArray(String[]::new));
        return binary;
    }

    /** Runs a program to its end, which must be good, and answers what it printed. */
    public static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int exit = process.waitFor();
        assertThat(exit).as("%s: %s", String.join(" ", command), output).isZero();
        return output;
    }
}
