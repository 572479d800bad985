package io.github.dmabuf4j.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dmabuf4j.linux.v4l2.CaptureQueue;
import io.github.dmabuf4j.linux.v4l2.Direction;
import io.github.dmabuf4j.linux.v4l2.VideoDevice;
import io.github.dmabuf4j.linux.v4l2.VideoFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command with buffers of the kernel: other processes map them, hash what they see, and write it into files. */
@Timeout(300)
class ProcessesSuite {
    private static final int FRAMES = 24;
    private static final int CAPTURED = 12;
    private static final long SEED = 2018;

    @TempDir
    Path folder;

    private static String node(boolean multiPlanar) throws Exception {
        try (VideoDevice device = Vivid.open("vivid", Direction.CAPTURE, multiPlanar)) {
            return device.toString();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"udmabuf", "dma-heap"})
    void twoProcessesSeeWhatTheThirdWrote(String heap) throws Exception {
        Path input = Files.write(folder.resolve("input.y4m"), video());
        Path sheet = folder.resolve("sheet.png");
        try (CommandProcess demo = CommandProcess.start(
                folder, "demo", "--json", "--heap", heap, "--input", input.toString(), "--sheet", sheet.toString())) {
            assertThat(demo.ends(0).output()).contains("\"frames\": " + FRAMES);
        }
        assertThat(sheet).isNotEmptyFile();
    }

    @ParameterizedTest
    @CsvSource({"udmabuf, YUYV", "dma-heap, XR24", "device, YU12"})
    void twoProcessesSeeWhatACameraCaptured(String memory, String format) throws Exception {
        Path sheet = folder.resolve("sheet.png");
        try (CommandProcess demo = CommandProcess.start(
                folder,
                "demo",
                "--json",
                "--input",
                node(false),
                "--size",
                "320x180",
                "--format",
                format,
                "--heap",
                memory,
                "--frames",
                Integer.toString(CAPTURED),
                "--sheet",
                sheet.toString())) {
            assertThat(demo.ends(0).output())
                    .contains("\"crc32cEqual\": " + CAPTURED)
                    .contains("\"sha256Equal\": " + CAPTURED)
                    .contains("\"memory\": \"" + memory + "\"")
                    .contains("the producer's own mapping");
        }
        assertThat(sheet).isNotEmptyFile();
        Files.copy(sheet, Path.of("/lab/out/camera-" + memory + ".png"));
    }

    @Test
    void aReceiverWritesTheBarePicturesOfACamera() throws Exception {
        byte[] expected;
        try (VideoDevice camera = Vivid.camera()) {
            Vivid.standStill(camera, Vivid.COLOUR_BARS);
            expected = Vivid.picture(camera, VideoFormat.of(320, 180, "YUYV"));
        }
        Path file = folder.resolve("pictures.raw");
        Path socket = folder.resolve("socket");
        try (CommandProcess capture = CommandProcess.start(
                folder,
                "capture",
                node(false),
                "--listen",
                socket.toString(),
                "--format",
                "yuyv",
                "--size",
                "320x180",
                "--rate",
                "25",
                "--frames",
                "4",
                "--heap",
                "dma-heap")) {
            capture.awaitWords("for whoever attaches");
            try (CommandProcess receive =
                    CommandProcess.start(folder, "receive", socket.toString(), "--raw", "--output", file.toString())) {
                receive.ends(0);
                assertThat(receive.output()).contains("320x180 YUYV");
            }
            assertThat(capture.ends(0).output()).contains("bytes copied", "4 of dma-heap");
        }
        byte[] written = Files.readAllBytes(file);
        assertThat(written).hasSize(4 * expected.length);
        for (int i = 0; i < 4; i++) {
            assertThat(Arrays.copyOfRange(written, i * expected.length, (i + 1) * expected.length))
                    .isEqualTo(expected);
        }
        try (VideoDevice camera = Vivid.camera()) {
            Vivid.goOn(camera);
        }
    }

    @Test
    void aCameraThatIsUnpluggedEndsTheStreamInASentence() throws Exception {
        String node = node(true);
        Path socket = folder.resolve("socket");
        try (CommandProcess capture = CommandProcess.start(
                folder, "capture", node, "--listen", socket.toString(), "--format", "YUYV", "--size", "320x180")) {
            capture.awaitWords("for whoever attaches");
            try (CommandProcess receive = CommandProcess.start(
                    folder,
                    "receive",
                    socket.toString(),
                    "--raw",
                    "--output",
                    folder.resolve("half").toString())) {
                receive.awaitWords("receiving");
                try (VideoDevice another = VideoDevice.open(Path.of(node))) {
                    Vivid.set(another, "Disconnect", 1);
                }
                assertThat(capture.ends(1).errors())
                        .contains(node + " was unplugged")
                        .doesNotContain("Exception");
                assertThat(receive.ends(1).errors()).contains("dmabuf4j: ").doesNotContain("Exception");
            }
        }
        assertThat(folder.resolve("half")).doesNotExist();
        assertThat(socket).doesNotExist();
    }

    @Test
    void whatACameraCannotDoIsRefusedInALine() throws Exception {
        String node = node(false);
        String socket = folder.resolve("socket").toString();
        refused("no video device", "/dev/null", "--listen", socket);
        refused("there is no such device", "/dev/video99", "--listen", socket);
        refused("does not capture ABCD, but ", node, "--listen", socket, "--format", "ABCD");
        refused("the nearest is 320x180", node, "--listen", socket, "--size", "321x181", "--format", "YUYV");
        refused("a buffer of its own", node(true), "--listen", socket, "--format", "NM12");
        try (VideoDevice camera = Vivid.camera();
                CaptureQueue queue = CaptureQueue.ofDriver(camera, 2)) {
            assertThat(queue.buffers()).isNotEmpty();
            refused("is in use by another program", node, "--listen", socket);
        }
        try (CommandProcess list = CommandProcess.start(folder, "capture", node, "--list")) {
            assertThat(list.ends(0).output()).contains("YUYV", "320x180", "30/s", "driver vivid");
        }
        assertThat(Path.of(socket)).doesNotExist();
    }

    @Test
    void anOrdinaryUserIsToldThatSomethingIsNotForHim() throws Exception {
        String node = node(false);
        String socket = "/tmp/nobody.socket";
        for (String[] arguments : List.of(
                new String[] {"capture", node, "--listen", socket},
                new String[] {"present", "/dev/dri/card0"},
                new String[] {"send", "--heap", "udmabuf", "--frames", "1", "--listen", socket},
                new String[] {"send", "--heap", "dma-heap", "--frames", "1", "--listen", socket})) {
            try (CommandProcess command = CommandProcess.startForNobody(folder, arguments)) {
                refused(command, "no permission");
            }
        }
        try (CommandProcess doctor = CommandProcess.startForNobody(folder, "doctor")) {
            assertThat(doctor.ends(0).output())
                    .contains("no permission for " + node)
                    .contains("no permission for /dev/udmabuf")
                    .contains("no permission for /dev/dri/card0");
        }
        assertThat(Path.of(socket)).doesNotExist();
    }

    private void refused(String words, String... arguments) throws Exception {
        String[] all = new String[arguments.length + 1];
        all[0] = "capture";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        try (CommandProcess capture = CommandProcess.start(folder, all)) {
            refused(capture, words);
        }
    }

    private static void refused(CommandProcess command, String words) throws Exception {
        String errors = command.ends(1).errors();
        assertThat(errors.lines().filter(line -> !line.startsWith("Picked up")))
                .singleElement()
                .asString()
                .startsWith("dmabuf4j: ")
                .contains(words);
    }

    /** A small picture, so that slow machines get through it; full of noise, so that every byte counts. */
    private static byte[] video() throws IOException {
        ByteArrayOutputStream video = new ByteArrayOutputStream();
        Random random = new Random(SEED);
        byte[] picture = new byte[160 * 96 * 3 / 2];
        video.write("YUV4MPEG2 W160 H96 F25:1 Ip A1:1 C420jpeg\n".getBytes(StandardCharsets.US_ASCII));
        for (int i = 0; i < FRAMES; i++) {
            video.write("FRAME\n".getBytes(StandardCharsets.US_ASCII));
            random.nextBytes(picture);
            video.write(picture);
        }
        return video.toByteArray();
    }
}
