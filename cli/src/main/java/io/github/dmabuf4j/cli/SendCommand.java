package io.github.dmabuf4j.cli;

import io.github.dmabuf4j.buffer.DmaHeap;
import io.github.dmabuf4j.cli.report.Json;
import io.github.dmabuf4j.cli.report.ProgressBar;
import io.github.dmabuf4j.cli.report.ResultTable;
import io.github.dmabuf4j.cli.stream.FrameSender;
import io.github.dmabuf4j.cli.video.VideoInput;
import io.github.dmabuf4j.cli.video.VideoSource;
import io.github.dmabuf4j.domain.QueueEvent;
import io.github.dmabuf4j.linux.dmabuf.Heaps;
import io.github.dmabuf4j.local.LocalBackend;
import io.github.dmabuf4j.local.LocalListener;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "send",
        description = "Sends video frames to every receiver that attaches to a socket.",
        footer = {
            "",
            "Waits for the first receiver, and stands still while none is attached. Receivers come and",
            "go; each gets the frames from the next one on. The slowest sets the pace, until its",
            "patience is over: then it is dropped, and the others go on. Ctrl-C ends the stream, and",
            "what receivers write is complete."
        },
        mixinStandardHelpOptions = true)
final class SendCommand implements Callable<Integer> {
    @Mixin
    private InputOptions input;

    @Option(names = "--listen", required = true, paramLabel = "SOCKET", description = "Where receivers attach.")
    private Path socket;

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
    SendCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        input.check(spec.commandLine());
        if (socket.toString().isEmpty()) {
            throw new ParameterException(spec.commandLine(), "--listen needs the path of a socket");
        }
        if (input.isCamera()) {
            return new CameraStream(input.camera(spec.commandLine()), input.bufferOptions(), socket, patience, json)
                    .run();
        }
        Long limit = input.frames();
        long frames = limit == null ? -1 : limit;
        LocalBackend backend = new LocalBackend();
        AtomicInteger receivers = new AtomicInteger();
        try (VideoSource source = VideoInput.open(input.input, frames);
                DmaHeap heap = Heaps.open(input.heap());
                LocalListener listener = backend.listen(socket);
                // Closed behind everything that the sender holds.
                Interruption interruption = new Interruption(listener::close);
                FrameSender sender =
                        new FrameSender(source.format(), input.buffers(), patience, heap, backend, listener, event -> {
                            if (event.kind() == QueueEvent.Kind.JOINED) {
                                receivers.incrementAndGet();
                            }
                            System.err.println("dmabuf4j: " + event.sentence());
                        })) {
            System.err.println("dmabuf4j: sending " + source.name() + ", "
                    + source.format().title() + ", to whoever attaches to " + socket);
            long total = frames > 0 ? frames : source.expectedFrames();
            long[] started = {0};
            long sent;
            try (ProgressBar bar = ProgressBar.onStandardError("sending", total, "frames")) {
                sent = sender.send(source, frames, FrameSender.Clock.VIDEO, () -> !interruption.requested(), done -> {
                    if (done == 1) {
                        started[0] = System.nanoTime();
                    }
                    bar.update(done);
                });
            }
            double seconds = sent > 1 ? (System.nanoTime() - started[0]) / 1e9 : 0;
            report(source, sent, seconds, receivers.get());
            return 0;
        }
    }

    private void report(VideoSource source, long sent, double seconds, int receivers) {
        double rate = seconds > 0 ? sent / seconds : 0;
        double gigabytes = rate * source.format().frameSize() / 1e9;
        if (json) {
            System.out.println(new Json()
                    .put("frames", sent)
                    .put("format", source.format().title())
                    .put("seconds", seconds)
                    .put("framesPerSecond", rate)
                    .put("gigabytesPerSecond", gigabytes)
                    .put("receivers", receivers)
                    .put("bytesCopied", 0));
        } else {
            System.out.print(new ResultTable()
                    .row("frames", Long.toString(sent))
                    .row("format", source.format().title())
                    .row("frames/s", String.format("%.1f", rate))
                    .row("GB/s", String.format("%.2f", gigabytes))
                    .row("receivers", Integer.toString(receivers))
                    .row("bytes copied", "0"));
        }
    }
}
