package io.github.dmabuf4j.local;

import io.github.dmabuf4j.domain.spi.Backend;
import io.github.dmabuf4j.domain.spi.Capabilities;
import io.github.dmabuf4j.domain.spi.SyncGeometry;
import io.github.dmabuf4j.domain.spi.SyncPage;
import io.github.dmabuf4j.linux.PeerCredentials;
import io.github.dmabuf4j.linux.UnixListener;
import io.github.dmabuf4j.linux.UnixSocket;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Reaches other processes of this host, over Unix sockets. An address is the path of a socket.
 *
 * <p>Any number of objects may exist; they hold nothing. All methods may be called from any thread.
 */
public final class LocalBackend implements Backend {
    private static final Capabilities CAPABILITIES =
            new Capabilities(Capabilities.Revocation.COOPERATIVE, true, false, true);

    /** Creates the backend; {@link java.util.ServiceLoader} does so too. */
    public LocalBackend() {}

    @Override
    public String name() {
        return "local";
    }

    /**
     * {@inheritDoc}
     *
     * <p>Memory is taken back only with the peer's help. Sync pages are sealed, so that a peer cannot write them; buffers are
     * not, so that a peer that was given one for reading could map it for writing. The death of a peer is known for sure.
     */
    @Override
    public Capabilities capabilities() {
        return CAPABILITIES;
    }

    @Override
    public LocalConnection connect(String address) throws IOException {
        return connect(path(address));
    }

    /**
     * Opens a channel to a process that listens.
     *
     * @param path the path of its socket
     * @return a channel that has not been started; the caller closes it
     * @throws IOException if nobody listens there, or it is a process of another user
     */
    public LocalConnection connect(Path path) throws IOException {
        LocalPolicy policy = LocalPolicy.ofThisProcess();
        UnixSocket socket = UnixSocket.connect(path);
        try {
            PeerCredentials peer = socket.peerCredentials();
            if (!policy.allows(peer)) {
                throw new IOException(policy.refusal(peer));
            }
            return LocalConnection.over(this, socket, peer);
        } catch (IOException | RuntimeException refused) {
            socket.close();
            throw refused;
        }
    }

    @Override
    public LocalListener listen(String address) throws IOException {
        return listen(path(address));
    }

    /**
     * Listens for processes of the same user, and of root.
     *
     * @param path where to listen; created with mode 0600, a stale socket is replaced, removed at the end
     * @return the listener; the caller closes it
     * @throws IOException if somebody listens there, the path is too long or names something else, or the folder does not
     *     allow it
     */
    public LocalListener listen(Path path) throws IOException {
        return new LocalListener(this, LocalPolicy.ofThisProcess(), UnixListener.listen(path));
    }

    @Override
    public SyncPage createSyncPage(SyncGeometry geometry, String name) throws IOException {
        return LocalSyncPage.create(geometry, name);
    }

    private static Path path(String address) throws IOException {
        try {
            return Path.of(address);
        } catch (InvalidPathException malformed) {
            throw new IOException("'" + address + "' is not a path: " + malformed.getReason(), malformed);
        }
    }
}
