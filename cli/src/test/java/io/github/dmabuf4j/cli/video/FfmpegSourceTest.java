package io.github.dmabuf4j.cli.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Video that ffmpeg decodes. */
@Timeout(60)
class FfmpegSourceTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"yuv420p", "yuvj420p", "yuv422p", "yuv444p", "gray"})
    void framesAreWhatFfmpegDecodes(String pixels) throws IOException, InterruptedException {
        needsFfmpeg();
        Path video = folder.resolve("a clip: 100% \u00e4.mkv");
        ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc=size=66x50:rate=25:duration=1",
                "-pix_fmt",
                pixels,
                "-c:v",
                "ffv1",
                "file:" + video);
        Path reference = folder.resolve("reference.y4m");
        ffmpeg("-i", "file:" + video, "-f", "yuv4mpegpipe", reference.toString());
        Path copy = folder.resolve("copy.y4m");
        try (FfmpegSource source = new FfmpegSource(video);
                Y4mWriter writer = new Y4mWriter(
                        FileChannel.open(copy, StandardOpenOption.CREATE, StandardOpenOption.WRITE), source.format())) {
            MemorySegment picture = Arena.ofAuto().allocate(source.format().frameSize());
            while (source.read(picture)) {
                writer.write(picture, source.frameParameters());
            }
        }
        assertThat(Files.mismatch(copy, reference)).isEqualTo(-1);
    }

    @Test
    void aPictureIsAVideoOfOneFrame() throws IOException, InterruptedException {
        needsFfmpeg();
        Path png = folder.resolve("a picture.png");
        ffmpeg("-f", "lavfi", "-i", "testsrc=size=64x48", "-frames:v", "1", png.toString());
        try (FfmpegSource source = new FfmpegSource(png)) {
            MemorySegment picture = Arena.ofAuto().allocate(source.format().frameSize());
            assertThat(source.read(picture)).isTrue();
            assertThat(source.read(picture)).isFalse();
        }
    }

    @Test
    void itCanBeClosedInTheMiddle() throws IOException, InterruptedException {
        needsFfmpeg();
        Path video = folder.resolve("long.mkv");
        ffmpeg("-f", "lavfi", "-i", "color=size=640x480:duration=20", "-c:v", "ffv1", video.toString());
        FfmpegSource source = new FfmpegSource(video);
        assertThat(source.read(Arena.ofAuto().allocate(source.format().frameSize())))
                .isTrue();
        source.close();
        assertThat(ProcessHandle.current()
                        .children()
                        .filter(ProcessHandle::isAlive)
                        .filter(child -> child.info().command().orElse("").endsWith("ffmpeg"))
                        .map(ProcessHandle::onExit)
                        .map(java.util.concurrent.CompletableFuture::join))
                .allMatch(child -> !child.isAlive());
    }

    @Test
    void whatFfmpegCannotDecodeIsRefusedWithItsOwnWords() throws IOException {
        needsFfmpeg();
        Path text = Files.writeString(folder.resolve("no video.mp4"), "just text");
        assertThatThrownBy(() -> new FfmpegSource(text))
                .isInstanceOf(VideoException.class)
                .hasMessageStartingWith("ffmpeg cannot decode " + text + ": ")
                .hasMessageContaining("Invalid data");
    }

    @Test
    void withoutFfmpegASentenceSaysWhatToDo() throws IOException {
        Path video = Files.writeString(folder.resolve("some.mp4"), "video");
        assertThatThrownBy(() -> new FfmpegSource(video, "no-such-ffmpeg"))
                .isInstanceOf(VideoException.class)
                .hasMessageContaining("needs ffmpeg, which is not on the PATH: install the package ffmpeg");
        assertThatThrownBy(() -> new FfmpegSource(folder.resolve("none.mp4"), "no-such-ffmpeg"))
                .isInstanceOf(VideoException.class)
                .hasMessage("there is no file " + folder.resolve("none.mp4"));
    }

    private static void needsFfmpeg() {
        boolean there = false;
        try {
            Process version = new ProcessBuilder("ffmpeg", "-version")
                    .redirectErrorStream(true)
                    .start();
            version.getInputStream().readAllBytes();
            there = version.waitFor() == 0;
        } catch (IOException | InterruptedException absent) {
            System.out.println("skipped: no ffmpeg on the PATH (" + absent.getMessage() + ")");
        }
        assumeTrue(there, "no ffmpeg on the PATH");
    }

    private static void ffmpeg(String... arguments) throws IOException, InterruptedException {
        List<String> command = new java.util.ArrayList<>(List.of("ffmpeg", "-nostdin", "-v", "error", "-y"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(said).isZero();
    }
}
