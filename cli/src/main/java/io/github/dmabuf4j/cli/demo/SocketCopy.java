package io.github.dmabuf4j.cli.demo;

import io.github.dmabuf4j.cli.stream.FrameSender;
import io.github.dmabuf4j.cli.video.VideoException;
import io.github.dmabuf4j.cli.video.VideoFormat;
import io.github.dmabuf4j.cli.video.VideoSource;
import io.github.dmabuf4j.cli.video.Y4mReader;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * The way that copies, done as well as plain Java can: Unix sockets, direct buffers, the largest socket buffers that the
 * system grants. Each frame goes behind eight bytes that say when it was handed over; the last are {@link #END}.
 */
final class SocketCopy {
    private static final int SOCKET_BUFFER = 16 << 20;
    private static final int HEAD = 8;
    private static final long END = Long.MIN_VALUE;

    private SocketCopy() {}

    /** The producer's end. */
    static final class Sender implements AutoCloseable {
        private final ServerSocketChannel server;
        private final List<SocketChannel> receivers = new ArrayList<>();
        private long copied;

        Sender(Path socket) throws IOException {
            server = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket));
        }

        /** Waits for the receivers, and asks meanwhile whether they may still come. */
        void accept(int count, VideoFormat format, FrameSender.Condition goOn)
                throws IOException, InterruptedException {
            server.configureBlocking(false);
            while (receivers.size() < count) {
                goOn.holds();
                SocketChannel receiver = server.accept();
                if (receiver == null) {
                    Thread.sleep(5);
                    continue;
                }
                receivers.add(receiver);
                receiver.setOption(StandardSocketOptions.SO_SNDBUF, SOCKET_BUFFER);
                writeFully(receiver, ByteBuffer.wrap((format.header() + "\n").getBytes(StandardCharsets.ISO_8859_1)));
            }
        }

        /** Sends frames of a source, so many at most. */
        void play(VideoSource source, long frames, LongConsumer progress) throws IOException {
            ByteBuffer message =
                    ByteBuffer.allocateDirect(HEAD + source.format().frameSize());
            MemorySegment picture = MemorySegment.ofBuffer(message).asSlice(HEAD);
            long sent = 0;
            while (sent < frames && source.read(picture)) {
                message.clear().putLong(0, System.nanoTime());
                for (SocketChannel receiver : receivers) {
                    copied += writeFully(receiver, message.rewind());
                }
                progress.accept(++sent);
            }
        }

        /** Waits until all receivers have seen the last frame: each then closes its end. */
        void finish() throws IOException {
            ByteBuffer end = ByteBuffer.allocateDirect(HEAD).putLong(0, END);
            for (SocketChannel receiver : receivers) {
                writeFully(receiver, end.clear());
            }
            for (SocketChannel receiver : receivers) {
                if (receiver.read(end.clear()) >= 0) {
                    throw new IOException("a consumer spoke where none may");
                }
            }
        }

        long bytesCopied() {
            return copied;
        }

        @Override
        public void close() throws IOException {
            for (SocketChannel receiver : receivers) {
                receiver.close();
            }
            server.close();
        }

        private static long writeFully(SocketChannel channel, ByteBuffer bytes) throws IOException {
            long written = bytes.remaining();
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            return written;
        }
    }

    /** What a consumer does with a copied frame. */
    interface Work {
        void frame(MemorySegment picture, long handedOver) throws IOException;
    }

    /** The consumer's end. */
    static final class Receiver implements AutoCloseable {
        private final SocketChannel channel;
        private final VideoFormat format;

        Receiver(Path socket) throws IOException {
            channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            channel.setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BUFFER);
            channel.connect(UnixDomainSocketAddress.of(socket));
            StringBuilder header = new StringBuilder();
            ByteBuffer letter = ByteBuffer.allocate(1);
            while (channel.read(letter.clear()) == 1 && letter.get(0) != '\n') {
                header.append((char) letter.get(0));
                if (header.length() > 4096) {
                    throw new VideoException("the producer's header has no end");
                }
            }
            byte[] line = (header + "\n").getBytes(StandardCharsets.ISO_8859_1);
            try (Y4mReader reader =
                    new Y4mReader(Channels.newChannel(new java.io.ByteArrayInputStream(line)), "the copied stream")) {
                format = reader.format();
            }
        }

        VideoFormat format() {
            return format;
        }

        void receive(Work work) throws IOException {
            ByteBuffer message = ByteBuffer.allocateDirect(HEAD + format.frameSize());
            MemorySegment picture = MemorySegment.ofBuffer(message).asSlice(HEAD);
            while (true) {
                readFully(message.clear().limit(HEAD));
                if (message.getLong(0) == END) {
                    channel.shutdownOutput();
                    return;
                }
                readFully(message.limit(message.capacity()));
                work.frame(picture, message.getLong(0));
            }
        }

        /** How many bytes are copied for a frame. */
        long messageBytes() {
            return (long) HEAD + format.frameSize();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }

        private void readFully(ByteBuffer bytes) throws IOException {
            while (bytes.hasRemaining()) {
                if (channel.read(bytes) < 0) {
                    throw new EOFException("the producer died before the end of the stream");
                }
            }
        }
    }
}
