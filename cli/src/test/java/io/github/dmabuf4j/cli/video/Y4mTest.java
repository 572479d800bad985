package io.github.dmabuf4j.cli.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Y4m streams, sound and broken. */
@Timeout(60)
class Y4mTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "W4 H2 F25:1, 12, YUV420",
        "W4 H2 F25:1 C420mpeg2, 12, YUV420",
        "W4 H2 F25:1 C420paldv Ip, 12, YUV420",
        "W4 H2 F25:1 C422, 16, YUV422",
        "W4 H2 F25:1 C444, 24, YUV444",
        "W4 H2 F25:1 Cmono, 8, MONO",
        "W5 H3 F25:1 C420jpeg, 27, YUV420",
        "W5 H3 F25:1 C422, 33, YUV422",
        "W1 H1 C420jpeg, 3, YUV420",
    })
    void sizesAreAsTheFormatSays(String parameters, int frameSize, Chroma chroma) throws IOException {
        VideoFormat format = Y4mHeader.parse("YUV4MPEG2 " + parameters);
        assertThat(format.frameSize()).isEqualTo(frameSize);
        assertThat(format.chroma()).isEqualTo(chroma);
        assertThat(StreamFormat.layout(format).size()).isEqualTo(frameSize);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "YUV4MPEG2 W6 H4 F30000:1001 Ip A1:1 C420mpeg2 XYSCSS=420MPEG2 XCOLORRANGE=LIMITED\nFRAME\n",
                "YUV4MPEG2 W6 H4 F25:1 Im A128:117 C422 Xsome\u00e9thing\nFRAME Itp Xframe=1\n",
                "YUV4MPEG2  W6 H4  C444\nFRAME \n",
                "YUV4MPEG2 W33 H17 F1:1 Cmono\nFRAME\n",
            })
    void whatIsWrittenEqualsWhatWasRead(String begin) throws IOException {
        Random random = new Random(7);
        int lineEnd = begin.indexOf('\n') + 1;
        byte[] frame = new byte[Y4mHeader.parse(begin.substring(0, lineEnd - 1)).frameSize()];
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        stream.write(begin.substring(0, lineEnd).getBytes(StandardCharsets.ISO_8859_1));
        for (int i = 0; i < 5; i++) {
            random.nextBytes(frame);
            // Every other frame without parameters.
            stream.write((i % 2 == 0 ? begin.substring(lineEnd) : "FRAME\n").getBytes(StandardCharsets.ISO_8859_1));
            stream.write(frame);
        }
        byte[] input = stream.toByteArray();
        Path file = Files.write(folder.resolve("a video.y4m"), input);
        Path copy = folder.resolve("copy.y4m");
        copy(Y4mReader.open(file), copy);
        assertThat(Files.readAllBytes(copy)).isEqualTo(input);
        for (int piece : new int[] {1, 2, 7, 1000}) {
            copy(new Y4mReader(new Dribble(input, piece), "a pipe"), copy);
            assertThat(Files.readAllBytes(copy)).as("in pieces of %d", piece).isEqualTo(input);
        }
    }

    @Test
    void theNumberOfFramesOfAFileIsKnown() throws IOException {
        byte[] input = new byte[0];
        input = concat(input, "YUV4MPEG2 W16 H16 F25:1\n", 0);
        for (int i = 0; i < 9; i++) {
            input = concat(input, "FRAME\n", 384);
        }
        try (Y4mReader reader = Y4mReader.open(Files.write(folder.resolve("nine.y4m"), input))) {
            assertThat(reader.expectedFrames()).isEqualTo(9);
            assertThat(reader.format().presentationNanos(50)).isEqualTo(2_000_000_000L);
        }
        try (Y4mReader reader = new Y4mReader(new Dribble(input, 100), "a pipe")) {
            assertThat(reader.expectedFrames()).isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "RIFF....AVI LIST        | does not begin with YUV4MPEG2",
                "YUV4MPEG22 W4 H4        | does not begin with YUV4MPEG2",
                "YUV4MPEG2               | has no width",
                "YUV4MPEG2 W4            | has no height",
                "YUV4MPEG2 W0 H0         | 0x0 pixels has nothing in it",
                "YUV4MPEG2 W4 H0         | 4x0 pixels has nothing in it",
                "YUV4MPEG2 W100000 H100000 | 100000x100000 pixels is too large: 16384x16384 is the limit",
                "YUV4MPEG2 W99999999999 H4 | broken width: '99999999999'",
                "YUV4MPEG2 W-4 H4        | broken width: '-4'",
                "YUV4MPEG2 W4 Hx         | broken height: 'x'",
                "YUV4MPEG2 W4 H4 F25     | broken frame rate: '25'",
                "YUV4MPEG2 W4 H4 F25:    | broken frame rate: ''",
                "YUV4MPEG2 W4 H4 C420p10 | colour space '420p10' is not supported",
                "YUV4MPEG2 W4 H4 C444alpha | colour space '444alpha' is not supported",
                "YUV4MPEG2 W4 H4 C411    | colour space '411' is not supported",
                "YUV4MPEG2 W4 H4 Cmono16 | colour space 'mono16' is not supported",
            })
    void brokenHeadersAreRefusedInASentence(String header, String sentence) {
        assertThatThrownBy(() -> reader(header.strip() + "\n"))
                .isInstanceOf(VideoException.class)
                .hasMessageStartingWith("a pipe: ")
                .hasMessageContaining(sentence);
    }

    @Test
    void streamsThatEndTooEarlyAreRefusedInASentence() throws IOException {
        assertThatThrownBy(() -> reader("")).hasMessageContaining("the stream is empty");
        assertThatThrownBy(() -> reader("YUV4MPEG2 W4 H4")).hasMessageContaining("ends inside of the header");
        assertThatThrownBy(() -> reader("YUV4MPEG2 " + "X".repeat(5000)))
                .hasMessageContaining("the header is longer than 1024 bytes");
        MemorySegment picture = Arena.ofAuto().allocate(24);
        Y4mReader noFrames = reader("YUV4MPEG2 W4 H4\n");
        assertThat(noFrames.read(picture)).isFalse();
        Y4mReader shortFrame = reader("YUV4MPEG2 W4 H4\nFRAME\n" + "x".repeat(24) + "FRAME\nxxxxx");
        assertThat(shortFrame.read(picture)).isTrue();
        assertThatThrownBy(() -> shortFrame.read(picture))
                .isInstanceOf(VideoException.class)
                .hasMessage("a pipe: the stream ends inside of frame 1, after 5 of its 24 bytes");
        Y4mReader shortLine = reader("YUV4MPEG2 W4 H4\nFRA");
        assertThatThrownBy(() -> shortLine.read(picture)).hasMessageContaining("ends inside of the line of frame 0");
        Y4mReader noFrame = reader("YUV4MPEG2 W4 H4\nFRAMES\n");
        assertThatThrownBy(() -> noFrame.read(picture)).hasMessageContaining("does not begin with FRAME");
    }

    @Test
    void filesThatCannotBeOpenedAreRefusedInASentence() {
        assertThatThrownBy(() -> Y4mReader.open(folder.resolve("none.y4m")))
                .isInstanceOf(VideoException.class)
                .hasMessage("there is no file " + folder.resolve("none.y4m"));
        assertThatThrownBy(() -> Y4mReader.open(folder)).hasMessageContaining("is a folder, not a video");
    }

    @Test
    void noStreamOfBytesDoesWorseThanASentence() throws IOException {
        byte[] sound =
                concat("YUV4MPEG2 W8 H6 F25:1 Ip C420jpeg\nFRAME\n".getBytes(StandardCharsets.ISO_8859_1), "", 72);
        sound = concat(sound, "FRAME Ixyz\n", 72);
        MemorySegment picture = Arena.ofAuto().allocate(1 << 20);
        for (long seed = 1; seed <= 3000; seed++) {
            Random random = new Random(seed);
            byte[] broken = Arrays.copyOf(sound, random.nextInt(4) == 0 ? random.nextInt(sound.length) : sound.length);
            for (int i = random.nextInt(4); i >= 0 && broken.length > 0; i--) {
                broken[random.nextInt(Math.min(broken.length, 60))] = (byte) (32 + random.nextInt(95));
            }
            try (Y4mReader reader = new Y4mReader(new Dribble(broken, 1 + random.nextInt(40)), "a pipe")) {
                int frames = 0;
                while (reader.format().frameSize() <= picture.byteSize() && reader.read(picture)) {
                    frames++;
                }
                assertThat(frames).isLessThan(broken.length);
            } catch (VideoException refused) {
                assertThat(refused.getMessage()).startsWith("a pipe: ").matches("[ -~]+");
            } catch (RuntimeException | Error unexpected) {
                throw new AssertionError("seed " + seed, unexpected);
            }
        }
    }

    private static Y4mReader reader(String stream) throws IOException {
        byte[] bytes = stream.getBytes(StandardCharsets.ISO_8859_1);
        return new Y4mReader(Channels.newChannel(new ByteArrayInputStream(bytes)), "a pipe");
    }

    private static void copy(Y4mReader reader, Path to) throws IOException {
        MemorySegment picture = Arena.ofAuto().allocate(reader.format().frameSize());
        FileChannel out = FileChannel.open(
                to, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
        try (reader;
                Y4mWriter writer = new Y4mWriter(out, reader.format())) {
            while (reader.read(picture)) {
                writer.write(picture, reader.frameParameters());
            }
        }
    }

    private static byte[] concat(byte[] bytes, String line, int zeros) {
        byte[] more = Arrays.copyOf(bytes, bytes.length + line.length() + zeros);
        System.arraycopy(line.getBytes(StandardCharsets.ISO_8859_1), 0, more, bytes.length, line.length());
        return more;
    }

    /** A channel that gives a few bytes at a time, as a pipe may. */
    private static final class Dribble implements ReadableByteChannel {
        private final byte[] bytes;
        private final int piece;
        private int at;

        Dribble(byte[] bytes, int piece) {
            this.bytes = bytes;
            this.piece = piece;
        }

        @Override
        public int read(java.nio.ByteBuffer target) {
            if (at == bytes.length) {
                return -1;
            }
            int count = Math.min(Math.min(piece, target.remaining()), bytes.length - at);
            target.put(bytes, at, count);
            at += count;
            return count;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
