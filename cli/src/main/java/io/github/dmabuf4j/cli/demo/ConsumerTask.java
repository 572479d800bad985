package io.github.dmabuf4j.cli.demo;

import io.github.dmabuf4j.cli.report.LatencyHistogram;
import io.github.dmabuf4j.cli.stream.FrameReceiver;
import io.github.dmabuf4j.cli.video.Chroma;
import io.github.dmabuf4j.cli.video.ContactSheet;
import io.github.dmabuf4j.cli.video.VideoFormat;
import io.github.dmabuf4j.local.LocalBackend;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

    private static final int WARM_UP_FRAMES = 24;

    private final Role role;
    private final long expectedFrames;
    private final @Nullable Path sheetFile;
    private final LatencyHistogram latency = new LatencyHistogram();
    private final List<String> hashes = new ArrayList<>();
    private @Nullable ContactSheet sheet;
    private long cpuBefore;

    /**
     * Makes a task.
     *
     * @param role what to do
     * @param expectedFrames how many frames there will be; 0 if nobody knows
     * @param sheetFile where the contact sheet goes; null for nowhere
     */
    public ConsumerTask(Role role, long expectedFrames, @Nullable Path sheetFile) {
        this.role = role;
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
        warmUp();
        long copied = 0;
        long frames;
        if (way == Way.SHARED) {
            try (FrameReceiver receiver = new FrameReceiver(new LocalBackend().connect(socket), "demo " + role)) {
                prepare(receiver.format());
                frames = receiver.receive((picture, parameters, time) -> {
                    latency.record(System.nanoTime() - time);
                    work(picture.asSlice(0, receiver.format().frameSize()));
                });
            }
        } else {
            try (SocketCopy.Receiver receiver = new SocketCopy.Receiver(socket)) {
                prepare(receiver.format());
                frames = receiver.receive((picture, time) -> {
                    latency.record(System.nanoTime() - time);
                    work(picture);
                });
                copied = receiver.bytesCopied();
            }
        }
        long cpu = cpuMillis() - cpuBefore;
        if (sheet != null && sheetFile != null && sheet.pictures() > 0) {
            writeSheet(sheet, sheetFile);
        }
        return ConsumerReport.of(frames, hashes, latency, cpu, copied).lines();
    }

    /** Lets the compiler see the work before the producer waits for it. */
    private void warmUp() {
        VideoFormat format = VideoFormat.of(1920, 1080, Chroma.YUV420, 30, 1);
        ContactSheet scratch =
                role == Role.SHEET ? new ContactSheet(format, WARM_UP_FRAMES) : null; // loads the toolkit
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment picture = arena.allocate(format.frameSize(), 64);
            for (int frame = 0; frame < WARM_UP_FRAMES; frame++) {
                switch (role) {
                    case CRC32C -> FrameHash.crc32c(picture);
                    case SHA256 -> FrameHash.sha256(picture);
                    case SHEET -> {
                        if (scratch != null) {
                            scratch.offer(frame, picture);
                        }
                    }
                }
            }
        }
    }

    /** Everything that is needed before the first frame, so that its cost is not the stream's. */
    private void prepare(VideoFormat format) {
        if (role == Role.SHEET && expectedFrames > 0) {
            sheet = new ContactSheet(format, expectedFrames);
        }
        cpuBefore = cpuMillis();
    }

    private void work(MemorySegment picture) {
        switch (role) {
            case CRC32C -> hashes.add(FrameHash.crc32c(picture));
            case SHA256 -> hashes.add(FrameHash.sha256(picture));
            case SHEET -> {
                if (sheet != null) {
                    sheet.offer(latency.count() - 1, picture);
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
