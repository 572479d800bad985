package io.github.dmabuf4j.local;

import io.github.dmabuf4j.domain.spi.Attachment;
import io.github.dmabuf4j.domain.spi.Connection;
import io.github.dmabuf4j.domain.spi.ConnectionReceiver;
import io.github.dmabuf4j.domain.spi.Disconnect;
import io.github.dmabuf4j.domain.spi.PeerIdentity;
import io.github.dmabuf4j.linux.FdDispatcher;
import io.github.dmabuf4j.linux.FdInterest;
import io.github.dmabuf4j.linux.FdRegistration;
import io.github.dmabuf4j.linux.OwnedFd;
import io.github.dmabuf4j.linux.PeerCredentials;
import io.github.dmabuf4j.linux.PeerProcess;
import io.github.dmabuf4j.linux.Received;
import io.github.dmabuf4j.linux.UnixSocket;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The receiving half of a connection: delivers messages in order, and one end.
 *
 * <p>Two events meet here, a readable socket and the death of the peer. Both come on the dispatcher's thread; only a peer
 * that was dead before the beginning is noticed on the thread that begins. The lock orders the two threads, and is held
 * while the receiver is called. Closing a registration waits for its callback, which waits for this lock: so a thread other
 * than the dispatcher's ends this only before anything is registered, or without the lock.
 */
final class Reception {
    private static final Logger LOGGER = System.getLogger(Reception.class.getName());

    /** After so many messages of one peer the others have their turn. */
    private static final int TURN = 32;

    /** No peer leaves more unread messages than its socket holds; a child that kept the socket could send for ever. */
    private static final int MOST_AFTER_DEATH = 4096;

    private final UnixSocket socket;
    private final PeerProcess process;
    private final PeerIdentity peer;
    private final ConnectionReceiver receiver;
    private final ByteBuffer buffer = ByteBuffer.allocate(Connection.MAX_MESSAGE_BYTES);
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable FdRegistration
            readable; // written before the dispatcher knows it, then by the dispatcher's thread
    private boolean ended; // guarded by lock
    private volatile boolean shutDown;

    Reception(UnixSocket socket, PeerProcess process, PeerIdentity peer, ConnectionReceiver receiver) {
        this.socket = socket;
        this.process = process;
        this.peer = peer;
        this.receiver = receiver;
    }

    /** Begins to deliver; whatever goes wrong is told to the receiver. */
    void begin() {
        String failure;
        lock.lock();
        try {
            process.onDeath(this::onDeath);
            if (!ended) {
                readable = FdDispatcher.shared().register(socket.fd(), FdInterest.READABLE, this::onReadable);
            }
            return;
        } catch (IOException failed) {
            failure = "the connection to " + peer + " cannot be served: " + failed.getMessage();
        } finally {
            lock.unlock();
        }
        // On a thread of its own: the caller may hold what a callback waits for that finish would wait for.
        Thread.ofPlatform().daemon().start(() -> end(Disconnect.Kind.BROKEN, failure));
    }

    /** Makes the socket read as ended, so that the dispatcher's thread ends this. */
    void shutDown() {
        shutDown = true;
        try {
            socket.shutdown();
        } catch (IOException | IllegalStateException already) {
            // The other end was faster, or this has ended.
        }
    }

    private void onReadable() {
        lock.lock();
        try {
            Step step = Step.DELIVERED;
            for (int turn = 0; turn < TURN && !ended && step == Step.DELIVERED; turn++) {
                step = deliver();
            }
            if (step == Step.END_OF_STREAM && !ended) {
                onEndOfStream();
            }
        } finally {
            lock.unlock();
        }
    }

    private void onEndOfStream() {
        // In this order: a process that is gone between the two looks is not ending any more, but dead.
        boolean ending = EndingProcess.isEnding(process.pid());
        if (shutDown) {
            end(Disconnect.Kind.CLOSED, "the connection to " + peer + " was closed here");
        } else if (!process.isAlive()) {
            end(Disconnect.Kind.DIED, peer + " died");
        } else if (ending) {
            // Its pidfd will say so in a moment. Until then the socket stays readable and need not be looked at.
            stopReading();
        } else {
            end(Disconnect.Kind.CLOSED, peer + " closed the connection");
        }
    }

    private void onDeath() {
        lock.lock();
        try {
            for (int count = 0; count < MOST_AFTER_DEATH && !ended; count++) {
                if (deliver() != Step.DELIVERED) {
                    break;
                }
            }
            end(Disconnect.Kind.DIED, peer + " died");
        } finally {
            lock.unlock();
        }
    }

    private enum Step {
        DELIVERED,
        NOTHING_THERE,
        END_OF_STREAM
    }

    private Step deliver() {
        buffer.clear();
        Received received;
        try {
            received = socket.tryReceive(buffer);
        } catch (IOException broken) {
            end(Disconnect.Kind.BROKEN, peer + " was refused: " + broken.getMessage());
            return Step.NOTHING_THERE;
        }
        if (received == null) {
            return Step.NOTHING_THERE;
        }
        if (received.isEnd()) {
            return Step.END_OF_STREAM;
        }
        PeerCredentials sender = received.credentials();
        if (sender != null && sender.pid() > 0 && sender.pid() != process.pid()) {
            // Its death would not be noticed, and nobody has allowed it.
            received.closeFds();
            end(
                    Disconnect.Kind.BROKEN,
                    peer + " was refused: process " + sender.pid() + " sends through its connection");
            return Step.NOTHING_THERE;
        }
        List<Attachment> attachments = new ArrayList<>(received.fds().size());
        for (OwnedFd fd : received.fds()) {
            attachments.add(new FdAttachment.Arrived(fd));
        }
        try {
            receiver.received(buffer.flip(), attachments);
        } catch (RuntimeException mistake) {
            LOGGER.log(
                    Level.ERROR, "a message of " + peer + " could not be handled; the connection is closed", mistake);
            attachments.forEach(Attachment::close);
            end(Disconnect.Kind.BROKEN, "a message of " + peer + " could not be handled: " + mistake);
        }
        return Step.DELIVERED;
    }

    private void stopReading() {
        FdRegistration registration = readable;
        if (registration != null) {
            readable = null;
            registration.close();
        }
    }

    private void end(Disconnect.Kind kind, String sentence) {
        lock.lock();
        try {
            if (ended) {
                return;
            }
            ended = true;
        } finally {
            lock.unlock();
        }
        stopReading();
        process.close();
        socket.close();
        try {
            receiver.disconnected(new Disconnect(kind, sentence));
        } catch (RuntimeException mistake) {
            LOGGER.log(Level.ERROR, "the end of the connection to " + peer + " could not be handled", mistake);
        }
    }
}
