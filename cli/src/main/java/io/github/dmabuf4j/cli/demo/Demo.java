package io.github.dmabuf4j.cli.demo;

import io.github.dmabuf4j.buffer.DmaHeap;
import io.github.dmabuf4j.cli.report.ProgressBar;
import io.github.dmabuf4j.cli.stream.FrameSender;
import io.github.dmabuf4j.cli.video.VideoSource;
import io.github.dmabuf4j.linux.dmabuf.Heaps;
import io.github.dmabuf4j.local.LocalBackend;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs the demonstration in this process and, one after the other, its consumers in others. */
public final class Demo implements AutoCloseable {
    private static final long WARM_UP_FRAMES = 300;

    private final Clip clip;
    private final int buffers;
    private final String heapName;
    private final Consumers consumers = new Consumers();

    /**
     * Reads the video once, for its hashes.
     *
     * @param input as for {@code --input}; null for the test picture
     * @param frames how many frames at most
     * @param buffers how many buffers circulate
     * @param heapName where they come from, as for {@code --heap}
     * @throws IOException if the video cannot be read
     */
    public Demo(@Nullable String input, long frames, int buffers, String heapName) throws IOException {
        this.heapName = heapName;
        this.buffers = buffers;
        try (ProgressBar bar = bar("reading", frames)) {
            clip = Clip.read(input, frames, bar::update);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(this::close, "dmabuf4j goodbye"));
    }

    /**
     * Runs all passes.
     *
     * @param sheet where the contact sheet goes
     * @return what came of it
     * @throws IOException if a process dies, or something cannot be read or written
     * @throws InterruptedException if the thread is interrupted
     */
    public DemoResult run(Path sheet) throws IOException, InterruptedException {
        Pass shared = share("sharing", sheet, ConsumerTask.Role.CRC32C, ConsumerTask.Role.SHEET);
        Pass verified = share("verifying", null, ConsumerTask.Role.SHA256);
        Pass copied = copy("copying", ConsumerTask.Role.CRC32C, ConsumerTask.Role.SHEET);
        return new DemoResult(
                clip.name(),
                clip.format(),
                clip.frames(),
                buffers,
                shared,
                copied,
                equal(shared.reports().get(0), false),
                equal(verified.reports().get(0), true));
    }

    /**
     * One run over all frames.
     *
     * @param seconds from the first frame to the last release
     * @param producerCpuMillis processor time of this process meanwhile
     * @param producerBytesCopied how many bytes were copied to hand frames over
     * @param reports of the consumers
     */
    record Pass(double seconds, long producerCpuMillis, long producerBytesCopied, List<ConsumerReport> reports) {
        double cpuSeconds() {
            return (producerCpuMillis
                            + reports.stream()
                                    .mapToLong(ConsumerReport::cpuMillis)
                                    .sum())
                    / 1e3;
        }

        long bytesCopied() {
            return producerBytesCopied
                    + reports.stream().mapToLong(ConsumerReport::bytesCopied).sum();
        }
    }

    private Pass share(String title, @Nullable Path sheet, ConsumerTask.Role... roles)
            throws IOException, InterruptedException {
        Path socket = consumers.makeSocketPath();
        LocalBackend backend = new LocalBackend();
        try (VideoSource source = clip.open();
                DmaHeap heap = Heaps.open(heapName);
                FrameSender sender = new FrameSender(
                        clip.format(),
                        buffers,
                        Consumers.PATIENCE,
                        heap,
                        backend,
                        backend.listen(socket),
                        consumers::happened)) {
            consumers.start(ConsumerTask.Way.SHARED, socket, warmUp(), clip.frames(), sheet, roles);
            consumers.awaitAttached(roles.length, sender::awaitReceivers);
            sender.closeDoor(); // nobody else
            consumers.deleteFolder();
            try (VideoSource before = clip.open()) {
                sender.play(before, warmUp(), FrameSender.Clock.HAND_OVER, consumers::checkAlive, done -> {});
            }
            long cpu = ConsumerTask.cpuMillis();
            long begin = System.nanoTime();
            try (ProgressBar bar = bar(title, clip.frames())) {
                sender.send(source, clip.frames(), FrameSender.Clock.HAND_OVER, consumers::checkAlive, bar::update);
            }
            double seconds = (System.nanoTime() - begin) / 1e9;
            return new Pass(seconds, ConsumerTask.cpuMillis() - cpu, 0, consumers.reports());
        } finally {
            consumers.close();
        }
    }

    private Pass copy(String title, ConsumerTask.Role... roles) throws IOException, InterruptedException {
        Path socket = consumers.makeSocketPath();
        try (VideoSource source = clip.open();
                SocketCopy.Sender sender = new SocketCopy.Sender(socket)) {
            consumers.start(ConsumerTask.Way.COPIED, socket, warmUp(), clip.frames(), null, roles);
            sender.accept(roles.length, clip.format(), consumers::checkAlive);
            consumers.deleteFolder();
            long cpu = 0;
            long begin = 0;
            long before = 0;
            try (VideoSource early = clip.open();
                    ProgressBar bar = bar(title, clip.frames())) {
                sender.play(early, warmUp(), done -> {});
                before = sender.bytesCopied();
                cpu = ConsumerTask.cpuMillis();
                begin = System.nanoTime();
                sender.play(source, clip.frames(), bar::update);
                sender.finish();
            } catch (IOException broken) {
                consumers.awaitFailure();
                throw broken;
            }
            double seconds = (System.nanoTime() - begin) / 1e9;
            return new Pass(
                    seconds, ConsumerTask.cpuMillis() - cpu, sender.bytesCopied() - before, consumers.reports());
        } finally {
            consumers.close();
        }
    }

    /** Java is slow before it is fast: so many frames go ahead of those that count, on either way. */
    private long warmUp() {
        return Math.min(clip.frames(), WARM_UP_FRAMES);
    }

    private long equal(ConsumerReport report, boolean sha256) {
        long equal = 0;
        for (int frame = 0; frame < Math.min(clip.frames(), report.hashes().size()); frame++) {
            FrameHash hash = clip.hash(frame);
            if (report.hashes().get(frame).equals(sha256 ? hash.sha256() : hash.crc32c())) {
                equal++;
            }
        }
        return equal;
    }

    private static ProgressBar bar(String title, long frames) {
        return ProgressBar.onStandardError(title, frames, "frames");
    }

    /** Ends the consumers and removes what is left. Idempotent. */
    @Override
    public void close() {
        consumers.close();
        try {
            clip.close();
        } catch (IOException unlikely) {
            System.err.println("dmabuf4j: " + unlikely.getMessage());
        }
    }
}
