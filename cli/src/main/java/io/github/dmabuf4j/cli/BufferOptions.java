package io.github.dmabuf4j.cli;

import io.github.dmabuf4j.cli.camera.CameraSender;
import io.github.dmabuf4j.linux.dmabuf.Heaps;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** How many frames, in how many buffers of which memory; the same for all commands that send. */
final class BufferOptions {
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
            description =
                    "Where buffers come from: memfd (works everywhere), udmabuf, dma-heap, dma-heap:NAME for another heap"
                            + " of the kernel, or best; for cameras also device, the driver's own memory. Default: memfd;"
                            + " for cameras device.")
    private @Nullable String heap;

    @SuppressWarnings("NullAway.Init") // the parser sets the fields
    BufferOptions() {}

    void check(picocli.CommandLine command, boolean camera) {
        if (frames != null && frames < 1) {
            throw new ParameterException(command, "--frames must be at least 1, not " + frames);
        }
        if (heap != null && camera && heap.equals(Heaps.MEMFD)) {
            throw new ParameterException(
                    command,
                    "a camera cannot capture into memfd: --heap is device, udmabuf, dma-heap or dma-heap:NAME");
        }
        if (heap != null && !Heaps.isName(heap) && !heap.equals(CameraSender.DEVICE_MEMORY)) {
            throw new ParameterException(
                    command, "--heap is memfd, udmabuf, dma-heap, dma-heap:NAME, best or device, not " + heap);
        }
        if (heap != null && !camera && heap.equals(CameraSender.DEVICE_MEMORY)) {
            throw new ParameterException(command, "--heap device is the memory of a camera, and the input is none");
        }
        if (buffers < 2 || buffers > 64) {
            throw new ParameterException(command, "--buffers must be 2 to 64, not " + buffers);
        }
    }

    String heap(boolean camera) {
        if (heap == null) {
            return camera ? CameraSender.DEVICE_MEMORY : Heaps.MEMFD;
        }
        return heap;
    }
}
