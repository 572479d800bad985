package io.github.dmabuf4j.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** A process that has given its page set to another one and got the other's. */
final class PageExchange implements AutoCloseable {
    static final int LINES = 64;
    static final int FIRST_TIMELINE = 1;
    static final int FIRST_INTEREST = 32;

    final UnixSocket socket;
    final TimelinePage own;
    final PeerTimelinePage peer;

    PageExchange(UnixSocket socket) throws IOException, InterruptedException {
        this.socket = socket;
        own = TimelinePage.create("exchange", LINES);
        socket.send(ByteBuffer.allocate(1), own.fd());
        Received received = socket.receive(ByteBuffer.allocate(1));
        peer = PeerTimelinePage.map(received.fds().getFirst(), LINES);
    }

    static PageExchange connect(String path) throws IOException, InterruptedException {
        return new PageExchange(UnixSocket.connect(Path.of(path)));
    }

    /** A timeline of our own that the peer watches. */
    SharedTimeline owned(int index) {
        SharedTimeline timeline = own.timeline(FIRST_TIMELINE + index, "own " + index);
        timeline.addWatcher(peer, FIRST_INTEREST + index);
        return timeline;
    }

    /** The peer's timeline of the same number. */
    PeerTimeline seen(int index) {
        return peer.timeline(FIRST_TIMELINE + index, "seen " + index, own, FIRST_INTEREST + index);
    }

    @Override
    public void close() {
        peer.close();
        own.close();
        socket.close();
    }
}
