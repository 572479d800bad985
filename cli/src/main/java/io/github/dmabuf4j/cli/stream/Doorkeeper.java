package io.github.dmabuf4j.cli.stream;

import io.github.dmabuf4j.domain.QueueProducer;
import io.github.dmabuf4j.domain.spi.Connection;
import io.github.dmabuf4j.domain.spi.Listener;
import java.io.IOException;

/** Lets receivers into a queue, on a thread of its own, until the door is closed. */
public final class Doorkeeper implements AutoCloseable {
    private final QueueProducer queue;
    private final Listener listener;
    private final Thread thread;
    private volatile boolean closed;

    /**
     * Opens the door.
     *
     * @param queue who has the frames
     * @param listener where receivers arrive; this object closes it
     */
    public Doorkeeper(QueueProducer queue, Listener listener) {
        this.queue = queue;
        this.listener = listener;
        thread = Thread.ofPlatform().daemon().name("dmabuf4j doorkeeper").start(this::letIn);
    }

    /** Lets nobody else in, and gives the address back. Idempotent. */
    public void closeDoor() {
        closed = true;
        listener.close();
    }

    /** Closes the door and ends the thread. */
    @Override
    public void close() {
        closeDoor();
        try {
            thread.interrupt();
            thread.join();
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }

    private void letIn() {
        while (!closed) {
            Connection peer;
            try {
                peer = listener.accept();
            } catch (IOException over) {
                return; // the listener is closed
            } catch (InterruptedException closing) {
                return;
            }
            // A peer that dawdles over its handshake keeps nobody else out.
            Thread.ofVirtual().name("dmabuf4j handshake").start(() -> attach(peer));
        }
    }

    private void attach(Connection peer) {
        try {
            queue.attach(peer);
        } catch (IOException turnedAway) {
            // The queue's event has said why.
        } catch (InterruptedException | IllegalStateException over) {
            peer.close();
        }
    }
}
