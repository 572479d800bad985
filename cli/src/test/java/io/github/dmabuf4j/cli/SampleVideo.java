package io.github.dmabuf4j.cli;

import io.github.dmabuf4j.cli.video.TestPicture;
import io.github.dmabuf4j.cli.video.VideoFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/** A y4m stream for tests, in pieces: the header, then frames of the test picture, some with parameters. */
final class SampleVideo {
    static final int WIDTH = 321;
    static final int HEIGHT = 181;

    private final TestPicture picture = new TestPicture(WIDTH, HEIGHT, -1);
    private final MemorySegment memory =
            Arena.ofAuto().allocate(picture.format().frameSize());
    private final ByteArrayOutputStream all = new ByteArrayOutputStream();
    private int frames;

    SampleVideo() {
        VideoFormat format = picture.format();
        all.writeBytes(("YUV4MPEG2 W" + format.width() + " H" + format.height()
                        + " F30000:1001 Ip A64:45 C420mpeg2 XYSCSS=420MPEG2 Xcaf\u00e9\n")
                .getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The stream as far as it is. */
    byte[] bytes() {
        return all.toByteArray();
    }

    static int frameSize() {
        return new TestPicture(WIDTH, HEIGHT, 0).format().frameSize();
    }

    /** Adds frames; answers the bytes that were added. */
    byte[] add(int count) throws IOException {
        int before = all.size();
        for (int i = 0; i < count; i++) {
            String line = frames % 7 == 3 ? "FRAME Itp Xn=" + frames + "\n" : "FRAME\n";
            picture.draw(frames++, memory);
            all.writeBytes(line.getBytes(StandardCharsets.ISO_8859_1));
            all.writeBytes(memory.toArray(ValueLayout.JAVA_BYTE));
        }
        byte[] stream = all.toByteArray();
        return java.util.Arrays.copyOfRange(stream, before, stream.length);
    }
}
