package io.github.dmabuf4j.cli.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The code in the README is compiled and run, in two processes, as it says. */
@Timeout(120)
class ReadmeTest {
    private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    @TempDir
    private Path folder;

    @Test
    void framesGoFromOneProcessToAnother() throws Exception {
        Matcher code = JAVA.matcher(Files.readString(Path.of("..", "README.md")));
        assertThat(code.find()).as("README.md has a Java example").isTrue();
        Path source = Files.writeString(folder.resolve("Frames.java"), code.group(1));
        int compiled = ToolProvider.findFirst("javac")
                .orElseThrow()
                .run(
                        System.out,
                        System.err,
                        "-proc:none",
                        "-d",
                        folder.toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        source.toString());
        assertThat(compiled).as("the compiler's exit code").isZero();

        Path socket = folder.resolve("frames");
        Process sender = java("send", socket);
        try {
            while (!Files.exists(socket)) {
                assertThat(sender.isAlive()).as("the sender lives").isTrue();
                Thread.onSpinWait();
            }
            Process receiver = java("receive", socket);
            List<String> lines = lines(receiver);
            assertThat(receiver.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(receiver.exitValue()).as(String.join("\n", lines)).isZero();
            List<String> expected = new ArrayList<>();
            for (int n = 0; n < 10; n++) {
                expected.add("frame " + (n + 1) + " begins with " + n);
            }
            assertThat(lines).isEqualTo(expected);
            assertThat(sender.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(sender.exitValue()).isZero();
        } finally {
            sender.destroyForcibly();
        }
    }

    private Process java(String end, Path socket) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseSerialGC",
                        "-cp",
                        folder + ":" + System.getProperty("java.class.path"),
                        "Frames",
                        end,
                        socket.toString())
                .redirectErrorStream(true)
                .start();
    }

    private static List<String> lines(Process process) throws IOException {
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            return out.lines().toList();
        }
    }
}
