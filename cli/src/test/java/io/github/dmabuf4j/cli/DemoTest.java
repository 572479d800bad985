package io.github.dmabuf4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The demonstration with its three processes, to the end and killed on the way. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DemoTest {
    private static final long LOOK_NANOS = 1_000_000;

    @TempDir
    Path temporary;

    private Path folder = Path.of("");

    @BeforeEach
    void makeFolder() throws IOException {
        folder = Files.createDirectory(temporary.resolve("a folder"));
    }

    @Test
    void everyFrameArrivesAsItWasSent() throws IOException, InterruptedException {
        SampleVideo video = new SampleVideo();
        video.add(60);
        Path input = Files.write(folder.resolve("a video.y4m"), video.bytes());
        Path sheet = folder.resolve("the sheet.png");
        try (CommandRun demo = CommandRun.start(
                temporary,
                "demo",
                "--json",
                "--frames",
                "50",
                "--input",
                input.toString(),
                "--sheet",
                sheet.toString())) {
            assertThat(demo.exitCode()).as("%s", demo.said()).isZero();
            assertThat(new String(demo.output()))
                    .startsWith("{")
                    .contains("\"frames\": 50", "\"crc32cEqual\": 50", "\"sha256Equal\": 50", "\"bytesCopied\": 0");
        }
        assertThat(ImageIO.read(sheet.toFile()).getWidth()).isEqualTo(4 * (320 + 4) + 4);
        assertThat(names(folder)).containsExactly("a video.y4m", "the sheet.png");
        assertNothingIsLeft();
    }

    @Test
    void aVideoFromAPipeIsReadOnce() throws IOException, InterruptedException {
        SampleVideo video = new SampleVideo();
        video.add(12);
        try (CommandRun demo = CommandRun.start(
                temporary,
                "demo",
                "--input",
                "-",
                "--sheet",
                folder.resolve("sheet.png").toString())) {
            demo.feed(video.bytes());
            demo.endOfInput();
            assertThat(demo.exitCode()).as("%s", demo.said()).isZero();
            assertThat(new String(demo.output())).contains("12 of 12", "321x181 4:2:0", "standard input");
        }
        assertNothingIsLeft();
    }

    @Test
    void aMissingVideoIsRefusedInALineAlsoWhenTheProcessEnds() throws IOException, InterruptedException {
        try (CommandRun demo = CommandRun.start(temporary, "demo", "--input", folder + "/none.y4m")) {
            assertThat(demo.exitCode()).isEqualTo(1);
            assertThat(demo.said()).containsExactly("dmabuf4j: there is no file " + folder + "/none.y4m");
        }
        assertNothingIsLeft();
    }

    @ParameterizedTest
    @CsvSource({"0, true", "1, false"})
    void aKilledConsumerEndsItWithASentence(int which, boolean attached) throws IOException, InterruptedException {
        try (CommandRun demo = longDemo()) {
            ProcessHandle victim = consumers(demo, attached).get(which);
            assertThat(victim.destroyForcibly()).isTrue();
            assertThat(demo.exitCode()).as("%s", demo.said()).isEqualTo(1);
            assertThat(demo.said()).anyMatch(line -> line.contains(Long.toString(victim.pid())));
            assertThat(new String(demo.output())).isEmpty();
        }
        assertThat(names(folder)).isEmpty();
        assertNothingIsLeft();
    }

    @Test
    void whenTheProducerIsKilledTheConsumersEnd() throws IOException, InterruptedException {
        try (CommandRun demo = longDemo()) {
            List<ProcessHandle> consumers = consumers(demo, true);
            awaitNothingIsLeft(); // the socket's folder goes as soon as the consumers are there
            demo.kill();
            CompletableFuture.allOf(
                            consumers.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new))
                    .join();
        }
        assertNothingIsLeft();
    }

    @Test
    void anInterruptEndsAllThreeAndLeavesNothing() throws IOException, InterruptedException {
        try (CommandRun demo = longDemo()) {
            List<ProcessHandle> consumers = consumers(demo, true);
            demo.signal("INT");
            assertThat(demo.exitCode()).isEqualTo(130);
            CompletableFuture.allOf(
                            consumers.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new))
                    .join();
        }
        assertThat(names(folder)).isEmpty();
        assertNothingIsLeft();
    }

    /** Frames for a second or two, so that there is something to kill. */
    private CommandRun longDemo() throws IOException {
        SampleVideo video = new SampleVideo();
        Path input = temporary.resolve("long.y4m");
        Files.write(input, video.bytes());
        byte[] second = video.add(30);
        for (int i = 0; i < 60; i++) {
            Files.write(input, second, StandardOpenOption.APPEND);
        }
        return CommandRun.start(
                temporary,
                "demo",
                "--frames",
                "1800",
                "--input",
                input.toString(),
                "--sheet",
                folder.resolve("sheet.png").toString());
    }

    /** Waits until the demonstration has started its consumers, and perhaps until frames can come. */
    private static List<ProcessHandle> consumers(CommandRun demo, boolean attached) throws IOException {
        List<ProcessHandle> consumers = List.of();
        while (consumers.size() < 2 && demo.handle().isAlive()) {
            LockSupport.parkNanos(LOOK_NANOS);
            consumers = demo.handle().children().toList();
        }
        assertThat(consumers).as("%s", demo.said()).hasSizeGreaterThanOrEqualTo(2);
        for (ProcessHandle consumer : consumers) {
            // A process shows no memory files before it has mapped them, and none after its end.
            while (attached
                    && consumer.isAlive()
                    && CommandRun.memoryFiles(consumer.pid()).size() < 4) {
                LockSupport.parkNanos(LOOK_NANOS);
            }
        }
        return consumers;
    }

    private void awaitNothingIsLeft() throws IOException {
        while (names(temporary).stream().anyMatch(name -> name.startsWith("dmabuf4j-"))) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private void assertNothingIsLeft() throws IOException {
        assertThat(names(temporary)).noneMatch(name -> name.startsWith("dmabuf4j-"));
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
