package io.github.dmabuf4j.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dmabuf4j.cli.Main;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The demonstration with buffers of the kernel: two other processes map them and hash what they see. */
@Timeout(300)
class ProcessesSuite {
    private static final int FRAMES = 24;
    private static final long SEED = 2018;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"udmabuf", "dma-heap"})
    void twoProcessesSeeWhatTheThirdWrote(String heap) throws Exception {
        Path input = Files.write(folder.resolve("input.y4m"), video());
        Path output = folder.resolve("output");
        Path errors = folder.resolve("errors");
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "demo",
                        "--json",
                        "--heap",
                        heap,
                        "--input",
                        input.toString(),
                        "--sheet",
                        folder.resolve("sheet.png").toString())
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile());
        // For the processes that the demonstration starts, too.
        builder.environment().put("JAVA_TOOL_OPTIONS", "-Ddmabuf4j.timeScale=10");
        Process demo = builder.start();
        assertThat(demo.waitFor()).as(Files.readString(errors)).isZero();
        assertThat(Files.readString(output)).contains("\"frames\": " + FRAMES);
        assertThat(folder.resolve("sheet.png")).isNotEmptyFile();
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
