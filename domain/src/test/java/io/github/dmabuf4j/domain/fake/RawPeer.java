package io.github.dmabuf4j.domain.fake;

import io.github.dmabuf4j.domain.spi.Attachment;
import io.github.dmabuf4j.domain.spi.ConnectionReceiver;
import io.github.dmabuf4j.domain.spi.Disconnect;
import io.github.dmabuf4j.domain.spi.SyncGeometry;
import io.github.dmabuf4j.domain.wire.BadMessageException;
import io.github.dmabuf4j.domain.wire.Envelope;
import io.github.dmabuf4j.domain.wire.Hello;
import io.github.dmabuf4j.domain.wire.RingDescriptor;
import io.github.dmabuf4j.domain.wire.Token;
import io.github.dmabuf4j.domain.wire.Xbp;
import io.github.dmabuf4j.domain.wire.XbpCodec;
import io.github.dmabuf4j.domain.wire.XbpMessage;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A peer that says and writes whatever a test wants. */
public final class RawPeer {
    /** Its incarnation. */
    public static final int EPOCH = 0x0BAD_CAFE;

    /** Its page: one timeline, a ring of 64, and enough interest. */
    public static final SyncGeometry GEOMETRY = new SyncGeometry(80, 1, 1, 0, 8, 64, 72, 8);

    public final FakePage page;
    private final FakeConnection connection;
    private final BlockingQueue<Object> news = new LinkedBlockingQueue<>();

    /** Takes one end of a channel. */
    public RawPeer(FakeBackend backend, FakeConnection connection) {
        this.page = backend.createSyncPage(GEOMETRY, "raw");
        this.connection = connection;
        connection.start(new ConnectionReceiver() {
            @Override
            public void received(ByteBuffer message, List<Attachment> attachments) {
                try {
                    news.add(XbpCodec.decode(message, attachments.size()));
                } catch (BadMessageException bad) {
                    news.add(bad);
                }
                attachments.forEach(Attachment::close);
            }

            @Override
            public void disconnected(Disconnect disconnect) {
                news.add(disconnect);
            }
        });
    }

    /** Leaves without a word. */
    public void close() {
        connection.close();
        page.close();
    }

    /** What a correct peer says first. */
    public Hello hello(Envelope envelope, int roles) {
        return hello(envelope, roles, Xbp.VERSION, GEOMETRY);
    }

    /** The same with some lies. */
    public Hello hello(Envelope envelope, int roles, int version, SyncGeometry geometry) {
        long features = Xbp.FEATURE_TIMELINE_PAGE | Xbp.FEATURE_HANDOVER_RING;
        return new Hello(
                envelope,
                version,
                version,
                features,
                features,
                Xbp.MAX_MESSAGE,
                63,
                8,
                4096,
                1L << 40,
                Token.ZERO,
                roles,
                0,
                geometry);
    }

    public void send(XbpMessage message) throws IOException {
        if (message instanceof Hello) {
            connection.send(XbpCodec.encode(message), List.of(page.attachment()));
        } else {
            connection.send(XbpCodec.encode(message), List.of());
        }
    }

    /** Sends an offer of memory. */
    public void send(XbpMessage offer, Object memory) throws IOException {
        connection.send(
                XbpCodec.encode(offer), List.of(new FakeAttachment((FakeBackend) connection.backend(), memory, false)));
    }

    public void sendRaw(byte... bytes) {
        connection.sendRaw(bytes, List.of());
    }

    /** The next thing that came, a message or the end. */
    public <T> T await(Class<T> type) throws InterruptedException {
        while (true) {
            Object next = Objects.requireNonNull(
                    news.poll(30, TimeUnit.SECONDS), () -> "no " + type.getSimpleName() + " came");
            if (type.isInstance(next)) {
                return type.cast(next);
            }
            if (next instanceof Disconnect) {
                throw new AssertionError("instead of a " + type.getSimpleName() + " came the end: " + next);
            }
        }
    }

    /** Writes a record without publishing it. */
    public void write(long slotOf, long sequence, long buffer, int timeline, int flags, long value, long frame) {
        MemorySegment at = page.memory()
                .asSlice((GEOMETRY.ringLine() + (slotOf - 1) % GEOMETRY.ringEntries()) * SyncGeometry.LINE_BYTES);
        at.set(ValueLayout.JAVA_LONG, RingDescriptor.HANDOVER_SEQUENCE, sequence);
        at.set(ValueLayout.JAVA_LONG, RingDescriptor.HANDOVER_BUFFER, buffer);
        at.set(ValueLayout.JAVA_INT, RingDescriptor.HANDOVER_TIMELINE, timeline);
        at.set(ValueLayout.JAVA_INT, RingDescriptor.HANDOVER_FLAGS, flags);
        at.set(ValueLayout.JAVA_LONG, RingDescriptor.HANDOVER_VALUE, value);
        at.set(ValueLayout.JAVA_LONG, RingDescriptor.HANDOVER_FRAME, frame);
    }

    /** Publishes what is written up to a number; may also run backwards. */
    public void publish(long value) {
        page.force(0, value);
    }
}
