package io.github.dmabuf4j.cli.demo;

import io.github.dmabuf4j.buffer.AccessMode;
import io.github.dmabuf4j.buffer.CpuAccess;
import io.github.dmabuf4j.cli.camera.Camera;
import io.github.dmabuf4j.cli.camera.CameraSender;
import io.github.dmabuf4j.cli.report.Json;
import io.github.dmabuf4j.cli.report.ProgressBar;
import io.github.dmabuf4j.cli.report.ResultTable;
import io.github.dmabuf4j.cli.stream.FrameSender.Clock;
import io.github.dmabuf4j.domain.ProducerSlot;
import io.github.dmabuf4j.local.LocalBackend;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The demonstration with a camera: what it captures is seen by two other processes in the very memory that it captured into.
 *
 * <p>Nobody can capture the same picture again, so there is no independent reading of the input: this process maps the buffers,
 * too, and takes the hashes before it hands a picture over.
 */
public final class CameraDemo implements AutoCloseable {
    private static final long WARM_UP_FRAMES = 30;

    private final Camera camera;
    private final long frames;
    private final int buffers;
    private final String heapName;
    private final Consumers consumers = new Consumers();

    /**
     * Prepares the demonstration.
     *
     * @param camera the camera; stays the caller's
     * @param frames how many frames
     * @param buffers how many buffers circulate
     * @param heapName where they come from
     */
    public CameraDemo(Camera camera, long frames, int buffers, String heapName) {
        this.camera = camera;
        this.frames = frames;
        this.buffers = buffers;
        this.heapName = heapName;
        Runtime.getRuntime().addShutdownHook(new Thread(this::close, "dmabuf4j goodbye"));
    }

    /**
     * Runs both passes.
     *
     * @param sheet where the contact sheet goes
     * @return what came of it
     * @throws IOException if a process dies, or the camera fails
     * @throws InterruptedException if the thread is interrupted
     */
    public Result run(Path sheet) throws IOException, InterruptedException {
        Pass shared = share("sharing", false, sheet, ConsumerTask.Role.CRC32C, ConsumerTask.Role.SHEET);
        Pass verified = share("verifying", true, null, ConsumerTask.Role.SHA256);
        return new Result(camera.name(), camera.title(), frames, heapName, shared, verified);
    }

    /**
     * One run.
     *
     * @param seconds from the first picture to the last release
     * @param cpuMillis processor time of this process meanwhile
     * @param buffers how many circulated
     * @param missed pictures for which the camera had no buffer
     * @param damaged pictures that went to nobody
     * @param hashes what the producer saw
     * @param reports what the consumers saw
     */
    record Pass(
            double seconds,
            long cpuMillis,
            int buffers,
            long missed,
            long damaged,
            List<String> hashes,
            List<ConsumerReport> reports) {
        long equal() {
            List<String> seen = reports.getFirst().hashes();
            long equal = 0;
            for (int i = 0; i < Math.min(hashes.size(), seen.size()); i++) {
                if (hashes.get(i).equals(seen.get(i))) {
                    equal++;
                }
            }
            return equal;
        }
    }

    private Pass share(String title, boolean sha256, @Nullable Path sheet, ConsumerTask.Role... roles)
            throws IOException, InterruptedException {
        Path socket = consumers.makeSocketPath();
        LocalBackend backend = new LocalBackend();
        try (CameraSender sender = new CameraSender(
                camera, buffers, heapName, Consumers.PATIENCE, backend, backend.listen(socket), consumers::happened)) {
            long warmUp = Math.min(frames, WARM_UP_FRAMES);
            consumers.start(ConsumerTask.Way.SHARED, socket, warmUp, frames, sheet, roles);
            consumers.awaitAttached(roles.length, sender::awaitReceivers);
            sender.closeDoor(); // nobody else
            consumers.deleteFolder();
            sender.play(warmUp, Clock.HAND_OVER, consumers::checkAlive, _ -> {});
            List<String> hashes = new ArrayList<>();
            long cpu = ConsumerTask.cpuMillis();
            long begin = System.nanoTime();
            try (ProgressBar bar = ProgressBar.onStandardError(title, frames, "frames")) {
                sender.play(frames, Clock.HAND_OVER, consumers::checkAlive, slot -> {
                    hashes.add(hash(slot, sha256));
                    bar.update(hashes.size());
                });
            }
            sender.finish(consumers::checkAlive);
            double seconds = (System.nanoTime() - begin) / 1e9;
            return new Pass(
                    seconds,
                    ConsumerTask.cpuMillis() - cpu,
                    sender.buffers(),
                    sender.missed(),
                    sender.damaged(),
                    hashes,
                    consumers.reports());
        } finally {
            consumers.close();
        }
    }

    private String hash(ProducerSlot slot, boolean sha256) {
        try (CpuAccess access = slot.buffer().beginCpuAccess(AccessMode.READ)) {
            MemorySegment picture = access.segment().asSlice(0, camera.layout().size());
            return sha256 ? FrameHash.sha256(picture) : FrameHash.crc32c(picture);
        }
    }

    /** Ends the consumers and removes what is left. Idempotent. */
    @Override
    public void close() {
        consumers.close();
    }

    /**
     * What came of it.
     *
     * @param camera the camera
     * @param format what it captured
     * @param frames how many pictures there were in each pass
     * @param memory where the buffers came from
     * @param shared the pass with CRC32C and the contact sheet
     * @param verified the pass with SHA-256
     */
    public record Result(String camera, String format, long frames, String memory, Pass shared, Pass verified) {
        /**
         * Whether every picture arrived as it was captured.
         *
         * @return true if all hashes are equal
         */
        public boolean isRight() {
            return shared.equal() == frames && verified.equal() == frames;
        }

        /**
         * The table for people.
         *
         * @return lines
         */
        public String table() {
            ConsumerReport a = shared.reports().get(0);
            ConsumerReport b = shared.reports().get(1);
            return new ResultTable()
                    .row("frames/s, set by the camera", number("%.1f", frames / shared.seconds()))
                    .row("hand-over to A p50", micros(a.latencyP50()))
                    .row("hand-over to A p99", micros(a.latencyP99()))
                    .row("hand-over to B p50", micros(b.latencyP50()))
                    .row("hand-over to B p99", micros(b.latencyP99()))
                    .row("CPU seconds, 3 processes", number("%.2f", cpuSeconds()))
                    .row("bytes copied by us", "0")
                    .row("input", camera)
                    .row("frames", frames + " of " + format)
                    .row("missed, damaged", shared.missed() + ", " + shared.damaged())
                    .row("buffers used", shared.buffers() + " of " + memory)
                    .row("CRC32C equal to the producer's", shared.equal() + " of " + frames)
                    .row("SHA-256 equal to the producer's", verified.equal() + " of " + frames)
                    .row("the producer's are taken", "in its own mapping, before the hand-over")
                    .toString();
        }

        /**
         * The same as JSON.
         *
         * @return an object
         */
        public Json json() {
            return new Json()
                    .put("input", camera)
                    .put("frames", frames)
                    .put("format", format)
                    .put("memory", memory)
                    .put("buffers", shared.buffers())
                    .put("hashesOf", "the producer's own mapping, before the hand-over")
                    .put("crc32cEqual", shared.equal())
                    .put("sha256Equal", verified.equal())
                    .put("missed", shared.missed())
                    .put("damaged", shared.damaged())
                    .put("framesPerSecond", frames / shared.seconds())
                    .put("cpuSeconds", cpuSeconds())
                    .put("bytesCopied", 0)
                    .put(
                            "consumers",
                            shared.reports().stream()
                                    .map(report -> new Json()
                                            .put("frames", report.frames())
                                            .put("handOverP50Nanos", report.latencyP50())
                                            .put("handOverP99Nanos", report.latencyP99()))
                                    .toList());
        }

        private double cpuSeconds() {
            long millis = shared.cpuMillis();
            for (ConsumerReport report : shared.reports()) {
                millis += report.cpuMillis();
            }
            return millis / 1e3;
        }

        private static String number(String format, double value) {
            return String.format(Locale.ROOT, format, value);
        }

        private static String micros(long nanos) {
            return number("%.1f us", nanos / 1e3);
        }
    }
}
