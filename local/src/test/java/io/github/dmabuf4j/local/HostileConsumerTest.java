package io.github.dmabuf4j.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.github.dmabuf4j.domain.Frame;
import io.github.dmabuf4j.domain.QueueConsumer;
import io.github.dmabuf4j.domain.QueueEvent;
import io.github.dmabuf4j.domain.spi.SyncGeometry;
import io.github.dmabuf4j.domain.wire.Envelope;
import io.github.dmabuf4j.domain.wire.Goodbye;
import io.github.dmabuf4j.domain.wire.Hello;
import io.github.dmabuf4j.domain.wire.Mapped;
import io.github.dmabuf4j.domain.wire.Offer;
import io.github.dmabuf4j.domain.wire.Reply;
import io.github.dmabuf4j.domain.wire.Retire;
import io.github.dmabuf4j.domain.wire.Token;
import io.github.dmabuf4j.domain.wire.Unmapped;
import io.github.dmabuf4j.domain.wire.Xbp;
import io.github.dmabuf4j.domain.wire.XbpCodec;
import io.github.dmabuf4j.domain.wire.XbpError;
import io.github.dmabuf4j.domain.wire.XbpMessage;
import io.github.dmabuf4j.linux.BorrowedFd;
import io.github.dmabuf4j.linux.MemfdBacking;
import io.github.dmabuf4j.linux.MemfdPages;
import io.github.dmabuf4j.linux.UnixSocket;
import io.github.dmabuf4j.linux.testing.LeakCheck;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a consumer does, the producer refuses it with a reason, leaks nothing, and serves the next one. */
@Timeout(60)
@ExtendWith(LeakCheck.class)
final class HostileConsumerTest {
    private static final int SLOTS = 3;

    @TempDir
    Path folder;

    private StreamFixture stream;
    private RawPeer peer;

    @BeforeAll
    static void warmUp() throws IOException {
        StreamFixture.warmUp();
    }

    @BeforeEach
    void connect() throws IOException {
        stream = new StreamFixture(folder, SLOTS);
        peer = RawPeer.connect(stream.listener.path());
    }

    /** After every attack a good consumer gets its frames. */
    @AfterEach
    void aGoodConsumerIsServed() throws Exception {
        peer.close();
        FutureTask<QueueConsumer> opening =
                new FutureTask<>(() -> QueueConsumer.open(LocalConnection.connect(stream.listener.path()), "good"));
        Thread.ofPlatform().daemon().start(opening);
        stream.attach();
        try (QueueConsumer consumer = opening.get(30, TimeUnit.SECONDS)) {
            for (int i = 0; i < 2 * SLOTS; i++) {
                stream.send();
                Frame frame = consumer.acquire(StreamFixture.LONG);
                assertThat(frame).isNotNull();
                assertThat(StreamFixture.line(frame.number(), frame.presentationTime(), frame.raw()))
                        .isEqualTo(stream.expected.getLast());
                consumer.release(frame);
            }
        } finally {
            stream.close();
        }
    }

    private void assertTurnedAway(String reason) {
        assertThatIOException()
                .isThrownBy(() -> stream.attach())
                .withMessageContaining(reason)
                .withMessageContaining("process " + ProcessHandle.current().pid());
        QueueEvent event = stream.events.remove();
        assertThat(event.kind()).isEqualTo(QueueEvent.Kind.REFUSED);
        assertThat(event.sentence()).contains(reason);
        assertThat(stream.producer.consumers()).isZero();
    }

    private void assertTold(XbpError error) throws IOException, InterruptedException {
        XbpMessage told = peer.lastWord();
        int code = switch (told) {
            case Goodbye goodbye -> goodbye.code();
            case Reply reply -> reply.envelope().status();
            default -> 0;
        };
        assertThat(XbpError.of(code)).as("%s", told).isEqualTo(error);
    }

    // ---- Instead of a HELLO

    @Test
    void garbage() throws Exception {
        byte[] garbage = new byte[3000];
        new Random(1).nextBytes(garbage);
        peer.send(garbage);
        assertTurnedAway("3000 bytes says that it has");
        assertTold(XbpError.BADMSG);
    }

    @Test
    void anotherProtocol() throws Exception {
        peer.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        assertTurnedAway("says that it has");
    }

    @Test
    void oneByte() throws Exception {
        peer.send((byte) 7);
        assertTurnedAway("no whole header");
    }

    @Test
    void everyTruncatedHello() throws Exception {
        byte[] whole = bytes(peer.hello(Xbp.ROLE_IMPORTER));
        for (int length = 8; length < whole.length; length += 8) {
            try (RawPeer short_ = new RawPeer(UnixSocket.connect(stream.listener.path()))) {
                byte[] cut = Arrays.copyOf(whole, length);
                ByteBuffer.wrap(cut).order(java.nio.ByteOrder.LITTLE_ENDIAN).putInt(0, length);
                short_.socket.send(ByteBuffer.wrap(cut), short_.page.fd());
                if (length == 8) {
                    peer.close(); // the one that came first and says nothing
                    assertThatIOException().isThrownBy(() -> stream.attach());
                }
                assertThatIOException().isThrownBy(() -> stream.attach());
            }
        }
        stream.events.clear();
    }

    @Test
    void anotherMessageThanHello() throws Exception {
        peer.send(new Mapped(Envelope.oneWay(RawPeer.EPOCH, 5), Token.ZERO));
        assertTurnedAway("HELLO");
        assertTold(XbpError.BADSTATE);
    }

    @Test
    void nothingAndGone() {
        peer.close();
        assertThatIOException().isThrownBy(() -> stream.attach());
        assertThat(stream.events.remove().kind()).isEqualTo(QueueEvent.Kind.LEFT);
    }

    @Test
    void tooLongForAMessage() throws Exception {
        peer.send(new byte[Xbp.MAX_MESSAGE + 1]);
        assertTurnedAway("longer than");
    }

    // ---- A HELLO that does not fit

    @Test
    void wrongVersion() throws Exception {
        peer.send(
                RawPeer.hello(
                        Envelope.request(RawPeer.EPOCH, 1, 0),
                        Xbp.ROLE_IMPORTER,
                        2,
                        9,
                        RawPeer.GEOMETRY,
                        RawPeer.FEATURES),
                peer.page.fd());
        assertTurnedAway("versions 2 to 9");
        assertTold(XbpError.INCOMPAT);
    }

    @Test
    void featuresThatNobodyHas() throws Exception {
        byte[] hello = bytes(peer.hello(Xbp.ROLE_IMPORTER));
        hello[32 + 8 + 7] = 0x40; // offers and requires bit 62
        hello[32 + 16 + 7] = 0x40;
        peer.socket.send(ByteBuffer.wrap(hello), peer.page.fd());
        assertTurnedAway("insists on features");
        assertTold(XbpError.INCOMPAT);
    }

    @Test
    void theSameRole() throws Exception {
        peer.send(peer.hello(Xbp.ROLE_EXPORTER), peer.page.fd());
        assertTurnedAway("both sides want to send");
        assertTold(XbpError.INCOMPAT);
    }

    @Test
    void ringOverTimelines() throws Exception {
        byte[] hello = bytes(peer.hello(Xbp.ROLE_IMPORTER));
        hello[32 + 72 + 20] = 1; // the ring's first line
        peer.socket.send(ByteBuffer.wrap(hello), peer.page.fd());
        assertTurnedAway("overlap");
    }

    // ---- Descriptors

    @Test
    void noDescriptor() throws Exception {
        peer.send(peer.hello(Xbp.ROLE_IMPORTER));
        assertTurnedAway("attachment");
        assertTold(XbpError.BADREF);
    }

    @Test
    void tooManyDescriptors() throws Exception {
        BorrowedFd[] many = new BorrowedFd[UnixSocket.MAX_FDS];
        Arrays.fill(many, peer.page.fd());
        peer.send(peer.hello(Xbp.ROLE_IMPORTER), many);
        assertTurnedAway("253 attachments came");
        assertTold(XbpError.BADREF);
    }

    @Test
    void aSocketAsSyncPage() throws Exception {
        peer.send(peer.hello(Xbp.ROLE_IMPORTER), peer.socket.fd());
        assertTurnedAway("sync page cannot be used");
        assertTold(XbpError.BADREF);
    }

    @Test
    void aSyncPageThatOthersCanWrite() throws Exception {
        try (MemfdPages writable = new MemfdBacking().give(8192, "can be written")) {
            peer.send(peer.hello(Xbp.ROLE_IMPORTER), writable.fd());
            assertTurnedAway("seal");
            assertTold(XbpError.BADREF);
        }
    }

    @Test
    void aSyncPageThatIsTooSmall() throws Exception {
        SyncGeometry larger = new SyncGeometry(4096, 1, 1, 0, 10, 64, 2, 8);
        peer.send(
                RawPeer.hello(Envelope.request(RawPeer.EPOCH, 1, 0), Xbp.ROLE_IMPORTER, 1, 1, larger, RawPeer.FEATURES),
                peer.page.fd());
        assertTurnedAway("sync page cannot be used");
    }

    @Test
    void aSyncPageThatSaysSomethingElse() throws Exception {
        SyncGeometry other = new SyncGeometry(75, 1, 1, 0, 10, 64, 2, 8);
        peer.send(
                RawPeer.hello(Envelope.request(RawPeer.EPOCH, 1, 0), Xbp.ROLE_IMPORTER, 1, 1, other, RawPeer.FEATURES),
                peer.page.fd());
        assertTurnedAway("74 lines by its header and 75");
    }

    // ---- After HELLO

    @Test
    void aSecondHello() throws Exception {
        peer.send(peer.hello(Xbp.ROLE_IMPORTER), peer.page.fd());
        peer.send(peer.hello(Xbp.ROLE_IMPORTER), peer.page.fd());
        assertTurnedAway("HELLO");
        assertTold(XbpError.BADSTATE);
    }

    @Test
    void anotherEpoch() throws Exception {
        peer.send(peer.hello(Xbp.ROLE_IMPORTER), peer.page.fd());
        peer.send(new Unmapped(Envelope.oneWay(RawPeer.EPOCH + 1, 5)));
        assertTurnedAway("epoch");
        assertTold(XbpError.STALE_EPOCH);
    }

    @Test
    void aWrongToken() throws Exception {
        peer.send(peer.hello(Xbp.ROLE_IMPORTER), peer.page.fd());
        FutureTask<Void> attacking = attack(() -> {
            assertThat(peer.receive()).isInstanceOf(Hello.class);
            peer.accept((Offer) peer.receive(), new Token(1, 2));
        });
        assertTurnedAway("token");
        attacking.get(30, TimeUnit.SECONDS);
        assertTold(XbpError.BADTOKEN);
    }

    @Test
    void aBufferThatWasNeverOffered() throws Exception {
        peer.send(peer.hello(Xbp.ROLE_IMPORTER), peer.page.fd());
        peer.send(new Mapped(Envelope.oneWay(RawPeer.EPOCH, 0x7777_0000_0000_0001L), Token.ZERO));
        assertTurnedAway("not known here");
        assertTold(XbpError.NOBUF);
    }

    @Test
    void aMessageOfTheOtherDirection() throws Exception {
        peer.send(peer.hello(Xbp.ROLE_IMPORTER), peer.page.fd());
        peer.send(new Retire(Envelope.request(RawPeer.EPOCH, 2, 5), 0));
        assertTurnedAway("not one that a consumer sends");
    }

    // ---- While frames flow

    private void join() throws Exception {
        FutureTask<Void> joining = attack(() -> peer.join(SLOTS));
        stream.attach();
        joining.get(30, TimeUnit.SECONDS);
        assertThat(stream.event().kind()).isEqualTo(QueueEvent.Kind.JOINED);
    }

    private void assertThrownOut(String reason) throws Exception {
        while (stream.events.isEmpty()) {
            // The producer looks at the rings when it needs a buffer.
            stream.send();
        }
        QueueEvent event = stream.event();
        assertThat(event.kind()).isEqualTo(QueueEvent.Kind.REFUSED);
        assertThat(event.sentence()).contains(reason);
    }

    @Test
    void aRecordOfAnotherNumber() throws Exception {
        join();
        stream.send();
        peer.record(0, 2, peer.offers.getFirst().envelope().object(), 0, 1, 1);
        peer.ring.signal(1);
        assertThrownOut("says that it is record 2");
    }

    @Test
    void aRecordOfAnUnknownBuffer() throws Exception {
        join();
        stream.send();
        peer.record(0, 1, 99, 0, 1, 1);
        peer.ring.signal(1);
        assertThrownOut("not known here");
    }

    @Test
    void aRecordThatCitesAnUnknownTimeline() throws Exception {
        join();
        stream.send();
        peer.record(0, 1, peer.offers.getFirst().envelope().object(), -1, 1, 1);
        peer.ring.signal(1);
        assertThrownOut("cites timeline 4294967295");
    }

    @Test
    void aBufferGivenBackTwice() throws Exception {
        join();
        stream.send();
        long buffer = peer.offers.getFirst().envelope().object();
        peer.record(0, 1, buffer, 0, 1, 1);
        peer.record(1, 2, buffer, 0, 2, 1);
        peer.ring.signal(2);
        assertThrownOut("RELEASED came for a buffer that is IDLE");
    }

    @Test
    void aFrameGivenBackThatWasNotHandedOver() throws Exception {
        join();
        stream.send();
        peer.record(0, 1, peer.offers.getFirst().envelope().object(), 0, 1, 77);
        peer.ring.signal(1);
        assertThrownOut("gave frame 77 back");
    }

    @Test
    void aTimelineThatJumpsOverItsRing() throws Exception {
        join();
        stream.send();
        peer.ring.signal(1_000_000);
        assertThrownOut("overwritten");
    }

    @Test
    void aTimelineThatRunsBackwards() throws Exception {
        join();
        stream.send();
        long buffer = peer.offers.getFirst().envelope().object();
        peer.record(0, 1, buffer, 0, 1, 1);
        peer.ring.signal(1);
        for (int i = 0; i < SLOTS; i++) {
            stream.send(); // the last one needs the buffer that came back: value 1 was seen
        }
        peer.forceValue(0);
        assertThrownOut("backwards");
        peer.forceValue(1); // its own class would not close otherwise
    }

    private static byte[] bytes(XbpMessage message) {
        return XbpCodec.encode(message).array();
    }

    private interface Attack {
        void run() throws Exception;
    }

    private static FutureTask<Void> attack(Attack attack) {
        FutureTask<Void> task = new FutureTask<>(() -> {
            attack.run();
            return null;
        });
        Thread.ofPlatform().daemon().start(task);
        return task;
    }
}
