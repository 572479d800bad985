package io.github.dmabuf4j.cli.video;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.ScatteringByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Reads a y4m stream from a file, a pipe or standard input.
 *
 * <p>A frame goes from the channel straight into the caller's memory. The line of text in front of the next frame is
 * read by the same call (a scattering read whose last few bytes fall into a buffer of its own), so that a frame of a
 * file costs one system call and nothing is copied but those few bytes.
 */
public final class Y4mReader implements VideoSource {
    /** Enough for the usual {@code FRAME} line; what it holds beyond that line is copied into the frame. */
    private static final int AHEAD = 64;

    private static final String FRAME = "FRAME";

    private final String name;
    private final ReadableByteChannel channel;
    private final ByteBuffer ahead = ByteBuffer.allocateDirect(AHEAD).limit(0);
    private final byte[] line = new byte[Y4mHeader.MAX_LINE];
    private final VideoFormat format;
    private final long expectedFrames;
    private long frame;
    private String frameParameters = "";

    /**
     * Reads the header of a stream.
     *
     * @param channel the stream; this reader owns it from now on, also when this constructor fails
     * @param name the name for people
     * @throws VideoException if the header is broken or says something that is not supported
     * @throws IOException if the channel cannot be read
     */
    public Y4mReader(ReadableByteChannel channel, String name) throws IOException {
        this.channel = channel;
        this.name = name;
        try {
            int length = readLine("the header");
            if (length < 0) {
                throw new VideoException("there is nothing to read: the stream is empty");
            }
            format = Y4mHeader.parse(text(0, length));
            expectedFrames = channel instanceof FileChannel file ? estimate(file, length + 1) : -1;
        } catch (VideoException broken) {
            channel.close();
            throw named(broken);
        } catch (IOException failure) {
            channel.close();
            throw failure;
        }
    }

    /**
     * Opens a file.
     *
     * @param file the file, or a named pipe
     * @return the reader
     * @throws VideoException if there is no such file, it cannot be opened, or its header is broken
     * @throws IOException if it cannot be read
     */
    public static Y4mReader open(Path file) throws IOException {
        return new Y4mReader(channel(file), file.toString());
    }

    /**
     * Reads standard input. Closing the reader closes standard input.
     *
     * @return the reader
     * @throws VideoException if the header is broken
     * @throws IOException if standard input cannot be read
     */
    public static Y4mReader standardInput() throws IOException {
        return new Y4mReader(new FileInputStream(FileDescriptor.in).getChannel(), "standard input");
    }

    /** Opens a file for reading; what usually goes wrong becomes a sentence. */
    static FileChannel channel(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new VideoException(file + " is a folder, not a video");
        }
        try {
            return FileChannel.open(file, StandardOpenOption.READ);
        } catch (NoSuchFileException missing) {
            throw new VideoException("there is no file " + file, missing);
        } catch (AccessDeniedException denied) {
            throw new VideoException("no permission to read " + file, denied);
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public VideoFormat format() {
        return format;
    }

    @Override
    public long expectedFrames() {
        return expectedFrames;
    }

    @Override
    public String frameParameters() {
        return frameParameters;
    }

    @Override
    public boolean read(MemorySegment picture) throws IOException {
        try {
            int length = readLine("the line of frame " + frame);
            if (length < 0) {
                return false;
            }
            boolean isFrame = length >= FRAME.length()
                    && text(0, FRAME.length()).equals(FRAME)
                    && (length == FRAME.length() || line[FRAME.length()] == ' ');
            if (!isFrame) {
                throw new VideoException("frame " + frame + " does not begin with " + FRAME + " but with "
                        + Y4mHeader.quote(text(0, length)));
            }
            frameParameters = text(FRAME.length(), length - FRAME.length());
            readPicture(picture);
        } catch (VideoException broken) {
            throw named(broken);
        }
        frame++;
        return true;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private void readPicture(MemorySegment picture) throws IOException {
        int size = format.frameSize();
        ByteBuffer target = picture.asSlice(0, size).asByteBuffer();
        int have = Math.min(size, ahead.remaining());
        target.put(0, ahead, ahead.position(), have).position(have);
        ahead.position(ahead.position() + have);
        ByteBuffer[] both = {target, ahead};
        while (target.hasRemaining()) {
            long count;
            if (channel instanceof ScatteringByteChannel scattering) {
                ahead.clear();
                count = scattering.read(both);
                ahead.flip();
            } else {
                count = channel.read(target);
            }
            if (count < 0) {
                throw new VideoException("the stream ends inside of frame " + frame + ", after " + target.position()
                        + " of its " + size + " bytes");
            }
        }
    }

    /** Reads a line into {@link #line}; answers its length without the newline, or -1 at the end of the stream. */
    private int readLine(String what) throws IOException {
        int length = 0;
        while (true) {
            if (!ahead.hasRemaining()) {
                ahead.clear();
                int count = channel.read(ahead);
                ahead.flip();
                if (count < 0) {
                    if (length == 0) {
                        return -1;
                    }
                    throw new VideoException("the stream ends inside of " + what);
                }
                continue;
            }
            byte next = ahead.get();
            if (next == '\n') {
                return length;
            }
            if (length == line.length) {
                throw new VideoException(what + " is longer than " + line.length + " bytes: this is not a y4m stream");
            }
            line[length++] = next;
        }
    }

    /** Latin-1 keeps every byte as it is. */
    private String text(int from, int length) {
        return new String(line, from, length, StandardCharsets.ISO_8859_1);
    }

    private VideoException named(VideoException broken) {
        return new VideoException(name + ": " + broken.getMessage(), broken);
    }

    private long estimate(FileChannel file, long headerSize) {
        try {
            long size = file.size();
            return size <= headerSize ? -1 : (size - headerSize) / (format.frameSize() + FRAME.length() + 1);
        } catch (IOException notAFile) {
            return -1;
        }
    }
}
