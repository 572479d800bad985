package io.github.dmabuf4j.cli.video;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** A video that is read from its first frame to its last. Used by one thread at a time. */
public sealed interface VideoSource extends AutoCloseable permits Y4mReader, FfmpegSource, TestPicture {
    /**
     * The name for people: a path, or what else it is.
     *
     * @return the name
     */
    String name();

    /**
     * What all frames have in common.
     *
     * @return the format
     */
    VideoFormat format();

    /**
     * How many frames there will be.
     *
     * @return the number, -1 when it is unknown or has no end; for a file an estimate from its size
     */
    long expectedFrames();

    /**
     * Puts the next frame into memory.
     *
     * @param picture where to; at least {@link VideoFormat#frameSize()} bytes, filled from its start
     * @return false at the end of the video: nothing was written then
     * @throws VideoException if the video is broken
     * @throws IOException if it cannot be read
     * @throws IllegalArgumentException if the memory is too small
     */
    boolean read(MemorySegment picture) throws IOException;

    /**
     * What the y4m line of the frame last read says behind the word {@code FRAME}.
     *
     * @return the parameters word for word, with the leading blank; empty for nearly every video
     */
    String frameParameters();

    @Override
    void close() throws IOException;
}
