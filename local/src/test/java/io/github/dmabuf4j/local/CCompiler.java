package io.github.dmabuf4j.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The system's C compiler, for tests that compare the two languages; without one they are skipped, and say so. */
final class CCompiler {
    private CCompiler() {}

    /** Compiles one file, with every warning an error. */
    static Path compile(Path source, Path binary) throws IOException, InterruptedException {
        try {
            run("cc", "--version");
        } catch (IOException missing) {
            String reason = "skipped: no C compiler (cc) on the PATH, so " + source.getFileName() + " is not built";
            System.out.println(reason);
            abort(reason);
        }
        run(
                "cc",
                "-std=c11",
                "-O2",
                "-Wall",
                "-Wextra",
                "-Werror",
                "-pthread",
                "-I",
                "../docs",
                "-o",
                binary.toString(),
                source.toString());
        return binary;
    }

    /** Runs a program to its end, which must be good, and answers what it printed. */
    static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int exit = process.waitFor();
        assertThat(exit).as("%s: %s", String.join(" ", command), output).isZero();
        return output;
    }
}
