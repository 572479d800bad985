package io.github.dmabuf4j.cli.demo;

import io.github.dmabuf4j.buffer.ImageLayout;
import io.github.dmabuf4j.cli.report.LatencyHistogram;
import io.github.dmabuf4j.cli.stream.FrameReceiver;
import io.github.dmabuf4j.cli.video.ContactSheet;
import io.github.dmabuf4j.cli.video.VideoException;
import io.github.dmabuf4j.local.LocalBackend;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** What a consumer of the demonstration does with its frames. Runs in a process of its own, on one thread. */
public final class ConsumerTask {
    /** What is done with a frame. */
    public enum Role {
        /** Its CRC32C is taken. */
        CRC32C,
        /** Its SHA-256 is taken. */
        SHA256,
        /** It may appear on the contact sheet. */
        SHEET
    }

    /** How the frames come. */
    public enum Way {
        /** In shared memory. */
        SHARED,
        /** Through a Unix socket. */
        COPIED
    }

    private final Role role;
    private final long warmUpFrames;
    private final long expectedFrames;
    private final @Nullable Path sheetFile;
    private final LatencyHistogram latency = new LatencyHistogram();
    private final List<String> hashes = new ArrayList<>();
    private @Nullable ContactSheet sheet;
    private @Nullable ContactSheet scratch;
    private long warmed;
    private long frames;
    private long asked = Long.MIN_VALUE;
    private long cpuBefore;

    /**
     * Makes a task.
     *
     * @param role what to do
     * @param warmUpFrames how many frames come before those that count; they are worked on and forgotten
     * @param expectedFrames how many frames count; 0 if nobody knows
     * @param sheetFile where the contact sheet goes; null for nowhere
     */
    public ConsumerTask(Role role, long warmUpFrames, long expectedFrames, @Nullable Path sheetFile) {
        this.role = role;
        this.warmUpFrames = warmUpFrames;
        this.expectedFrames = expectedFrames;
        this.sheetFile = sheetFile;
    }

    /**
     * Runs the task until the stream is over.
     *
     * @param way how the frames come
     * @param socket where the producer listens
     * @return the report, as lines
     * @throws IOException if the producer dies, or the sheet cannot be written
     * @throws InterruptedException if the thread is interrupted
     */
    public String run(Way way, Path socket) throws IOException, InterruptedException {
        long copied = 0;
        if (way == Way.SHARED) {
            try (FrameReceiver receiver = new FrameReceiver(new LocalBackend().connect(socket), "demo " + role)) {
                ImageLayout layout = receiver.layout();
                prepare(frames -> sheetOf(receiver, frames));
                receiver.receive((picture, parameters, time) -> frame(picture.asSlice(0, layout.size()), time));
            }
        } else {
            try (SocketCopy.Receiver receiver = new SocketCopy.Receiver(socket)) {
                prepare(frames -> new ContactSheet(receiver.format(), frames));
                receiver.receive(this::frame);
                copied = frames * receiver.messageBytes();
            }
        }
        long cpu = cpuMillis() - cpuBefore;
        if (sheet != null && sheetFile != null && sheet.pictures() > 0) {
            writeSheet(sheet, sheetFile);
        }
        return ConsumerReport.of(frames, hashes, latency, cpu, copied).lines();
    }

    /** Everything that is needed before the first frame, so that its cost is not the stream's. */
    private void prepare(LongFunction<@Nullable ContactSheet> sheets) {
        if (role == Role.SHEET) {
            scratch = warmUpFrames > 0 ? sheets.apply(warmUpFrames) : null;
            sheet = expectedFrames > 0 ? sheets.apply(expectedFrames) : null;
        }
        cpuBefore = cpuMillis();
    }

    /** What y4m can carry is drawn finely, what else a camera may give as well as this command can; null if it cannot. */
    private static @Nullable ContactSheet sheetOf(FrameReceiver receiver, long frames) {
        try {
            return new ContactSheet(receiver.format(), frames);
        } catch (VideoException otherwise) {
            return ContactSheet.of(receiver.layout(), frames).orElse(null);
        }
    }

    private void frame(MemorySegment picture, long handedOver) {
        long now = System.nanoTime();
        if (warmed < warmUpFrames) {
            work(picture, warmed, scratch);
            if (++warmed == warmUpFrames) {
                hashes.clear();
                cpuBefore = cpuMillis();
            }
            asked = System.nanoTime();
            return;
        }
        // A frame that had to wait until this consumer was ready for it was not slow to arrive.
        latency.record(now - Math.max(handedOver, asked));
        work(picture, frames++, sheet);
        asked = System.nanoTime();
    }

    private void work(MemorySegment picture, long number, @Nullable ContactSheet drawing) {
        switch (role) {
            case CRC32C -> hashes.add(FrameHash.crc32c(picture));
            case SHA256 -> hashes.add(FrameHash.sha256(picture));
            case SHEET -> {
                if (drawing != null) {
                    drawing.offer(number, picture);
                }
            }
        }
    }

    /** It appears when it is complete. */
    private static void writeSheet(ContactSheet sheet, Path file) throws IOException {
        Path part = file.resolveSibling(
                "." + file.getFileName() + "." + ProcessHandle.current().pid() + ".part");
        try {
            try (OutputStream out = Files.newOutputStream(part)) {
                sheet.writePng(out);
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    static long cpuMillis() {
        return ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .map(Duration::toMillis)
                .orElse(0L);
    }
}
