package io.github.dmabuf4j.local;

import io.github.dmabuf4j.domain.spi.Listener;
import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.linux.PeerCredentials;
import io.github.dmabuf4j.linux.SystemCallException;
import io.github.dmabuf4j.linux.UnixListener;
import io.github.dmabuf4j.linux.UnixSocket;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A socket path at which peers of this host arrive. The path has mode 0600, and whoever connects must be the same user or
 * root.
 */
public final class LocalListener implements Listener {
    private static final Logger LOGGER = System.getLogger(LocalListener.class.getName());
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final LocalBackend backend;
    private final LocalPolicy policy;
    private final UnixListener listener;
    private volatile boolean closed;

    LocalListener(LocalBackend backend, LocalPolicy policy, UnixListener listener) {
        this.backend = backend;
        this.policy = policy;
        this.listener = listener;
    }

    /**
     * Begins to listen with a backend of its own; short for {@link LocalBackend#listen(Path)}.
     *
     * @param path where to listen; removed by {@link #close}
     * @return the listener; the caller closes it
     * @throws IOException if the path is in use, too long or not allowed
     */
    public static LocalListener listen(Path path) throws IOException {
        return new LocalBackend().listen(path);
    }

    @Override
    public String address() {
        return listener.path().toString();
    }

    /**
     * The path of the socket.
     *
     * @return the path
     */
    public Path path() {
        return listener.path();
    }

    /**
     * {@inheritDoc}
     *
     * <p>When this process has no descriptors left, peers wait in the queue of the socket until there are some again.
     */
    @Override
    public LocalConnection accept() throws IOException, InterruptedException {
        boolean complained = false;
        while (true) {
            UnixSocket socket;
            try {
                socket = listener.accept();
            } catch (IllegalStateException gone) {
                throw new IOException("the listener at '" + path() + "' is closed", gone);
            } catch (SystemCallException failed) {
                if (closed || !isTemporary(failed.errno())) {
                    throw failed;
                }
                if (!complained) {
                    LOGGER.log(Level.WARNING, "peers wait at " + path() + ": " + failed.getMessage());
                    complained = true;
                }
                LockSupport.parkNanos(this, RETRY_NANOS);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                continue;
            }
            LocalConnection connection = admit(socket);
            if (connection != null) {
                return connection;
            }
        }
    }

    private static boolean isTemporary(Errno errno) {
        return errno.equals(Errno.EMFILE) || errno.equals(Errno.ENFILE) || errno.equals(Errno.ENOMEM);
    }

    private @Nullable LocalConnection admit(UnixSocket socket) {
        try {
            PeerCredentials peer = socket.peerCredentials();
            if (policy.allows(peer)) {
                return LocalConnection.over(backend, socket, peer);
            }
            LOGGER.log(Level.WARNING, policy.refusal(peer));
        } catch (IOException unknown) {
            // One peer that cannot be identified must not keep the others from arriving.
            LOGGER.log(Level.WARNING, "a peer was turned away: " + unknown.getMessage());
        }
        socket.close();
        return null;
    }

    @Override
    public void close() {
        closed = true;
        listener.close();
    }

    @Override
    public String toString() {
        return listener.toString();
    }
}
