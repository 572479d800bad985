package io.github.dmabuf4j.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

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
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Whatever a consumer says in the handshake, the producer refuses what is wrong with a reason. */
final class HostileHandshakeTest extends ProducerUnderAttack {
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

    private static byte[] bytes(XbpMessage message) {
        return XbpCodec.encode(message).array();
    }
}
