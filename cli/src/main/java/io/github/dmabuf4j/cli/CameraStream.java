package io.github.dmabuf4j.cli;

import io.github.dmabuf4j.cli.camera.Camera;
import io.github.dmabuf4j.cli.camera.CameraRequest;
import io.github.dmabuf4j.cli.camera.CameraSender;
import io.github.dmabuf4j.cli.report.Json;
import io.github.dmabuf4j.cli.report.ProgressBar;
import io.github.dmabuf4j.cli.report.ResultTable;
import io.github.dmabuf4j.cli.stream.FrameSender.Clock;
import io.github.dmabuf4j.domain.QueueEvent;
import io.github.dmabuf4j.local.LocalBackend;
import io.github.dmabuf4j.local.LocalListener;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A camera that is sent to whoever attaches to a socket: what {@code capture} does, and {@code send} when its input is a camera.
 *
 * @param request what is wanted of the camera
 * @param options how many frames, in which memory
 * @param socket where receivers attach
 * @param patience how long a receiver may hold up the others
 * @param json whether the result is JSON
 */
record CameraStream(CameraRequest request, BufferOptions options, Path socket, Duration patience, boolean json) {
    /** Sends until there are enough frames, or the command is interrupted. */
    int run() throws IOException, InterruptedException {
        long frames = options.frames == null ? -1 : options.frames;
        LocalBackend backend = new LocalBackend();
        AtomicInteger receivers = new AtomicInteger();
        try (Camera camera = Camera.open(request);
                LocalListener listener = backend.listen(socket);
                // Closed behind everything that the sender holds.
                Interruption interruption = new Interruption(listener::close);
                CameraSender sender = new CameraSender(
                        camera, options.buffers, options.heap(true), patience, backend, listener, event -> {
                            if (event.kind() == QueueEvent.Kind.JOINED) {
                                receivers.incrementAndGet();
                            }
                            System.err.println("dmabuf4j: " + event.sentence());
                        })) {
            System.err.println("dmabuf4j: capturing " + camera.name() + ", " + camera.title()
                    + ", for whoever attaches to " + socket);
            long[] started = {0};
            long[] done = {0};
            try (ProgressBar bar = ProgressBar.onStandardError("capturing", frames, "frames")) {
                sender.play(frames, Clock.VIDEO, () -> !interruption.requested(), _ -> {
                    if (++done[0] == 1) {
                        started[0] = System.nanoTime();
                    }
                    bar.update(done[0]);
                });
            }
            double seconds = done[0] > 1 ? (System.nanoTime() - started[0]) / 1e9 : 0;
            sender.finish(() -> !interruption.requested());
            report(camera, sender, done[0], seconds, receivers.get());
            return 0;
        }
    }

    private void report(Camera camera, CameraSender sender, long sent, double seconds, int receivers) {
        double rate = seconds > 0 ? (sent - 1) / seconds : 0;
        String memory = options.heap(true);
        if (json) {
            System.out.println(new Json()
                    .put("camera", camera.name())
                    .put("frames", sent)
                    .put("format", camera.title())
                    .put("layout", camera.layout().toString())
                    .put("seconds", seconds)
                    .put("framesPerSecond", rate)
                    .put("missed", sender.missed())
                    .put("damaged", sender.damaged())
                    .put("receivers", receivers)
                    .put("buffers", sender.buffers())
                    .put("memory", memory)
                    .put("bytesCopied", 0));
        } else {
            System.out.print(new ResultTable()
                    .row("frames", Long.toString(sent))
                    .row("format", camera.title())
                    .row("frames/s", String.format("%.1f", rate))
                    .row("missed by the camera", Long.toString(sender.missed()))
                    .row("damaged", Long.toString(sender.damaged()))
                    .row("receivers", Integer.toString(receivers))
                    .row("buffers", sender.buffers() + " of " + memory)
                    .row("bytes copied", "0"));
        }
    }
}
