package io.github.dmabuf4j.cli.video;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * Any video or picture that {@code ffmpeg} can decode, read as the y4m stream it writes to a pipe.
 *
 * <p>Pixel formats with more than 8 bits, with alpha or in RGB are converted by ffmpeg to the nearest one that is
 * supported; all others are passed on as they are decoded.
 */
public final class FfmpegSource implements VideoSource {
    /** The first of these that the input already has, or else the one that loses least. */
    private static final String FORMATS = "format=pix_fmts=yuv420p|yuvj420p|yuv422p|yuvj422p|yuv444p|yuvj444p|gray";

    private final String name;
    private final Process ffmpeg;
    private final Thread complaints;
    private final Y4mReader frames;
    private volatile String lastComplaint = "";

    /**
     * Starts ffmpeg and waits for the header.
     *
     * @param file the video or picture
     * @throws VideoException if there is no such file, no ffmpeg, or ffmpeg cannot decode it
     * @throws IOException if the pipe breaks
     */
    public FfmpegSource(Path file) throws IOException {
        this(file, "ffmpeg");
    }

    FfmpegSource(Path file, String command) throws IOException {
        name = file.toString();
        Y4mReader.channel(file).close();
        // The protocol is named, or a colon in the path would name one.
        List<String> line = List.of(
                command, "-nostdin", "-v", "error", "-i", "file:" + file, "-vf", FORMATS, "-f", "yuv4mpegpipe", "-");
        try {
            ffmpeg = new ProcessBuilder(line)
                    .redirectInput(new File("/dev/null"))
                    .start();
        } catch (IOException absent) {
            throw new VideoException(
                    "reading " + file + " needs ffmpeg, which is not on the PATH: install the package ffmpeg,"
                            + " or give a .y4m file",
                    absent);
        }
        complaints = Thread.ofPlatform().daemon().name("ffmpeg complaints").start(this::listen);
        try {
            frames = new Y4mReader(Channels.newChannel(ffmpeg.getInputStream()), name);
        } catch (IOException broken) {
            throw explain(broken);
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public VideoFormat format() {
        return frames.format();
    }

    @Override
    public long expectedFrames() {
        return -1;
    }

    @Override
    public boolean read(MemorySegment picture) throws IOException {
        boolean more;
        try {
            more = frames.read(picture);
        } catch (VideoException broken) {
            throw explain(broken);
        }
        if (!more && exitCode() != 0) {
            throw explain(new VideoException("ffmpeg ended early"));
        }
        return more;
    }

    @Override
    public String frameParameters() {
        return frames.frameParameters();
    }

    /** Ends ffmpeg, also in the middle of the video. */
    @Override
    public void close() throws IOException {
        ffmpeg.destroyForcibly();
        frames.close();
    }

    /** Why ffmpeg failed, when it did; otherwise the stream itself is broken. */
    private VideoException explain(IOException broken) {
        int code = exitCode();
        try {
            complaints.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        if (code == 0) {
            return broken instanceof VideoException sentence
                    ? sentence
                    : new VideoException(name + ": " + broken, broken);
        }
        String reason = lastComplaint.isEmpty() ? "it ended with exit code " + code : lastComplaint;
        return new VideoException("ffmpeg cannot decode " + name + ": " + reason, broken);
    }

    /** Waits for the end of ffmpeg, whose output has ended or is of no more use. */
    private int exitCode() {
        try {
            return ffmpeg.waitFor();
        } catch (InterruptedException interrupted) {
            ffmpeg.destroyForcibly();
            Thread.currentThread().interrupt();
            return 1;
        }
    }

    private void listen() {
        try (BufferedReader lines = ffmpeg.errorReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.isBlank()) {
                    lastComplaint = line.strip();
                }
            }
        } catch (IOException ended) {
            // The pipe closed under the reader: there is nothing more to hear.
        }
    }
}
