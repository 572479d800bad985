package io.github.dmabuf4j.bench.peer;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.dmabuf4j.bench.Samples;
import io.github.dmabuf4j.bench.Task;
import io.github.dmabuf4j.buffer.AccessMode;
import io.github.dmabuf4j.buffer.DmaBuf;
import io.github.dmabuf4j.buffer.RawView;
import io.github.dmabuf4j.linux.MemfdBacking;
import io.github.dmabuf4j.linux.MemfdPages;
import io.github.dmabuf4j.linux.OwnedFd;
import io.github.dmabuf4j.linux.Received;
import io.github.dmabuf4j.linux.UnixListener;
import io.github.dmabuf4j.linux.UnixSocket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * How long it takes from a descriptor that just arrived to a segment that can be read. Each import is a descriptor that
 * the other process sent, mapped here, and given back before the next one comes.
 */
public final class FirstImport {
    private static final int BUFFERS = 8;
    /** What a queue imports when it begins. */
    private static final int COLD = 8;

    private static final int MOST = 1 << 16;

    private FirstImport() {}

    /**
     * Runs one side.
     *
     * @param arguments {@code folder=}, {@code role=}, {@code side=} and the words of a {@link Task}
     * @throws Exception if anything fails
     */
    public static void main(String[] arguments) throws Exception {
        List<String> words = List.of(arguments);
        Link link = new Link(Path.of(Task.value(words, "folder")), Integer.parseInt(Task.value(words, "side")));
        Task task = Task.parse(words);
        if (Task.value(words, "role").equals("LEADER")) {
            export(task, link);
        } else {
            importAll(task, link);
        }
    }

    private static void export(Task task, Link link) throws IOException, InterruptedException {
        ByteBuffer message = ByteBuffer.allocate(8);
        MemfdBacking backing = new MemfdBacking();
        MemfdPages[] buffers = new MemfdPages[BUFFERS];
        for (int i = 0; i < buffers.length; i++) {
            buffers[i] = backing.give(task.bytes(), "bench");
        }
        try (UnixListener listener = UnixSocket.listen(link.folder().resolve("imports"))) {
            link.announce(listener.path().toString());
            try (UnixSocket socket = listener.accept()) {
                Loop.report(Map.of("exported", BUFFERS));
                for (int i = 0; ; i = (i + 1) % BUFFERS) {
                    socket.send(message.clear(), buffers[i].fd());
                    if (socket.receive(message.clear()).isEnd()) {
                        return;
                    }
                }
            }
        }
    }

    private static void importAll(Task task, Link link) throws IOException, InterruptedException {
        Importer importer = new Importer(task.bytes());
        try (UnixSocket socket = UnixSocket.connect(Path.of(link.awaitAddress()))) {
            importer.run(socket, COLD, Long.MAX_VALUE);
            double cold = importer.usable().median();
            importer.run(socket, MOST, task.warmUp().toNanos());
            importer.run(socket, MOST, task.measured().toNanos());
            Loop.report(Map.of(
                    "cold", cold,
                    "p50", importer.usable().median(),
                    "p99", importer.usable().percentile(99),
                    "touched", importer.touched().median()));
            Thread.sleep(Long.MAX_VALUE);
        }
    }

    /** The side that maps. */
    private static final class Importer {
        private final ByteBuffer message = ByteBuffer.allocate(8);
        private final double[] usable = new double[MOST];
        private final double[] touched = new double[MOST];
        private final long bytes;
        private int count;

        Importer(long bytes) {
            this.bytes = bytes;
        }

        void run(UnixSocket socket, int most, long duration) throws IOException, InterruptedException {
            count = 0;
            for (long start = System.nanoTime(); count < most && System.nanoTime() - start < duration; count++) {
                importOne(socket);
            }
        }

        private void importOne(UnixSocket socket) throws IOException, InterruptedException {
            Received received = socket.receive(message.clear());
            OwnedFd fd = received.fds().getFirst();
            long arrived = System.nanoTime();
            DmaBuf buffer =
                    DmaBuf.export(MemfdPages.adopt(fd, bytes, false), "bench", (pages, shared) -> pages.close());
            RawView view = buffer.rawView(AccessMode.READ);
            usable[count] = System.nanoTime() - arrived;
            if (view.segment().get(JAVA_LONG, 0) != 0) {
                throw new IllegalStateException("a fresh buffer was not zero");
            }
            touched[count] = System.nanoTime() - arrived;
            view.close();
            buffer.close();
            socket.send(message.clear());
        }

        Samples usable() {
            return Samples.of(Arrays.copyOf(usable, count));
        }

        Samples touched() {
            return Samples.of(Arrays.copyOf(touched, count));
        }
    }
}
