package io.github.dmabuf4j.cli.video;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What {@code --input} means. */
public final class VideoInput {
    private VideoInput() {}

    /**
     * Opens a video.
     *
     * @param input a path, {@code -} for a y4m stream on standard input, or null for the built-in test picture
     * @param frames after how many frames the test picture ends; -1 for never
     * @return the source; the caller closes it
     * @throws VideoException if there is no such video, or it cannot be decoded; one sentence
     * @throws IOException if it cannot be read
     */
    public static VideoSource open(@Nullable String input, long frames) throws IOException {
        if (input == null) {
            return new TestPicture(frames);
        }
        if (input.equals("-")) {
            return Y4mReader.standardInput();
        }
        Path file;
        try {
            file = Path.of(input);
        } catch (InvalidPathException unsound) {
            throw new VideoException("this is no path: " + Y4mHeader.quote(input), unsound);
        }
        return input.toLowerCase(Locale.ROOT).endsWith(".y4m") ? Y4mReader.open(file) : new FfmpegSource(file);
    }
}
