package io.github.dmabuf4j.cli.video;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.nio.charset.StandardCharsets;

/** Writes a y4m stream. A frame goes from the caller's memory straight into the channel. Used by one thread. */
public final class Y4mWriter implements AutoCloseable {
    private final GatheringByteChannel channel;
    private final VideoFormat format;
    private final ByteBuffer plainLine = bytes("FRAME\n");
    private boolean started;

    /**
     * Makes a writer; nothing is written before the first frame or {@link #close}.
     *
     * @param channel where to; this writer owns it from now on
     * @param format what the frames look like; its header line is written word for word
     */
    public Y4mWriter(GatheringByteChannel channel, VideoFormat format) {
        this.channel = channel;
        this.format = format;
    }

    /**
     * Writes to standard output. Closing the writer closes standard output.
     *
     * @param format what the frames look like
     * @return the writer
     */
    public static Y4mWriter standardOutput(VideoFormat format) {
        return new Y4mWriter(new FileOutputStream(FileDescriptor.out).getChannel(), format);
    }

    /**
     * Writes one frame.
     *
     * @param picture the frame, from the start of the segment on
     * @param frameParameters what stands behind {@code FRAME}, with its leading blank; empty for none
     * @throws IOException if it cannot be written
     */
    public void write(MemorySegment picture, String frameParameters) throws IOException {
        start();
        ByteBuffer line = frameParameters.isEmpty() ? plainLine.rewind() : bytes("FRAME" + frameParameters + "\n");
        ByteBuffer frame = picture.asSlice(0, format.frameSize()).asByteBuffer();
        ByteBuffer[] both = {line, frame};
        while (frame.hasRemaining()) {
            channel.write(both);
        }
    }

    /** Ends the stream and closes the channel; a stream without frames is a header alone. */
    @Override
    public void close() throws IOException {
        try (channel) {
            start();
        }
    }

    private void start() throws IOException {
        if (!started) {
            started = true;
            ByteBuffer header = bytes(format.header() + "\n");
            while (header.hasRemaining()) {
                channel.write(header);
            }
        }
    }

    private static ByteBuffer bytes(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }
}
