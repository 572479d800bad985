package io.github.dmabuf4j.linux;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.linux.sys.Descriptors;
import io.github.dmabuf4j.linux.sys.FileStatus;
import io.github.dmabuf4j.linux.sys.Sockets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A socket in the file system at which others connect. Only the same user (and root) may: the path has mode 0600 from
 * the moment it exists.
 *
 * <p>All methods may be called from any thread. Closing the listener while others wait for a connection ends their waits
 * with an {@link IllegalStateException}.
 */
public final class UnixListener implements AutoCloseable {
    private static final int BACKLOG = 128;
    private static final int OWNER_ONLY = 0600;

    private final OwnedFd fd;
    private final Path path;
    private final FileStatus file;

    private UnixListener(OwnedFd fd, Path path, FileStatus file) {
        this.fd = fd;
        this.path = path;
        this.file = file;
    }

    /**
     * Begins to listen. A socket that a process left behind without removing it is replaced; one at which somebody
     * listens is not.
     *
     * @param path where to listen; removed by {@link #close}
     * @return the listener
     * @throws SystemCallException EADDRINUSE if somebody listens there; EACCES or ENOENT if the folder does not allow it or
     *     does not exist
     * @throws IOException if the path is too long for a socket, or names something that is no socket
     */
    public static UnixListener listen(Path path) throws IOException {
        byte[] bytes = SocketPath.bytes(path);
        OwnedFd fd = OwnedFd.of(SystemCallException.check(Sockets.socket(), "socket", "cannot make a socket"));
        try {
            // The mode of an unbound socket becomes that of its path: there is no moment at which others may connect.
            SystemCallException.check(
                    Descriptors.fchmod(fd.number(), OWNER_ONLY), "fchmod", "cannot set the mode of a socket");
            int answer = Sockets.bind(fd.number(), bytes);
            if (SystemCallException.is(answer, Errno.EADDRINUSE)) {
                removeStale(path, bytes);
                answer = Sockets.bind(fd.number(), bytes);
            }
            SystemCallException.check(answer, "bind", "cannot listen at '" + path + "'");
            FileStatus file = new FileStatus();
            SystemCallException.check(
                    Descriptors.status(path.toString(), file), "statx", "cannot find the socket '" + path + "'");
            SystemCallException.check(
                    Sockets.listen(fd.number(), BACKLOG), "listen", "cannot listen at '" + path + "'");
            return new UnixListener(fd, path, file);
        } catch (IOException | RuntimeException e) {
            fd.close();
            throw e;
        }
    }

    private static void removeStale(Path path, byte[] bytes) throws IOException {
        FileStatus before = new FileStatus();
        if (Descriptors.status(path.toString(), before) < 0) {
            return;
        }
        if (!before.isSocket()) {
            throw new IOException("'" + path + "' exists and is no socket; choose another path or remove it");
        }
        try (OwnedFd probe =
                OwnedFd.of(SystemCallException.check(Sockets.socket(), "socket", "cannot make a socket"))) {
            if (!SystemCallException.is(Sockets.connect(probe.number(), bytes), Errno.ECONNREFUSED)) {
                throw new SystemCallException(
                        "bind",
                        Errno.EADDRINUSE,
                        "the socket '" + path + "' is in use by a running process; stop it or choose another path");
            }
        }
        removeIfSame(path, before);
    }

    private static void removeIfSame(Path path, FileStatus file) throws IOException {
        FileStatus now = new FileStatus();
        if (Descriptors.status(path.toString(), now) == 0 && now.isSameFile(file)) {
            Files.deleteIfExists(path);
        }
    }

    /**
     * Where this listens.
     *
     * @return the path given at the beginning
     */
    public Path path() {
        return path;
    }

    /**
     * The descriptor, for an {@link FdDispatcher}: it is readable when a connection waits.
     *
     * @return the descriptor; valid until {@link #close}
     */
    public BorrowedFd fd() {
        return fd.borrow();
    }

    /**
     * Takes a connection, waiting for it without limit.
     *
     * @return the connection
     * @throws SystemCallException EMFILE if the limit of open files is reached
     * @throws InterruptedException if the thread is interrupted
     * @throws IllegalStateException if the listener is closed
     */
    public UnixSocket accept() throws IOException, InterruptedException {
        while (true) {
            UnixSocket socket = tryAccept();
            if (socket != null) {
                return socket;
            }
            FdDispatcher.shared().awaitReady(fd(), FdInterest.READABLE, Long.MAX_VALUE);
        }
    }

    /**
     * Takes a connection, waiting for it for some time.
     *
     * @param timeout the longest wait
     * @return the connection, or null when the time is over
     * @throws SystemCallException EMFILE if the limit of open files is reached
     * @throws InterruptedException if the thread is interrupted
     * @throws IllegalStateException if the listener is closed
     */
    public @Nullable UnixSocket accept(Duration timeout) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            UnixSocket socket = tryAccept();
            long left = deadline - System.nanoTime();
            if (socket != null || left <= 0) {
                return socket;
            }
            FdDispatcher.shared().awaitReady(fd(), FdInterest.READABLE, left);
        }
    }

    /**
     * Takes a connection if one waits.
     *
     * @return the connection, or null if there is none now
     * @throws SystemCallException EMFILE if the limit of open files is reached
     * @throws IllegalStateException if the listener is closed
     */
    public @Nullable UnixSocket tryAccept() throws IOException {
        fd.enter();
        try {
            while (true) {
                int answer = Sockets.accept(fd.number());
                if (answer >= 0) {
                    return new UnixSocket(OwnedFd.of(answer));
                }
                if (SystemCallException.is(answer, Errno.EAGAIN)) {
                    return null;
                }
                // ECONNABORTED: that one is gone already, the next may be good.
                if (!SystemCallException.is(answer, Errno.EINTR) && answer != -ECONNABORTED) {
                    throw new SystemCallException(
                            "accept4", new Errno(-answer), "cannot accept a connection at '" + path + "'");
                }
            }
        } finally {
            fd.leave();
        }
    }

    private static final int ECONNABORTED = 103;

    /** Stops listening and removes the path, unless somebody else has put something there meanwhile. Idempotent. */
    @Override
    public void close() {
        if (!fd.tryEnter()) {
            return;
        }
        try {
            removeIfSame(path, file);
        } catch (IOException ignored) {
            // The folder is gone or closed to us now; the next listener replaces what is left.
        }
        Sockets.shutdown(fd.number());
        fd.leave();
        fd.close();
    }

    @Override
    public String toString() {
        return "listener at " + path;
    }
}
