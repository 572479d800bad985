package io.github.dmabuf4j.linux.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dmabuf4j.buffer.AccessMode;
import io.github.dmabuf4j.buffer.CpuAccess;
import io.github.dmabuf4j.buffer.DmaBuf;
import io.github.dmabuf4j.buffer.ImageLayout;
import io.github.dmabuf4j.buffer.Plane;
import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.linux.OwnedFd;
import io.github.dmabuf4j.linux.Received;
import io.github.dmabuf4j.linux.UnixSocket;
import io.github.dmabuf4j.linux.dmabuf.DmaBufs;
import io.github.dmabuf4j.linux.dmabuf.ForeignFrame;
import io.github.dmabuf4j.linux.dmabuf.ForeignImage;
import io.github.dmabuf4j.linux.dmabuf.WrapOptions;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** The consumer of {@code examples/c/foreign-producer.c}: its process, its messages, its pictures. */
public final class ForeignProducer implements AutoCloseable {
    private static final int PICTURE = 1;
    private static final int FRAME = 2;
    private static final int DONE = 3;
    private static final int END = 4;

    private final Process process;
    private final BufferedReader output;
    private final BufferedWriter input;
    private final UnixSocket socket;
    private final List<ForeignImage> images = new ArrayList<>();
    private final WrapOptions options;

    private ForeignProducer(
            Process process, BufferedReader output, BufferedWriter input, UnixSocket socket, WrapOptions options) {
        this.process = process;
        this.output = output;
        this.input = input;
        this.socket = socket;
        this.options = options;
    }

    /** Starts the program and connects to it. */
    public static ForeignProducer start(Path program, Path folder, WrapOptions options, String... words)
            throws IOException {
        Path path = folder.resolve("foreign.socket");
        List<String> command = new ArrayList<>(List.of(program.toString(), path.toString()));
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
        assertThat(output.readLine()).isEqualTo("listening");
        UnixSocket socket = UnixSocket.connect(path);
        return new ForeignProducer(process, output, process.outputWriter(StandardCharsets.UTF_8), socket, options);
    }

    /** A frame that the producer gave us, and its number. */
    public record Turn(long number, ForeignFrame frame) {}

    /** The next frame; null at the end of the stream. Pictures that come before it are taken in. */
    public @Nullable Turn next() throws IOException, InterruptedException {
        while (true) {
            ByteBuffer message = ByteBuffer.allocate(128).order(ByteOrder.LITTLE_ENDIAN);
            Received received = socket.receive(message);
            try {
                assertThat(received.length()).as("bytes of a message").isPositive();
                int type = message.getInt(0);
                int id = message.getInt(4);
                switch (type) {
                    case PICTURE -> takeIn(id, message, received.fds());
                    case FRAME -> {
                        long number = message.getLong(8);
                        return new Turn(number, images.get(id).begin(error -> tell(id, number, error)));
                    }
                    case END -> {
                        return null;
                    }
                    default -> throw new IOException("an unknown message: " + type);
                }
            } finally {
                received.closeFds(); // what was taken in has duplicates
            }
        }
    }

    private void takeIn(int id, ByteBuffer message, List<OwnedFd> fds) throws IOException {
        assertThat(id).isEqualTo(images.size());
        int height = message.getInt(12);
        List<Plane> planes = new ArrayList<>();
        for (int i = 0; i < message.getInt(20); i++) {
            int rows = i == 0 ? height : height / 2;
            planes.add(new Plane(i, message.getInt(32 + 8 * i), message.getInt(36 + 8 * i), rows));
        }
        ImageLayout layout =
                new ImageLayout(message.getInt(8), height, message.getInt(16), message.getLong(24), planes);
        images.add(DmaBufs.wrap(fds.stream().map(OwnedFd::borrow).toList(), layout, options));
    }

    private void tell(int id, long number, @Nullable Errno error) throws IOException {
        ByteBuffer done = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
        done.putInt(DONE).putInt(id).putLong(number).putInt(error == null ? 0 : error.number());
        assertThat(socket.trySend(done.putInt(0).flip())).isTrue();
    }

    /** What the producer prints next. */
    public String line() throws IOException {
        String line = output.readLine();
        assertThat(line).as("a line of the producer").isNotNull();
        return line;
    }

    /** Lets the producer draw a frame that it holds back. */
    public void go() throws IOException {
        input.write("go\n");
        input.flush();
    }

    /** The line that the producer prints for a frame with these contents; reads them where they are. */
    public static String describe(Turn turn) {
        DmaBuf buffer = turn.frame().image().buffers().getFirst();
        CRC32 crc = new CRC32();
        try (CpuAccess access = buffer.beginCpuAccess(AccessMode.READ)) {
            crc.update(access.segment().asByteBuffer());
        }
        return String.format("%d %08x", turn.number(), crc.getValue());
    }

    /** Waits for the end of the program. */
    public int exitCode() throws InterruptedException {
        return process.waitFor();
    }

    @Override
    public void close() throws IOException {
        socket.close();
        images.forEach(ForeignImage::close);
        process.destroyForcibly();
        process.onExit().join();
        output.close();
        process.getErrorStream().close();
        try {
            input.close();
        } catch (IOException gone) {
            assertThat(gone).isNotNull(); // nobody reads any more
        }
    }
}
