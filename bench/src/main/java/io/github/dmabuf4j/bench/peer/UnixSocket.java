package io.github.dmabuf4j.bench.peer;

import io.github.dmabuf4j.bench.Task;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** A Unix domain stream socket of {@code java.nio}: blocking, direct buffers, socket buffers as large as allowed. */
final class UnixSocket implements Transport {
    private static final int LARGEST_SOCKET_BUFFER = 16 << 20;

    private static SocketChannel lead(Link link) throws IOException {
        Path path = link.folder().resolve("socket");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(path));
            link.announce(path.toString());
            return tuned(server.accept());
        }
    }

    private static SocketChannel follow(Link link) throws IOException, InterruptedException {
        return tuned(SocketChannel.open(UnixDomainSocketAddress.of(link.awaitAddress())));
    }

    /** The kernel cuts the wish down to what this user may have. */
    private static SocketChannel tuned(SocketChannel socket) throws IOException {
        return socket.setOption(StandardSocketOptions.SO_SNDBUF, LARGEST_SOCKET_BUFFER)
                .setOption(StandardSocketOptions.SO_RCVBUF, LARGEST_SOCKET_BUFFER);
    }

    private static void write(SocketChannel socket, ByteBuffer message) throws IOException {
        message.clear();
        while (message.hasRemaining()) {
            socket.write(message);
        }
    }

    private static void read(SocketChannel socket, ByteBuffer message) throws IOException {
        message.clear();
        while (message.hasRemaining()) {
            if (socket.read(message) < 0) {
                throw new EOFException("the other side is gone");
            }
        }
    }

    @Override
    public Pinger pinger(Task task, Link link) throws IOException {
        SocketChannel socket = lead(link);
        ByteBuffer message = ByteBuffer.allocateDirect(Math.toIntExact(task.bytes()));
        return () -> {
            write(socket, message);
            read(socket, message);
        };
    }

    @Override
    public Ponger ponger(Task task, Link link) throws IOException, InterruptedException {
        SocketChannel socket = follow(link);
        ByteBuffer message = ByteBuffer.allocateDirect(Math.toIntExact(task.bytes()));
        return () -> {
            read(socket, message);
            write(socket, message);
        };
    }

    @Override
    public Sender sender(Task task, Link link) throws IOException {
        SocketChannel socket = lead(link);
        ByteBuffer message = ByteBuffer.allocateDirect(Math.toIntExact(task.bytes()));
        MemorySegment memory = MemorySegment.ofBuffer(message);
        return new Sender() {
            @Override
            public MemorySegment claim() {
                return memory;
            }

            @Override
            public void commit() throws IOException {
                write(socket, message);
            }
        };
    }

    @Override
    public Receiver receiver(Task task, Link link) throws IOException, InterruptedException {
        SocketChannel socket = follow(link);
        ByteBuffer message = ByteBuffer.allocateDirect(Math.toIntExact(task.bytes()));
        MemorySegment memory = MemorySegment.ofBuffer(message);
        return new Receiver() {
            @Override
            public MemorySegment take() throws IOException {
                read(socket, message);
                return memory;
            }

            @Override
            public void release() {
                // The bytes are ours: they were copied.
            }
        };
    }
}
