package io.github.dmabuf4j.local;

import io.github.dmabuf4j.domain.spi.Attachment;
import io.github.dmabuf4j.domain.spi.Backend;
import io.github.dmabuf4j.domain.spi.Connection;
import io.github.dmabuf4j.domain.spi.ConnectionReceiver;
import io.github.dmabuf4j.domain.spi.MemoryReference;
import io.github.dmabuf4j.domain.spi.PeerIdentity;
import io.github.dmabuf4j.domain.spi.PeerSyncPage;
import io.github.dmabuf4j.domain.spi.SyncGeometry;
import io.github.dmabuf4j.domain.spi.SyncPage;
import io.github.dmabuf4j.linux.BorrowedFd;
import io.github.dmabuf4j.linux.PeerCredentials;
import io.github.dmabuf4j.linux.PeerProcess;
import io.github.dmabuf4j.linux.UnixSocket;
import io.github.dmabuf4j.memory.Pages;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A channel to one other process of this host.
 *
 * <p>{@link #close} only shuts the socket down; the thread that serves all connections then delivers what had arrived, tells
 * the receiver, and closes the descriptors. So the receiver is never called by the thread that closes, and closing from
 * anywhere cannot deadlock.
 */
public final class LocalConnection implements Connection {
    private final LocalBackend backend;
    private final UnixSocket socket;
    private final PeerProcess process;
    private final PeerIdentity identity;
    private @Nullable Reception reception; // guarded by this
    private boolean closed; // guarded by this

    private LocalConnection(LocalBackend backend, UnixSocket socket, PeerProcess process, PeerCredentials peer) {
        this.backend = backend;
        this.socket = socket;
        this.process = process;
        this.identity = new PeerIdentity("process " + peer.pid() + " of user " + peer.uid(), peer.pid());
    }

    /** Becomes the owner of a connected socket; the caller keeps it if this throws. */
    static LocalConnection over(LocalBackend backend, UnixSocket socket, PeerCredentials peer) throws IOException {
        socket.receiveCredentials(true);
        return new LocalConnection(backend, socket, PeerProcess.of(socket), peer);
    }

    /**
     * Connects with a backend of its own; short for {@link LocalBackend#connect(Path)}.
     *
     * @param path where the peer listens
     * @return a channel that has not been started; the caller closes it
     * @throws IOException if nobody listens there, or it is not one to talk to
     */
    public static LocalConnection connect(Path path) throws IOException {
        return new LocalBackend().connect(path);
    }

    @Override
    public Backend backend() {
        return backend;
    }

    @Override
    public PeerIdentity peer() {
        return identity;
    }

    @Override
    public void start(ConnectionReceiver receiver) {
        Reception started = new Reception(socket, process, identity, receiver);
        synchronized (this) {
            if (closed || reception != null) {
                throw new IllegalStateException(
                        "the connection to " + identity + (closed ? " is closed" : " was started before"));
            }
            reception = started;
        }
        // Not under the lock: the receiver may be called from inside, and may close.
        started.begin();
    }

    @Override
    public void send(ByteBuffer message, List<? extends Attachment> attachments) throws IOException {
        if (message.remaining() > MAX_MESSAGE_BYTES) {
            throw new IOException("a message has at most " + MAX_MESSAGE_BYTES + " bytes, not " + message.remaining());
        }
        BorrowedFd[] fds = new BorrowedFd[attachments.size()];
        for (int i = 0; i < fds.length; i++) {
            fds[i] = attachment(attachments.get(i)).fd();
        }
        boolean sent;
        try {
            sent = socket.trySend(message, fds);
        } catch (IllegalStateException gone) {
            throw new IOException("the connection to " + identity + " is closed", gone);
        }
        if (!sent) {
            throw new IOException(identity + " does not read what it is sent: the connection is full");
        }
    }

    @Override
    public MemoryReference describe(Pages pages) throws IOException {
        return MemoryFiles.describe(pages);
    }

    @Override
    public Pages map(MemoryReference reference, long offset, long size, boolean writable) throws IOException {
        return MemoryFiles.map(reference, offset, size, writable);
    }

    @Override
    public PeerSyncPage mapSyncPage(Attachment page, SyncGeometry geometry, SyncPage own, int interestLine)
            throws IOException {
        if (!(own instanceof LocalSyncPage waiter)) {
            throw new IOException("the interest must be kept in a sync page of the local backend, not in " + own);
        }
        return LocalPeerSyncPage.map(attachment(page), geometry, waiter, interestLine, identity);
    }

    private static FdAttachment attachment(Attachment attachment) throws IOException {
        if (attachment instanceof FdAttachment fd) {
            return fd;
        }
        throw new IOException("the local backend sends file descriptors, not " + attachment);
    }

    @Override
    public void close() {
        Reception started;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            started = reception;
        }
        if (started != null) {
            started.shutDown();
        } else {
            process.close();
            socket.close();
        }
    }

    @Override
    public String toString() {
        return "local connection to " + identity;
    }
}
