package io.github.dmabuf4j.cli.demo;

import io.github.dmabuf4j.cli.video.VideoException;
import io.github.dmabuf4j.cli.video.VideoFormat;
import io.github.dmabuf4j.cli.video.VideoInput;
import io.github.dmabuf4j.cli.video.VideoSource;
import io.github.dmabuf4j.cli.video.Y4mReader;
import io.github.dmabuf4j.cli.video.Y4mWriter;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A video that can be read as often as one likes, and the hashes of its frames, taken from the input itself.
 *
 * <p>The test picture is drawn again and a y4m file read again; whatever must be decoded, or comes from a pipe, is kept
 * once in a temporary file without a name, so that decoding does not hide what the demonstration measures.
 */
final class Clip implements AutoCloseable {
    private final @Nullable String input;
    private final @Nullable FileChannel kept;
    private final VideoFormat format;
    private final String name;
    private final List<FrameHash> hashes;

    private Clip(@Nullable String input, @Nullable FileChannel kept, VideoSource source, List<FrameHash> hashes) {
        this.input = input;
        this.kept = kept;
        this.format = source.format();
        this.name = source.name();
        this.hashes = hashes;
    }

    /**
     * Reads a video once, from its first frame to its last.
     *
     * @param input as {@link VideoInput#open}
     * @param frames how many frames at most
     * @param progress told the number of frames after each
     * @return the clip; the caller closes it
     * @throws IOException if the video cannot be read or has no frame
     */
    static Clip read(@Nullable String input, long frames, LongConsumer progress) throws IOException {
        boolean again = input == null || (input.toLowerCase(Locale.ROOT).endsWith(".y4m") && isFile(input));
        FileChannel kept = again ? null : nameless();
        try (VideoSource source = VideoInput.open(input, frames);
                Arena arena = Arena.ofConfined()) {
            Y4mWriter writer = kept == null ? null : new Y4mWriter(kept, source.format());
            MemorySegment picture = arena.allocate(source.format().frameSize(), 64);
            List<FrameHash> hashes = new ArrayList<>();
            while (hashes.size() < frames && source.read(picture)) {
                hashes.add(FrameHash.of(picture));
                if (writer != null) {
                    writer.write(picture, source.frameParameters());
                }
                progress.accept(hashes.size());
            }
            if (hashes.isEmpty()) {
                throw new VideoException(source.name() + " has no frame");
            }
            return new Clip(input, kept, source, hashes);
        } catch (IOException | RuntimeException failed) {
            if (kept != null) {
                kept.close();
            }
            throw failed;
        }
    }

    VideoFormat format() {
        return format;
    }

    String name() {
        return name;
    }

    int frames() {
        return hashes.size();
    }

    FrameHash hash(int frame) {
        return hashes.get(frame);
    }

    /** Reads it again. */
    VideoSource open() throws IOException {
        return kept == null ? VideoInput.open(input, hashes.size()) : new Y4mReader(new FromTheStart(kept), name);
    }

    @Override
    public void close() throws IOException {
        if (kept != null) {
            kept.close();
        }
    }

    private static boolean isFile(String input) {
        return Files.isRegularFile(Path.of(input));
    }

    /** It loses its name when it is opened: the system takes such a file back whatever happens to this process. */
    private static FileChannel nameless() throws IOException {
        return FileChannel.open(
                Files.createTempFile("dmabuf4j-", ".y4m"),
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE);
    }

    /** A reader's own place in a file that others read too. */
    private static final class FromTheStart implements ReadableByteChannel {
        private final FileChannel file;
        private long place;
        private boolean open = true;

        FromTheStart(FileChannel file) {
            this.file = file;
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            int count = file.read(target, place);
            place += Math.max(count, 0);
            return count;
        }

        @Override
        public boolean isOpen() {
            return open;
        }

        @Override
        public void close() {
            open = false;
        }
    }
}
