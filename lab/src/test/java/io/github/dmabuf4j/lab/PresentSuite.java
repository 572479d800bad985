package io.github.dmabuf4j.lab;

import static io.github.dmabuf4j.lab.KmsLab.HEIGHT;
import static io.github.dmabuf4j.lab.KmsLab.WIDTH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.dmabuf4j.buffer.DmaHeap;
import io.github.dmabuf4j.buffer.Modifier;
import io.github.dmabuf4j.buffer.PixelFormat;
import io.github.dmabuf4j.cli.Main;
import io.github.dmabuf4j.cli.present.ScreenCopy;
import io.github.dmabuf4j.cli.stream.FrameSender;
import io.github.dmabuf4j.cli.video.StreamFormat;
import io.github.dmabuf4j.cli.video.TestPicture;
import io.github.dmabuf4j.linux.dmabuf.Heaps;
import io.github.dmabuf4j.linux.kms.KmsDevice;
import io.github.dmabuf4j.linux.kms.KmsOutput;
import io.github.dmabuf4j.local.LocalBackend;
import io.github.dmabuf4j.local.LocalListener;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code present}, a process of its own, with pictures of another process and of its own. */
@Timeout(180)
class PresentSuite {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int FRAMES = 12;

    @TempDir
    Path folder;

    private Path output() {
        return folder.resolve("output");
    }

    private Path errors() {
        return folder.resolve("errors");
    }

    private Process present(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-Ddmabuf4j.timeScale=10",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "present"));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectOutput(output().toFile())
                .redirectError(errors().toFile())
                .start();
    }

    private void await(Process process, int status) throws Exception {
        assertThat(process.waitFor()).as("%s", Files.readString(errors())).isEqualTo(status);
    }

    private static String card(String driver) {
        try (KmsDevice device = KmsLab.device(driver, KmsDevice.Api.BEST)) {
            return device.toString();
        }
    }

    private FrameSender sender(DmaHeap heap, LocalListener listener) throws IOException {
        return new FrameSender(
                new TestPicture(WIDTH, HEIGHT, 1).format(),
                3,
                PATIENCE,
                heap,
                new LocalBackend(),
                listener,
                event -> {});
    }

    @Test
    void whatTheDisplayTakesIsNotCopied() throws Exception {
        Optional<KmsDevice> found = KmsDevice.find("vkms", KmsDevice.Api.BEST);
        assumeTrue(found.isPresent(), "this kernel has no display that takes buffers of others in (VKMS)");
        try (KmsDevice vkms = found.orElseThrow();
                KmsOutput display = KmsOutput.open(vkms)) {
            assumeTrue(
                    display.plane().takes(PixelFormat.YUV420.fourcc(), Modifier.LINEAR),
                    "the display of this kernel shows no video");
        }
        Path socket = folder.resolve("socket");
        try (DmaHeap heap = Heaps.open("udmabuf");
                LocalListener listener = new LocalBackend().listen(socket);
                FrameSender sender = sender(heap, listener)) {
            Process present = present(card("vkms"), socket.toString(), "--json");
            long sent = sender.send(
                    new TestPicture(WIDTH, HEIGHT, FRAMES), FRAMES, FrameSender.Clock.VIDEO, present::isAlive, _ -> {});
            await(present, 0);
            assertThat(sent).isEqualTo(FRAMES);
        }
        assertThat(Files.readString(errors())).contains("showing 640x480 YU12", "at 640x480");
        assertThat(Files.readString(output()))
                .contains("\"frames\": " + FRAMES, "\"shownWithoutCopy\": " + FRAMES, "\"bytesCopied\": 0")
                .contains("\"converted\": false");
    }

    @Test
    void whatIsConvertedIsSeenFromOutside() throws Exception {
        Path socket = folder.resolve("socket");
        try (DmaHeap heap = Heaps.open("dma-heap");
                LocalListener listener = new LocalBackend().listen(socket);
                FrameSender sender = sender(heap, listener);
                OutsideView outside = OutsideView.open()) {
            Process present = present(card("virtio_gpu"), socket.toString(), "--json");
            // The same picture each time: when the first buffer is free for the fourth, it is on the screen, and stays
            // there.
            for (int i = 0; i < 4; i++) {
                assertThat(sender.play(
                                new TestPicture(WIDTH, HEIGHT, 1),
                                1,
                                FrameSender.Clock.VIDEO,
                                present::isAlive,
                                _ -> {}))
                        .as("%s", Files.readString(errors()))
                        .isOne();
            }
            outside.take("present", expected(), WIDTH, HEIGHT);
            sender.finish(present::isAlive);
            await(present, 0);
        }
        long bytes = 4L * WIDTH * HEIGHT * 4;
        assertThat(Files.readString(output()))
                .contains("\"frames\": 4", "\"shownWithoutCopy\": 0", "\"bytesCopied\": " + bytes)
                .contains("\"converted\": true", "does not show YU12");
    }

    private static byte[] expected() throws IOException {
        try (Arena arena = Arena.ofConfined();
                TestPicture source = new TestPicture(WIDTH, HEIGHT, 1)) {
            MemorySegment picture = arena.allocate(source.format().frameSize());
            assertThat(source.read(picture)).isTrue();
            MemorySegment screen = arena.allocate(4L * WIDTH * HEIGHT);
            new ScreenCopy(StreamFormat.layout(source.format()), WIDTH, HEIGHT).copy(picture, screen, 4 * WIDTH);
            return screen.toArray(ValueLayout.JAVA_BYTE);
        }
    }

    @Test
    void aFileIsShownInTheMiddleOfAnyMode() throws Exception {
        await(present(card("virtio_gpu"), "--frames", "4", "--mode", "1024x768"), 0);
        assertThat(Files.readString(errors())).contains("the built-in test picture", "at 1024x768");
        assertThat(Files.readString(output()))
                .containsPattern("frames +4\\n")
                .containsPattern("bytes copied +" + 4L * 1024 * 768 * 4)
                .containsPattern("converted +the display does not show YU12");
    }

    @Test
    void whatStandsInTheWayIsSaidInALine() throws Exception {
        await(present(card("virtio_gpu"), "--frames", "1", "--connector", "DP-9"), 1);
        assertThat(Files.readString(errors()))
                .contains("has no connector DP-9; it has [Virtual-")
                .hasLineCount(1);
        await(present(card("virtio_gpu"), "--frames", "1", "--mode", "3x3"), 1);
        assertThat(Files.readString(errors()))
                .contains("has no mode 3x3; it has ", "640x480@60")
                .hasLineCount(1);
        await(present(card("vgem"), "--frames", "1"), 1);
        assertThat(Files.readString(errors())).contains("has no displays").hasLineCount(1);
        try (KmsDevice master = KmsLab.device("virtio_gpu", KmsDevice.Api.BEST)) {
            assertThat(master.isMaster()).isTrue();
            await(present(master.toString(), "--frames", "1", "--mode", "640x480"), 1);
            assertThat(Files.readString(errors())).contains("is not the master of the device");
        }
        assertThat(Files.readString(output())).isEmpty();
    }
}
