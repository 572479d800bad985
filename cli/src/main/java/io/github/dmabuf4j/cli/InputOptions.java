package io.github.dmabuf4j.cli;

import io.github.dmabuf4j.cli.camera.CameraRequest;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Which frames, into how many buffers; the same for all commands that send what they are given. */
final class InputOptions {
    @Option(
            names = "--input",
            paramLabel = "FILE",
            description = "A .y4m file; any other video or picture, through ffmpeg; - for y4m on standard input; or a"
                    + " camera, /dev/videoN. Default: the built-in moving test picture, 1920x1080.")
    @Nullable String input;

    @Mixin
    private BufferOptions buffers;

    @Mixin
    private CameraOptions camera;

    @SuppressWarnings("NullAway.Init") // the parser sets the fields
    InputOptions() {}

    /** Complains about what cannot be meant. */
    void check(CommandLine command) {
        buffers.check(command, isCamera());
        if (camera.given() && !isCamera()) {
            throw new ParameterException(command, "--size, --format and --rate are for cameras, and the input is none");
        }
    }

    boolean isCamera() {
        return CameraRequest.isCamera(input);
    }

    /** What is wanted of the camera that the input is. */
    CameraRequest camera(CommandLine command) {
        if (input == null) {
            throw new IllegalStateException("the input is no camera");
        }
        return camera.request(input, command);
    }

    @Nullable Long frames() {
        return buffers.frames;
    }

    int buffers() {
        return buffers.buffers;
    }

    BufferOptions bufferOptions() {
        return buffers;
    }

    String heap() {
        return buffers.heap(isCamera());
    }
}
