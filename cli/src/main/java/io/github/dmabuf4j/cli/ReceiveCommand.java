package io.github.dmabuf4j.cli;

import io.github.dmabuf4j.cli.report.Json;
import io.github.dmabuf4j.cli.report.ProgressBar;
import io.github.dmabuf4j.cli.report.ResultTable;
import io.github.dmabuf4j.cli.stream.FrameReceiver;
import io.github.dmabuf4j.cli.video.RawWriter;
import io.github.dmabuf4j.cli.video.VideoFormat;
import io.github.dmabuf4j.cli.video.Y4mWriter;
import io.github.dmabuf4j.local.LocalBackend;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "receive",
        description = "Receives the video frames of a sender, in the sender's own memory.",
        footer = {
            "",
            "The result goes to standard output, or to standard error when the video goes there. An",
            "output file appears under its name when the stream is complete, and not before."
        },
        mixinStandardHelpOptions = true)
final class ReceiveCommand implements Callable<Integer> {
    @Parameters(paramLabel = "SOCKET", description = "Where the sender listens.")
    private Path socket;

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = "Write the video as y4m; - for standard output. Default: the frames are only counted.")
    private @Nullable String output;

    @Option(
            names = "--raw",
            description =
                    "Write the bare pictures, row by row without padding, as the stream has them; for formats that"
                            + " y4m cannot carry.")
    private boolean raw;

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // the parser sets the fields
    ReceiveCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (socket.toString().isEmpty()) {
            throw new ParameterException(spec.commandLine(), "the path of the sender's socket is missing");
        }
        if (raw && output == null) {
            throw new ParameterException(spec.commandLine(), "--raw says how to write: name a file with --output");
        }
        try (FrameReceiver receiver = new FrameReceiver(new LocalBackend().connect(socket), "dmabuf4j receive")) {
            VideoFormat format = output != null && !raw ? receiver.format() : null; // complains before the file appears
            System.err.println("dmabuf4j: receiving " + receiver.title() + " from " + receiver.sender());
            long[] count = {0};
            long[] started = {0};
            try (ProgressBar bar = ProgressBar.onStandardError("receiving", -1, "frames");
                    OutputFile file = output == null ? null : OutputFile.open(output)) {
                Y4mWriter writer = file == null || format == null ? null : new Y4mWriter(file.channel(), format);
                RawWriter bare =
                        file == null || format != null ? null : new RawWriter(file.channel(), receiver.layout());
                receiver.receive((picture, parameters, time) -> {
                    if (count[0]++ == 0) {
                        started[0] = System.nanoTime();
                    }
                    if (writer != null) {
                        writer.write(picture, parameters);
                    } else if (bare != null) {
                        bare.write(picture);
                    }
                    bar.update(count[0]);
                });
                if (writer != null) {
                    writer.close();
                }
                if (file != null) {
                    file.complete();
                }
            }
            double seconds = count[0] > 1 ? (System.nanoTime() - started[0]) / 1e9 : 0;
            report("-".equals(output) ? System.err : System.out, receiver, count[0], seconds);
            return 0;
        }
    }

    private void report(PrintStream out, FrameReceiver receiver, long frames, double seconds) {
        double rate = seconds > 0 ? frames / seconds : 0;
        double gigabytes = rate * receiver.layout().size() / 1e9;
        if (json) {
            out.println(new Json()
                    .put("frames", frames)
                    .put("format", receiver.title())
                    .put("seconds", seconds)
                    .put("framesPerSecond", rate)
                    .put("gigabytesPerSecond", gigabytes)
                    .put("buffers", receiver.buffers()));
        } else {
            out.print(new ResultTable()
                    .row("frames", Long.toString(frames))
                    .row("format", receiver.title())
                    .row("frames/s", String.format("%.1f", rate))
                    .row("GB/s", String.format("%.2f", gigabytes))
                    .row("buffers", Integer.toString(receiver.buffers())));
        }
    }
}
