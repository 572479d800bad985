package io.github.dmabuf4j.domain;

import io.github.dmabuf4j.domain.session.HandshakeException;
import io.github.dmabuf4j.domain.session.PeerDiedException;
import io.github.dmabuf4j.domain.session.PeerLeftException;
import io.github.dmabuf4j.domain.session.ProtocolViolationException;
import io.github.dmabuf4j.domain.session.SessionException;
import io.github.dmabuf4j.domain.spi.Connection;
import io.github.dmabuf4j.domain.spi.PeerIdentity;
import io.github.dmabuf4j.domain.wire.XbpError;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The consumers of a producer. They join from any thread; the producer's thread alone takes out those that are gone, so
 * that it never loses sight of one that still has a buffer. It reads {@link #ports()} without a lock.
 */
final class ConsumerSet {
    private final ProducerBuffers buffers;
    private final Consumer<QueueEvent> listener;
    private final Object lock = new Object();
    private final BitSet indexes = new BitSet(); // guarded by lock
    private @Nullable String shut; // guarded by lock
    private volatile ProducerPort[] ports = {};
    private volatile int live;

    ConsumerSet(ProducerBuffers buffers, Consumer<QueueEvent> listener) {
        this.buffers = buffers;
        this.listener = listener;
    }

    /** Those that joined and were not taken out yet; some may have ended. Not to be changed. */
    ProducerPort[] ports() {
        return ports;
    }

    int live() {
        return live;
    }

    void attach(Connection connection) throws IOException, InterruptedException {
        PeerIdentity peer = connection.peer();
        int index;
        synchronized (lock) {
            if (shut != null) {
                connection.close();
                throw new IllegalStateException(shut);
            }
            index = indexes.nextClearBit(0);
            if (index < QueueConfig.MAX_CONSUMERS) {
                indexes.set(index);
            }
        }
        if (index >= QueueConfig.MAX_CONSUMERS) {
            connection.close();
            String sentence = peer + " was refused: this queue has " + index + " consumers, and no room for more";
            listener.accept(new QueueEvent(QueueEvent.Kind.REFUSED, peer, sentence));
            throw new HandshakeException(peer, XbpError.QUOTA, sentence);
        }
        ProducerPort port = new ProducerPort(this, buffers, index);
        boolean joined = false;
        try {
            port.start(connection);
            SessionException failure = port.awaitReady(QueueConfig.HANDSHAKE_TIMEOUT);
            if (failure == null) {
                join(port);
                joined = true;
            } else {
                listener.accept(new QueueEvent(kind(port, failure), peer, failure.sentence()));
                throw failure.again();
            }
        } finally {
            if (!joined) {
                port.session().close();
                forget(port);
            }
        }
        listener.accept(new QueueEvent(QueueEvent.Kind.JOINED, peer, peer + " joined"));
        SessionException over = port.announce();
        if (over != null) {
            tell(port, over);
        }
    }

    /** Waits until so many consumers are there. */
    boolean await(int count, long timeoutNanos) throws InterruptedException {
        long deadline = System.nanoTime() + timeoutNanos;
        synchronized (lock) {
            while (live < count) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                TimeUnit.NANOSECONDS.timedWait(lock, left);
            }
        }
        return true;
    }

    /** Nobody joins any more. */
    void shut(String sentence) {
        synchronized (lock) {
            shut = sentence;
        }
    }

    /** The session of a consumer has ended; called by any thread. */
    void gone(ProducerPort port) {
        synchronized (lock) {
            count();
        }
    }

    /** Tells the listener how a consumer that had joined went. */
    void tell(ProducerPort port, SessionException why) {
        listener.accept(new QueueEvent(kind(port, why), why.peer(), why.sentence()));
    }

    /** Takes a consumer out that has ended and owes nothing any more. The producer's thread. */
    void remove(ProducerPort port) {
        synchronized (lock) {
            ports = Arrays.stream(ports).filter(other -> other != port).toArray(ProducerPort[]::new);
            count();
        }
        port.abandon();
        forget(port);
    }

    private void join(ProducerPort port) {
        String late;
        synchronized (lock) {
            late = shut;
            if (late == null) {
                ProducerPort[] more = Arrays.copyOf(ports, ports.length + 1);
                more[ports.length] = port;
                ports = more;
                count();
            }
        }
        if (late != null) {
            port.session().end(XbpError.CANCELLED, late, new PeerLeftException(port.peer(), late));
            throw new IllegalStateException(late);
        }
    }

    private void forget(ProducerPort port) {
        port.session().closePage();
        synchronized (lock) {
            indexes.clear(port.index());
        }
    }

    private void count() {
        live = (int) Arrays.stream(ports).filter(port -> port.ended() == null).count();
        lock.notifyAll();
    }

    private static QueueEvent.Kind kind(ProducerPort port, SessionException why) {
        return switch (why) {
            case PeerDiedException died -> QueueEvent.Kind.DIED;
            case PeerLeftException left -> port.dropped() ? QueueEvent.Kind.DROPPED : QueueEvent.Kind.LEFT;
            case ProtocolViolationException violation -> QueueEvent.Kind.REFUSED;
            case HandshakeException handshake -> QueueEvent.Kind.REFUSED;
        };
    }
}
