package io.github.dmabuf4j.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Which frames, into how many buffers; the same for all commands that send. */
final class InputOptions {
    @Option(
            names = "--input",
            paramLabel = "FILE",
            description = "A .y4m file; any other video or picture, through ffmpeg; - for y4m on standard input."
                    + " Default: the built-in moving test picture, 1920x1080.")
    @Nullable String input;

    @Option(names = "--frames", paramLabel = "N", description = "Stop after N frames.")
    @Nullable Long frames;

    @Option(
            names = "--buffers",
            paramLabel = "N",
            defaultValue = "4",
            description = "How many buffers circulate, 2 to 64. Default: ${DEFAULT-VALUE}.")
    int buffers;

    InputOptions() {}

    void check(picocli.CommandLine command) {
        if (frames != null && frames < 1) {
            throw new ParameterException(command, "--frames must be at least 1, not " + frames);
        }
        if (buffers < 2 || buffers > 64) {
            throw new ParameterException(command, "--buffers must be 2 to 64, not " + buffers);
        }
    }
}
