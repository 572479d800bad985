package io.github.dmabuf4j.linux;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.linux.sys.SocketMessage;
import io.github.dmabuf4j.linux.sys.Sockets;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One end of a connection between two processes of this host that carries whole messages and, beside them, file
 * descriptors: a Unix socket of type SOCK_SEQPACKET.
 *
 * <p>A message arrives whole, once, in order, or not at all. The kernel never blocks a thread here: methods that wait
 * park the calling thread, virtual or not, and end with an {@link InterruptedException} when it is interrupted.
 *
 * <p>All methods may be called from any thread; messages of threads that send at the same time are not mixed. Closing
 * the socket while others wait on it ends their waits: they read the end of the stream, or get an
 * {@link IllegalStateException} because the socket is closed.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/unix.7.html">unix(7)</a>
 */
public final class UnixSocket implements AutoCloseable {
    /** The most descriptors that one message can carry. */
    public static final int MAX_FDS = SocketMessage.MAX_FDS;

    private final OwnedFd fd;

    UnixSocket(OwnedFd fd) {
        this.fd = fd;
    }

    /**
     * Becomes the owner of a connected SOCK_SEQPACKET socket that came from elsewhere, such as from a parent process.
     *
     * @param fd the socket; owned by the result
     * @return the socket
     */
    public static UnixSocket adopt(OwnedFd fd) {
        return new UnixSocket(fd);
    }

    /**
     * Makes two sockets that are connected with each other.
     *
     * @return an array of two; the caller closes both
     * @throws SystemCallException if the limit of open files is reached
     * @see <a href="https://man7.org/linux/man-pages/man2/socketpair.2.html">socketpair(2)</a>
     */
    public static UnixSocket[] pair() throws IOException {
        int[] numbers = new int[2];
        SystemCallException.check(Sockets.socketpair(numbers), "socketpair", "cannot make a pair of sockets");
        return new UnixSocket[] {new UnixSocket(OwnedFd.of(numbers[0])), new UnixSocket(OwnedFd.of(numbers[1]))};
    }

    /**
     * Waits for connections at a path; short for {@link UnixListener#listen}.
     *
     * @param path where to listen
     * @return the listener
     * @throws IOException as the other method says
     */
    public static UnixListener listen(Path path) throws IOException {
        return UnixListener.listen(path);
    }

    /**
     * Connects to a listener.
     *
     * @param path where it listens
     * @return the connection, which the listener may not yet have accepted
     * @throws SystemCallException ENOENT or ECONNREFUSED if nobody listens there, EAGAIN if too many wait already
     * @throws IOException if the path is too long for a socket
     */
    public static UnixSocket connect(Path path) throws IOException {
        byte[] bytes = SocketPath.bytes(path);
        OwnedFd fd = OwnedFd.of(SystemCallException.check(Sockets.socket(), "socket", "cannot make a socket"));
        int answer = Sockets.connect(fd.number(), bytes);
        if (answer < 0) {
            fd.close();
            Errno errno = new Errno(-answer);
            throw new SystemCallException("connect", errno, SocketPath.whyNotConnected(path, errno));
        }
        return new UnixSocket(fd);
    }

    /**
     * The descriptor, for an {@link FdDispatcher}.
     *
     * @return the descriptor; valid until {@link #close}
     */
    public BorrowedFd fd() {
        return fd.borrow();
    }

    /**
     * Sends one message, waiting as long as the other end does not make room.
     *
     * @param bytes the message, from position to limit, at least one byte; the position is not changed
     * @param fds what to send along, at most {@link #MAX_FDS}; the other end gets duplicates
     * @throws SystemCallException EPIPE or ECONNRESET if the other end is closed, EMSGSIZE if the message is too long for
     *     the socket
     * @throws InterruptedException if the thread is interrupted; the message was not sent
     */
    public void send(ByteBuffer bytes, BorrowedFd... fds) throws IOException, InterruptedException {
        while (!trySend(bytes, fds)) {
            FdDispatcher.shared().awaitReady(fd(), FdInterest.WRITABLE, Long.MAX_VALUE);
        }
    }

    /**
     * Sends one message if there is room for it.
     *
     * @param bytes the message, from position to limit, at least one byte; the position is not changed
     * @param fds what to send along, at most {@link #MAX_FDS}; the other end gets duplicates
     * @return false if the other end has not yet received enough of what was sent before
     * @throws SystemCallException EPIPE or ECONNRESET if the other end is closed, EMSGSIZE if the message is too long for
     *     the socket
     */
    public boolean trySend(ByteBuffer bytes, BorrowedFd... fds) throws IOException {
        if (!bytes.hasRemaining()) {
            throw new IllegalArgumentException("an empty message cannot be told from the end of the stream");
        }
        if (fds.length > MAX_FDS) {
            throw new IllegalArgumentException(
                    "a message carries at most " + MAX_FDS + " descriptors, not " + fds.length + "; send several");
        }
        int[] numbers = new int[fds.length];
        int entered = 0;
        fd.enter();
        try (Arena arena = Arena.ofConfined()) {
            while (entered < fds.length) {
                numbers[entered] = fds[entered].enter();
                entered++;
            }
            MemorySegment copy = arena.allocate(bytes.remaining()).copyFrom(MemorySegment.ofBuffer(bytes));
            SocketMessage message = SocketMessage.toSend(arena, copy, numbers);
            long answer;
            do {
                answer = Sockets.send(fd.number(), message);
            } while (SystemCallException.is(answer, Errno.EINTR));
            if (SystemCallException.is(answer, Errno.EAGAIN)) {
                return false;
            }
            SystemCallException.check(
                    answer, "sendmsg", "cannot send a message of " + bytes.remaining() + " bytes to the other end");
            return true;
        } finally {
            while (entered > 0) {
                fds[--entered].leave();
            }
            fd.leave();
        }
    }

    /**
     * Receives one message, waiting for it without limit.
     *
     * @param into where to put the bytes, from position to limit; the position moves behind them
     * @return what arrived; {@link Received#isEnd} when nothing more will come
     * @throws IOException as {@link #tryReceive} says
     * @throws InterruptedException if the thread is interrupted; no message was lost
     */
    public Received receive(ByteBuffer into) throws IOException, InterruptedException {
        while (true) {
            Received received = tryReceive(into);
            if (received != null) {
                return received;
            }
            FdDispatcher.shared().awaitReady(fd(), FdInterest.READABLE, Long.MAX_VALUE);
        }
    }

    /**
     * Receives one message, waiting for it for some time.
     *
     * @param into where to put the bytes, from position to limit; the position moves behind them
     * @param timeout the longest wait
     * @return what arrived, or null when the time is over
     * @throws IOException as {@link #tryReceive} says
     * @throws InterruptedException if the thread is interrupted; no message was lost
     */
    public @Nullable Received receive(ByteBuffer into, Duration timeout) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            Received received = tryReceive(into);
            long left = deadline - System.nanoTime();
            if (received != null || left <= 0) {
                return received;
            }
            FdDispatcher.shared().awaitReady(fd(), FdInterest.READABLE, left);
        }
    }

    /**
     * Receives one message if there is one.
     *
     * @param into where to put the bytes, from position to limit; the position moves behind them
     * @return what arrived, or null if nothing is there now
     * @throws SystemCallException EMSGSIZE if the message was longer than the buffer; EMFILE if some of its descriptors
     *     could not be received. The message is lost and what arrived of its descriptors is closed
     * @throws IllegalArgumentException if the buffer has no room at all
     */
    public @Nullable Received tryReceive(ByteBuffer into) throws IOException {
        if (!into.hasRemaining()) {
            throw new IllegalArgumentException("the buffer for a message has no room");
        }
        fd.enter();
        try (Arena arena = Arena.ofConfined()) {
            SocketMessage message = SocketMessage.toReceive(arena, arena.allocate(into.remaining()));
            long answer;
            do {
                // A peer that closes with unread messages in its queue leaves one ECONNRESET in front of what it sent.
                answer = Sockets.receive(fd.number(), message);
            } while (SystemCallException.is(answer, Errno.EINTR) || SystemCallException.is(answer, Errno.ECONNRESET));
            if (SystemCallException.is(answer, Errno.EAGAIN)) {
                return null;
            }
            int length =
                    (int) SystemCallException.check(answer, "recvmsg", "cannot receive a message from the other end");
            return accept(message, length, into);
        } finally {
            fd.leave();
        }
    }

    private static Received accept(SocketMessage message, int length, ByteBuffer into) throws IOException {
        List<OwnedFd> fds = new ArrayList<>();
        for (int number : message.receivedFds()) {
            fds.add(OwnedFd.of(number));
        }
        int[] credentials = message.receivedCredentials();
        Received received = new Received(length, fds, credentials == null ? null : PeerCredentials.of(credentials));
        if (message.isTruncated()) {
            received.closeFds();
            throw new SystemCallException(
                    "recvmsg",
                    Errno.EMSGSIZE,
                    "the other end sent a message longer than " + into.remaining() + " bytes");
        }
        if (message.isControlTruncated()) {
            received.closeFds();
            throw new SystemCallException(
                    "recvmsg",
                    Errno.EMFILE,
                    "descriptors of a message were lost; raise the limit of open files (ulimit -n)");
        }
        if (length == 0) {
            received.closeFds();
            return new Received(0, List.of(), null);
        }
        into.put(message.bytes().asSlice(0, length).asByteBuffer());
        return received;
    }

    /**
     * Whether the kernel tells with each message who sent it.
     *
     * @param on whether to; messages that were sent before carry nothing
     * @throws SystemCallException if the kernel refuses
     */
    public void receiveCredentials(boolean on) throws IOException {
        fd.enter();
        try {
            SystemCallException.check(
                    Sockets.passCredentials(fd.number(), on),
                    "setsockopt",
                    "cannot ask for the credentials of senders");
        } finally {
            fd.leave();
        }
    }

    /**
     * Who was at the other end when the connection was made.
     *
     * @return the credentials
     * @throws SystemCallException if the kernel refuses
     */
    public PeerCredentials peerCredentials() throws IOException {
        int[] credentials = new int[3];
        fd.enter();
        try {
            SystemCallException.check(
                    Sockets.peerCredentials(fd.number(), credentials), "getsockopt", "cannot ask who the other end is");
        } finally {
            fd.leave();
        }
        return PeerCredentials.of(credentials);
    }

    OwnedFd owned() {
        return fd;
    }

    /**
     * Ends both directions: the other end reads what was sent and then the end, and so does whoever waits here.
     *
     * @throws SystemCallException if the kernel refuses
     */
    public void shutdown() throws IOException {
        fd.enter();
        try {
            SystemCallException.check(Sockets.shutdown(fd.number()), "shutdown", "cannot shut a connection down");
        } finally {
            fd.leave();
        }
    }

    /** Ends the connection and closes the descriptor. Whoever waits here wakes. Idempotent. */
    @Override
    public void close() {
        if (fd.tryEnter()) {
            // Waiters hold duplicates of the descriptor; only a shutdown wakes them.
            Sockets.shutdown(fd.number());
            fd.leave();
        }
        fd.close();
    }

    @Override
    public String toString() {
        return "Unix socket, " + fd;
    }
}
