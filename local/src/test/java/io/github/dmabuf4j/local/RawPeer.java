package io.github.dmabuf4j.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dmabuf4j.domain.spi.SyncGeometry;
import io.github.dmabuf4j.domain.wire.Envelope;
import io.github.dmabuf4j.domain.wire.Hello;
import io.github.dmabuf4j.domain.wire.Mapped;
import io.github.dmabuf4j.domain.wire.Offer;
import io.github.dmabuf4j.domain.wire.Reply;
import io.github.dmabuf4j.domain.wire.RingDescriptor;
import io.github.dmabuf4j.domain.wire.Token;
import io.github.dmabuf4j.domain.wire.Xbp;
import io.github.dmabuf4j.domain.wire.XbpCodec;
import io.github.dmabuf4j.domain.wire.XbpMessage;
import io.github.dmabuf4j.linux.BorrowedFd;
import io.github.dmabuf4j.linux.OwnedFd;
import io.github.dmabuf4j.linux.Received;
import io.github.dmabuf4j.linux.SharedTimeline;
import io.github.dmabuf4j.linux.TimelinePage;
import io.github.dmabuf4j.linux.UnixSocket;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A peer that speaks by hand, so that it can say what no peer should. */
final class RawPeer implements AutoCloseable {
    static final int EPOCH = 0x1234_5678;
    static final SyncGeometry GEOMETRY = new SyncGeometry(74, 1, 1, 0, 10, 64, 2, 8);
    static final long FEATURES =
            Xbp.FEATURE_FD_PASSING | Xbp.FEATURE_TIMELINE_PAGE | Xbp.FEATURE_HANDOVER_RING | Xbp.FEATURE_SHARED_READ;

    final UnixSocket socket;
    final TimelinePage page;
    final SharedTimeline ring;
    final List<Offer> offers = new ArrayList<>();

    RawPeer(UnixSocket socket) throws IOException {
        this.socket = socket;
        this.page = TimelinePage.create("raw peer", GEOMETRY.lines());
        this.ring = page.timeline(GEOMETRY.firstTimeline(), "ring");
    }

    static RawPeer connect(Path path) throws IOException {
        return new RawPeer(UnixSocket.connect(path));
    }

    Hello hello(int role) {
        return hello(Envelope.request(EPOCH, 1, 0), role, 1, 1, GEOMETRY, FEATURES);
    }

    static Hello hello(Envelope envelope, int role, int oldest, int newest, SyncGeometry geometry, long features) {
        return new Hello(
                envelope,
                oldest,
                newest,
                features,
                features & (Xbp.FEATURE_TIMELINE_PAGE | Xbp.FEATURE_HANDOVER_RING),
                Xbp.MAX_MESSAGE,
                role == Xbp.ROLE_EXPORTER ? 4 : 64,
                8,
                4096,
                1L << 40,
                Token.ZERO,
                role,
                0,
                geometry);
    }

    void send(XbpMessage message, BorrowedFd... fds) throws IOException, InterruptedException {
        socket.send(XbpCodec.encode(message), fds);
    }

    void send(byte... bytes) throws IOException, InterruptedException {
        socket.send(ByteBuffer.wrap(bytes));
    }

    /** The next message; null at the end. Descriptors are closed. */
    @Nullable XbpMessage receive() throws IOException, InterruptedException {
        ByteBuffer into = ByteBuffer.allocate(Xbp.MAX_MESSAGE);
        Received received = socket.receive(into, Duration.ofSeconds(30));
        assertThat(received).as("a message or the end should have come").isNotNull();
        received.fds().forEach(OwnedFd::close);
        return received.isEnd()
                ? null
                : XbpCodec.decode(into.flip(), received.fds().size());
    }

    /** Everything up to the end, where the last word is a refusal. */
    XbpMessage lastWord() throws IOException, InterruptedException {
        XbpMessage last = null;
        for (XbpMessage next = receive(); next != null; next = receive()) {
            last = next;
        }
        assertThat(last).as("nothing was said before the end").isNotNull();
        return last;
    }

    /** Becomes a consumer that has mapped everything, as far as the producer can tell. */
    void join(int buffers) throws IOException, InterruptedException {
        send(hello(Xbp.ROLE_IMPORTER), page.fd());
        assertThat(receive()).isInstanceOf(Hello.class);
        for (int i = 0; i < buffers; i++) {
            Offer offer = (Offer) receive();
            assertThat(offer).isNotNull();
            offers.add(offer);
            accept(offer, offer.token());
        }
    }

    void accept(Offer offer, Token token) throws IOException, InterruptedException {
        send(new Reply(offer.envelope().reply(EPOCH), Xbp.OFFER, ""));
        send(new Mapped(Envelope.oneWay(EPOCH, offer.envelope().object()), token));
    }

    /** Writes the next record of the ring, without publishing it. */
    void record(long slot, long sequence, long buffer, int timeline, long value, long frame) {
        MemorySegment memory = page.memory();
        long at = (GEOMETRY.ringLine() + slot % GEOMETRY.ringEntries()) * SyncGeometry.LINE_BYTES;
        memory.set(ValueLayout.JAVA_LONG, at + RingDescriptor.HANDOVER_SEQUENCE, sequence);
        memory.set(ValueLayout.JAVA_LONG, at + RingDescriptor.HANDOVER_BUFFER, buffer);
        memory.set(ValueLayout.JAVA_INT, at + RingDescriptor.HANDOVER_TIMELINE, timeline);
        memory.set(ValueLayout.JAVA_INT, at + RingDescriptor.HANDOVER_FLAGS, 0);
        memory.set(ValueLayout.JAVA_LONG, at + RingDescriptor.HANDOVER_VALUE, value);
        memory.set(ValueLayout.JAVA_LONG, at + RingDescriptor.HANDOVER_FRAME, frame);
    }

    /** Writes the value of the ring's timeline behind the back of the class that would refuse it, and wakes nobody. */
    void forceValue(long value) {
        long at = (long) GEOMETRY.firstTimeline() * SyncGeometry.LINE_BYTES;
        ValueLayout.JAVA_LONG.varHandle().setVolatile(page.memory(), at, value);
    }

    @Override
    public void close() {
        socket.close();
        page.close();
    }
}
