package io.github.dmabuf4j.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dmabuf4j.linux.testing.LeakCheck;
import io.github.dmabuf4j.linux.v4l2.CaptureQueue;
import io.github.dmabuf4j.linux.v4l2.CapturedFrame;
import io.github.dmabuf4j.linux.v4l2.Direction;
import io.github.dmabuf4j.linux.v4l2.VideoDevice;
import io.github.dmabuf4j.linux.v4l2.VideoFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Programs that others wrote, on the same devices and buffers. */
@Timeout(120)
@ExtendWith(LeakCheck.class)
class ProgramsSuite {
    private static final VideoFormat FORMAT = VideoFormat.of(320, 180, "YUYV");
    private static final int PICTURE = 320 * 180 * 2;

    @TempDir
    Path folder;

    @Test
    void theyAreInTheGuest() throws Exception {
        assertThat(Program.run("v4l2-ctl", "--list-devices")).contains("vivid", "/dev/video");
        assertThat(Program.run("modetest", "-M", "virtio_gpu", "-c")).contains("Connectors:", "Virtual");
        assertThat(Program.run("gst-launch-1.0", "--version")).contains("GStreamer 1.");
    }

    @Test
    void theySeeTheFormatThatWeSetAndWeSeeTheirs() throws Exception {
        try (VideoDevice camera = Vivid.camera()) {
            camera.setFormat(VideoFormat.of(640, 360, "XR24"));
            assertThat(Program.run("v4l2-ctl", "-d", camera.toString(), "--get-fmt-video"))
                    .contains("640/360", "'XR24'")
                    .containsPattern("Bytes per Line +: " + camera.format().stride() + "\n")
                    .containsPattern("Size Image +: " + camera.format().size() + "\n");
            Program.run("v4l2-ctl", "-d", camera.toString(), "--set-fmt-video=width=320,height=180,pixelformat=YUYV");
            assertThat(camera.format().toString()).isEqualTo("320x180 YUYV");
            Vivid.set(camera, "Brightness", 77);
            assertThat(Program.run("v4l2-ctl", "-d", camera.toString(), "--get-ctrl=brightness"))
                    .contains("77");
            Vivid.set(camera, "Brightness", 128);
        }
    }

    @Test
    void weCaptureThePatternThatTheySet() throws Exception {
        try (VideoDevice camera = Vivid.camera()) {
            byte[] black = patterned(camera, Vivid.BLACK);
            byte[] white = patterned(camera, Vivid.WHITE);
            assertThat(black).hasSize(PICTURE).containsOnly(black[0], black[1]);
            assertThat(white).hasSize(PICTURE).containsOnly(white[0], white[1]);
            assertThat(white[0] & 0xff).isGreaterThan((black[0] & 0xff) + 100);
            Vivid.goOn(camera);
        }
    }

    private static byte[] patterned(VideoDevice camera, int pattern) throws Exception {
        Program.run("v4l2-ctl", "-d", camera.toString(), "--set-ctrl=test_pattern=" + pattern + ",osd_text_mode=2");
        return Vivid.picture(camera, FORMAT);
    }

    @Test
    void theyCaptureWhatWeCapture() throws Exception {
        Path file = folder.resolve("theirs");
        try (VideoDevice camera = Vivid.camera();
                VideoDevice output = Vivid.open("vivid", Direction.OUTPUT, false)) {
            Vivid.standStill(camera, Vivid.COLOUR_BARS);
            byte[] ours = Vivid.picture(camera, FORMAT);
            Program.run(
                    "v4l2-ctl", "-d", camera.toString(), "--stream-mmap=3", "--stream-count=3", "--stream-to=" + file);
            assertSame(file, ours, 3);
            // Into buffers that another device gives out.
            output.setFormat(Direction.OUTPUT, VideoFormat.of(1280, 720, "YUYV"));
            Files.delete(file);
            Program.run(
                    "v4l2-ctl",
                    "-d",
                    camera.toString(),
                    "--export-device",
                    output.toString(),
                    "--stream-dmabuf",
                    "--stream-count=3",
                    "--stream-to=" + file);
            assertSame(file, ours, 3);
            Vivid.goOn(camera);
        }
    }

    @Test
    void gstreamerCapturesWhatWeCapture() throws Exception {
        Path file = folder.resolve("theirs");
        String node;
        byte[] ours;
        try (VideoDevice camera = Vivid.camera()) {
            Vivid.standStill(camera, Vivid.COLOUR_BARS);
            ours = Vivid.picture(camera, FORMAT);
            node = camera.toString();
        }
        Program.run(
                "gst-launch-1.0",
                "-q",
                "v4l2src",
                "device=" + node,
                "io-mode=dmabuf",
                "num-buffers=3",
                "!",
                "video/x-raw,format=YUY2,width=320,height=180",
                "!",
                "filesink",
                "location=" + file);
        assertSame(file, ours, 3);
        try (VideoDevice camera = Vivid.camera()) {
            Vivid.goOn(camera);
        }
    }

    /** Both at once cannot be: their queue is in our way, and says so. */
    @Test
    void theyHaveTheDeviceWhileTheyCapture() throws Exception {
        try (VideoDevice camera = Vivid.camera()) {
            camera.setFormat(FORMAT);
            try (CaptureQueue queue = CaptureQueue.ofDriver(camera, 2)) {
                queue.start();
                CapturedFrame frame = Vivid.next(queue);
                assertThat(frame.size()).isEqualTo(PICTURE);
                Process theirs =
                        Program.start("v4l2-ctl", "-d", camera.toString(), "--stream-mmap=3", "--stream-count=1");
                String words = new String(theirs.getInputStream().readAllBytes());
                theirs.waitFor();
                assertThat(words).contains("busy");
            }
        }
    }

    private static void assertSame(Path file, byte[] picture, int count) throws Exception {
        byte[] written = Files.readAllBytes(file);
        assertThat(written).hasSize(count * picture.length);
        for (int i = 0; i < count; i++) {
            assertThat(Arrays.copyOfRange(written, i * picture.length, (i + 1) * picture.length))
                    .isEqualTo(picture);
        }
    }
}
