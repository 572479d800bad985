package io.github.dmabuf4j.cli;

import io.github.dmabuf4j.cli.report.Json;
import io.github.dmabuf4j.linux.v4l2.Direction;
import io.github.dmabuf4j.linux.v4l2.FormatInfo;
import io.github.dmabuf4j.linux.v4l2.FrameInterval;
import io.github.dmabuf4j.linux.v4l2.FrameSize;
import io.github.dmabuf4j.linux.v4l2.VideoDevice;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "capture",
        description = "Sends what a camera captures to every receiver that attaches to a socket, without a copy.",
        footer = {
            "",
            "The camera captures into the buffers that the receivers map: its driver's own, or those of a",
            "heap. It begins when the first receiver attaches; pictures that it takes while nobody is",
            "attached are lost, and so are those for which it has no free buffer. When it is unplugged,",
            "the stream breaks off and the exit code is 1. Formats that y4m cannot carry, such as YUYV,",
            "are written by the receiver's --raw."
        },
        mixinStandardHelpOptions = true)
final class CaptureCommand implements Callable<Integer> {
    @Parameters(paramLabel = "DEVICE", description = "The camera, such as /dev/video0.")
    private String device;

    @Option(names = "--listen", paramLabel = "SOCKET", description = "Where receivers attach.")
    private @Nullable Path socket;

    @Option(names = "--list", description = "Only list the formats, sizes and rates of the camera.")
    private boolean list;

    @Mixin
    private CameraOptions camera;

    @Mixin
    private BufferOptions buffers;

    @Option(
            names = "--patience",
            paramLabel = "TIME",
            defaultValue = "2s",
            converter = DurationConverter.class,
            description = "How long a receiver may hold up the others. Default: ${DEFAULT-VALUE}.")
    private Duration patience;

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // the parser sets the fields
    CaptureCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        buffers.check(spec.commandLine(), true);
        var request = camera.request(device, spec.commandLine());
        if (list) {
            try (VideoDevice opened = VideoDevice.open(request.device())) {
                System.out.print(json ? listJson(opened) + "\n" : listText(opened));
            }
            return 0;
        }
        if (socket == null || socket.toString().isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), "--listen SOCKET is missing, or --list to see what the camera can do");
        }
        return new CameraStream(request, buffers, socket, patience, json).run();
    }

    private static String listText(VideoDevice camera) throws IOException {
        StringBuilder text = new StringBuilder(camera + " " + camera.identity().card() + ", driver "
                + camera.identity().driver() + ", set to " + camera.format() + "\n");
        for (FormatInfo format : camera.formats(Direction.CAPTURE)) {
            text.append(format.letters())
                    .append("  ")
                    .append(format.description())
                    .append(format.compressed() ? ", compressed: cannot be shared as pictures" : "")
                    .append('\n');
            for (FrameSize size : camera.frameSizes(format.letters())) {
                text.append("      ")
                        .append(size)
                        .append("  ")
                        .append(rates(camera, format, size))
                        .append('\n');
            }
        }
        return text.toString();
    }

    private static Json listJson(VideoDevice camera) throws IOException {
        List<Json> formats = new ArrayList<>();
        for (FormatInfo format : camera.formats(Direction.CAPTURE)) {
            List<Json> sizes = new ArrayList<>();
            for (FrameSize size : camera.frameSizes(format.letters())) {
                sizes.add(new Json().put("size", size.toString()).put("rates", rates(camera, format, size)));
            }
            formats.add(new Json()
                    .put("format", format.letters())
                    .put("description", format.description())
                    .put("compressed", format.compressed())
                    .put("sizes", sizes));
        }
        return new Json()
                .put("device", camera.toString())
                .put("card", camera.identity().card())
                .put("driver", camera.identity().driver())
                .put("formats", formats);
    }

    private static String rates(VideoDevice camera, FormatInfo format, FrameSize size) throws IOException {
        return camera.frameIntervals(format.letters(), size.maxWidth(), size.maxHeight()).stream()
                .map(FrameInterval::toString)
                .collect(Collectors.joining(" "));
    }
}
