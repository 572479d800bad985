package io.github.dmabuf4j.cli;

import io.github.dmabuf4j.linux.dmabuf.Heaps;
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

    @Option(
            names = "--heap",
            paramLabel = "HEAP",
            defaultValue = Heaps.MEMFD,
            description =
                    "Where buffers come from: memfd (works everywhere), udmabuf, dma-heap, dma-heap:NAME for another heap"
                            + " of the kernel, or best. Default: ${DEFAULT-VALUE}.")
    String heap;

    @SuppressWarnings("NullAway.Init") // the parser sets the fields
    InputOptions() {}

    void check(picocli.CommandLine command) {
        if (frames != null && frames < 1) {
            throw new ParameterException(command, "--frames must be at least 1, not " + frames);
        }
        if (!Heaps.isName(heap)) {
            throw new ParameterException(
                    command, "--heap is memfd, udmabuf, dma-heap, dma-heap:NAME or best, not " + heap);
        }
        if (buffers < 2 || buffers > 64) {
            throw new ParameterException(command, "--buffers must be 2 to 64, not " + buffers);
        }
    }
}
