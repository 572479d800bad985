package io.github.dmabuf4j.cli;

import io.github.dmabuf4j.buffer.AccessMode;
import io.github.dmabuf4j.buffer.CpuAccess;
import io.github.dmabuf4j.buffer.DmaBuf;
import io.github.dmabuf4j.buffer.DmaHeap;
import io.github.dmabuf4j.buffer.Fourcc;
import io.github.dmabuf4j.buffer.ImageLayout;
import io.github.dmabuf4j.cli.present.Screen;
import io.github.dmabuf4j.cli.report.Json;
import io.github.dmabuf4j.cli.report.ResultTable;
import io.github.dmabuf4j.cli.video.StreamFormat;
import io.github.dmabuf4j.cli.video.VideoFormat;
import io.github.dmabuf4j.cli.video.VideoInput;
import io.github.dmabuf4j.cli.video.VideoSource;
import io.github.dmabuf4j.domain.Frame;
import io.github.dmabuf4j.domain.QueueConsumer;
import io.github.dmabuf4j.linux.dmabuf.Heaps;
import io.github.dmabuf4j.local.LocalBackend;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "present",
        description = "Shows the video of a sender, or of a file, on a display of the kernel (KMS).",
        footer = {
            "",
            "Buffers that the display takes in are shown without a copy: those of a sender with",
            "--heap udmabuf or dma-heap, in a format and size that the display has. All others are",
            "copied into buffers of the display, and the result says how many bytes and why. One",
            "program at a time shows pictures on a card: end the desktop first. Ctrl-C ends it."
        },
        mixinStandardHelpOptions = true)
final class PresentCommand implements Callable<Integer> {
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final int BUFFERS = 3;

    @Parameters(index = "0", paramLabel = "NODE", description = "The card, such as /dev/dri/card0.")
    private Path node;

    @Parameters(index = "1", arity = "0..1", paramLabel = "SOCKET", description = "Where a sender listens.")
    private @Nullable Path socket;

    @Option(
            names = "--input",
            paramLabel = "FILE",
            description = "Show a file instead: .y4m, any other video or picture through ffmpeg, or - for y4m on"
                    + " standard input. Default without SOCKET: the built-in moving test picture.")
    private @Nullable String input;

    @Option(
            names = "--connector",
            paramLabel = "NAME",
            description = "Where the display is plugged in, such as HDMI-A-1. Default: the first with a display.")
    private @Nullable String connector;

    @Option(
            names = "--mode",
            paramLabel = "WxH[@HZ]",
            description = "The mode of the display. Default: that of the video's size, or the one it likes best.")
    private @Nullable String mode;

    @Option(names = "--frames", paramLabel = "N", description = "Stop after N frames.")
    private @Nullable Long frames;

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    private long started;
    private long ended;

    @SuppressWarnings("NullAway.Init") // the parser sets the fields
    PresentCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        check();
        try (Interruption interruption = new Interruption(() -> {})) {
            if (socket != null) {
                stream(socket, interruption);
            } else {
                file(interruption);
            }
        }
        return 0;
    }

    private void check() {
        if (socket != null && input != null) {
            throw new ParameterException(spec.commandLine(), "a SOCKET or --input, not both");
        }
        if (node.toString().isEmpty() || (socket != null && socket.toString().isEmpty())) {
            throw new ParameterException(spec.commandLine(), "NODE and SOCKET are paths, not nothing");
        }
        if (frames != null && frames < 1) {
            throw new ParameterException(spec.commandLine(), "--frames must be at least 1, not " + frames);
        }
        if (mode != null && !mode.matches("[1-9][0-9]{0,4}x[1-9][0-9]{0,4}(@[1-9][0-9]{0,2})?")) {
            throw new ParameterException(
                    spec.commandLine(), "--mode is like 1920x1080 or 1920x1080@60, not \"" + mode + "\"");
        }
    }

    private boolean isOver(Screen screen, Interruption interruption) {
        return interruption.requested() || (frames != null && screen.shown() >= frames);
    }

    private void stream(Path sender, Interruption interruption) throws IOException, InterruptedException {
        try (QueueConsumer queue = QueueConsumer.open(new LocalBackend().connect(sender), "dmabuf4j present");
                Screen screen = new Screen(node, connector, mode, queue.layout())) {
            announce(title(queue.layout()) + " from " + queue.peer(), screen);
            Frame onScreen = null;
            while (!isOver(screen, interruption)) {
                Frame frame = queue.acquire(LOOK);
                if (frame == null) {
                    if (queue.isEndOfStream()) {
                        break;
                    }
                    continue;
                }
                if (frame.error() != null) {
                    throw new IOException("frame " + frame.number() + " was not filled: " + frame.error());
                }
                boolean itself = screen.show(frame.buffer(), frame.raw());
                count(screen);
                if (onScreen != null) {
                    queue.release(onScreen);
                }
                onScreen = itself ? frame : null;
                if (!itself) {
                    queue.release(frame);
                }
            }
            screen.dark();
            if (onScreen != null) {
                queue.release(onScreen);
            }
            report(screen, title(queue.layout()));
        }
    }

    private void file(Interruption interruption) throws IOException, InterruptedException {
        try (VideoSource source = VideoInput.open(input, frames == null ? -1 : frames);
                Screen screen = new Screen(node, connector, mode, StreamFormat.layout(source.format()));
                DmaHeap heap = Heaps.best()) {
            VideoFormat format = source.format();
            announce(source.name() + ", " + format.title(), screen);
            List<DmaBuf> buffers = new ArrayList<>();
            try {
                for (int i = 0; i < BUFFERS; i++) {
                    buffers.add(heap.allocate(format.frameSize()));
                }
                while (!isOver(screen, interruption)) {
                    DmaBuf next = buffers.get((int) (screen.shown() % BUFFERS));
                    boolean more;
                    try (CpuAccess access = next.beginCpuAccess(AccessMode.WRITE)) {
                        more = source.read(access.segment());
                    }
                    if (!more) {
                        break;
                    }
                    awaitTurn(format.presentationNanos(screen.shown()));
                    screen.show(next);
                    count(screen);
                }
            } finally {
                screen.dark();
                buffers.forEach(DmaBuf::close);
            }
            report(screen, format.title());
        }
    }

    /** The video's own pace, counted from its first picture. */
    private void awaitTurn(long dueNanos) throws InterruptedException {
        if (started != 0) {
            TimeUnit.NANOSECONDS.sleep(started + dueNanos - System.nanoTime());
        }
    }

    private void count(Screen screen) {
        ended = System.nanoTime();
        if (screen.shown() == 1) {
            started = ended;
        }
    }

    private static String title(ImageLayout layout) {
        return layout.width() + "x" + layout.height() + " " + Fourcc.name(layout.fourcc());
    }

    private static void announce(String what, Screen screen) {
        System.err.println("dmabuf4j: showing " + what + " on " + screen.title());
    }

    private void report(Screen screen, String format) {
        double seconds = (ended - started) / 1e9;
        double rate = screen.shown() > 1 && seconds > 0 ? (screen.shown() - 1) / seconds : 0;
        if (json) {
            System.out.println(new Json()
                    .put("frames", screen.shown())
                    .put("format", format)
                    .put("display", screen.title())
                    .put("framesPerSecond", rate)
                    .put("shownWithoutCopy", screen.shownAsTheyAre())
                    .put("bytesCopied", screen.bytesCopied())
                    .put("converted", screen.converted())
                    .put("why", screen.why()));
            return;
        }
        ResultTable table = new ResultTable()
                .row("frames", Long.toString(screen.shown()))
                .row("format", format)
                .row("display", screen.title())
                .row("frames/s", String.format("%.1f", rate))
                .row("without a copy", Long.toString(screen.shownAsTheyAre()))
                .row("bytes copied", Long.toString(screen.bytesCopied()));
        if (!screen.why().isEmpty()) {
            table.row(screen.converted() ? "converted" : "copied", screen.why());
        }
        System.out.print(table);
    }
}
