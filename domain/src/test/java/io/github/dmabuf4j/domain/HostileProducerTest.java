package io.github.dmabuf4j.domain;

import static io.github.dmabuf4j.domain.QueueFixture.LONG;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dmabuf4j.buffer.DmaBuf;
import io.github.dmabuf4j.domain.fake.FakeBackend;
import io.github.dmabuf4j.domain.fake.FakeConnection;
import io.github.dmabuf4j.domain.fake.RawPeer;
import io.github.dmabuf4j.domain.session.BufferId;
import io.github.dmabuf4j.domain.session.HandshakeException;
import io.github.dmabuf4j.domain.session.PeerLeftException;
import io.github.dmabuf4j.domain.session.ProtocolViolationException;
import io.github.dmabuf4j.domain.wire.Envelope;
import io.github.dmabuf4j.domain.wire.Event;
import io.github.dmabuf4j.domain.wire.FdReference;
import io.github.dmabuf4j.domain.wire.Goodbye;
import io.github.dmabuf4j.domain.wire.Hello;
import io.github.dmabuf4j.domain.wire.ImageMetadata;
import io.github.dmabuf4j.domain.wire.ImagePlane;
import io.github.dmabuf4j.domain.wire.Mapped;
import io.github.dmabuf4j.domain.wire.Metadata;
import io.github.dmabuf4j.domain.wire.Offer;
import io.github.dmabuf4j.domain.wire.References;
import io.github.dmabuf4j.domain.wire.Reply;
import io.github.dmabuf4j.domain.wire.Retire;
import io.github.dmabuf4j.domain.wire.Token;
import io.github.dmabuf4j.domain.wire.Unmapped;
import io.github.dmabuf4j.domain.wire.Xbp;
import io.github.dmabuf4j.domain.wire.XbpError;
import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.memory.ArenaBacking;
import io.github.dmabuf4j.memory.Pages;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a consumer does with a producer that breaks the protocol. */
@Timeout(60)
class HostileProducerTest {
    private static final long ID = BufferId.of(RawPeer.EPOCH, 0, 1);

    private final FakeBackend backend = new FakeBackend();
    private final Token token = new Token(3, 4);
    private Pages memory;
    private RawPeer peer;
    private FutureTask<QueueConsumer> opening;
    private Hello hello;
    private QueueConsumer consumer;

    @BeforeEach
    void connect() throws Exception {
        memory = new ArenaBacking().give(4096, "hostile");
        FakeConnection[] ends = backend.pair();
        peer = new RawPeer(backend, ends[0]);
        opening = new FutureTask<>(() -> QueueConsumer.open(ends[1], "victim"));
        Thread.ofPlatform().daemon().start(opening);
        hello = peer.await(Hello.class);
    }

    @AfterEach
    void nothingStaysBehind() throws Exception {
        if (consumer != null) {
            consumer.close();
        }
        peer.close();
        memory.close();
        backend.quiesce();
        assertThat(backend.openAttachments()).isZero();
        assertThat(backend.openMappings()).isZero();
        assertThat(backend.openPages()).isZero();
    }

    private void greet() throws Exception {
        peer.send(peer.hello(hello.envelope().reply(RawPeer.EPOCH), Xbp.ROLE_EXPORTER));
    }

    private static List<Metadata> picture(int width, int height) {
        return List.of(new ImageMetadata(width, height, 0x20203852, 0, List.of(new ImagePlane(0, 0, width, height))));
    }

    private Offer offer(long id, long size, List<Metadata> metadata) {
        return new Offer(
                Envelope.request(RawPeer.EPOCH, 5, id),
                size,
                0,
                0,
                References.of(List.of(new FdReference(0, 0, 0, size))),
                1,
                0,
                0,
                token,
                metadata);
    }

    private void offer() throws Exception {
        greet();
        peer.send(offer(ID, 4096, picture(64, 64)), memory);
        assertThat(peer.await(Reply.class).envelope().isRefusal()).isFalse();
        assertThat(peer.await(Mapped.class).token()).isEqualTo(token);
        consumer = QueueFixture.get(opening);
    }

    private void begin(long sequence) throws Exception {
        offer();
        peer.send(new Event(Envelope.oneWay(RawPeer.EPOCH), Xbp.EVENT_STREAM_START, sequence));
    }

    private void goodbye(XbpError error, String reason) throws Exception {
        Goodbye goodbye = peer.await(Goodbye.class);
        assertThat(XbpError.of(goodbye.code())).isEqualTo(error);
        assertThat(goodbye.text()).contains(reason);
    }

    private void refusedWhileOpening(XbpError error, String reason) throws Exception {
        goodbye(error, reason);
        assertThatThrownBy(() -> QueueFixture.get(opening))
                .isInstanceOfAny(HandshakeException.class, ProtocolViolationException.class)
                .hasMessageContaining("process ")
                .hasMessageContaining(reason);
    }

    private void refusedWhileAcquiring(XbpError error, String reason) throws Exception {
        assertThatThrownBy(() -> consumer.acquire(LONG))
                .isInstanceOfSatisfying(
                        ProtocolViolationException.class,
                        violation -> assertThat(violation.error()).isEqualTo(error))
                .hasMessageContaining(reason);
        goodbye(error, reason);
        assertThatThrownBy(() -> consumer.acquire(LONG)).hasMessageContaining(reason);
    }

    // ---- Messages

    @Test
    void garbage() throws Exception {
        peer.sendRaw(new byte[100]);
        refusedWhileOpening(XbpError.BADMSG, "");
    }

    @Test
    void aHelloInsteadOfAnAnswer() throws Exception {
        peer.send(peer.hello(Envelope.request(RawPeer.EPOCH, 1, 0), Xbp.ROLE_EXPORTER));
        assertThat(peer.await(Reply.class).text()).contains("both sides want to receive");
        assertThatThrownBy(() -> QueueFixture.get(opening)).hasMessageContaining("both sides want to receive");
    }

    @Test
    void aRefusal() throws Exception {
        peer.send(new Reply(hello.envelope().refusal(RawPeer.EPOCH, XbpError.DENIED), Xbp.HELLO, "go away"));
        assertThatThrownBy(() -> QueueFixture.get(opening))
                .isInstanceOfSatisfying(
                        HandshakeException.class,
                        refused -> assertThat(refused.error()).isEqualTo(XbpError.DENIED))
                .hasMessageContaining("refused us: go away");
    }

    @Test
    void anOfferBeforeHello() throws Exception {
        peer.send(offer(ID, 4096, picture(64, 64)), memory);
        refusedWhileOpening(XbpError.BADSTATE, "before HELLO");
    }

    @Test
    void anOfferThatIsLargerThanItsMemory() throws Exception {
        greet();
        peer.send(offer(ID, 8192, picture(64, 64)), memory);
        refusedWhileOpening(XbpError.MAPFAIL, "4096 bytes, not 8192");
    }

    @Test
    void anOfferOfSomethingElse() throws Exception {
        greet();
        peer.send(offer(ID, 4096, picture(64, 64)), "no memory");
        refusedWhileOpening(XbpError.MAPFAIL, "no memory");
    }

    @Test
    void anOfferOfAnotherEpoch() throws Exception {
        greet();
        peer.send(offer(BufferId.of(RawPeer.EPOCH + 1, 0, 1), 4096, picture(64, 64)), memory);
        refusedWhileOpening(XbpError.STALE_EPOCH, "another epoch");
    }

    @Test
    void anOfferBeyondTheLimits() throws Exception {
        greet();
        peer.send(offer(BufferId.of(RawPeer.EPOCH, 64, 1), 4096, picture(64, 64)), memory);
        refusedWhileOpening(XbpError.QUOTA, "beyond the 63");
    }

    @Test
    void aPictureThatDoesNotFit() throws Exception {
        greet();
        peer.send(offer(ID, 4096, picture(64, 65)), memory);
        refusedWhileOpening(XbpError.BADMSG, "does not fit");
    }

    @Test
    void anOfferWithoutAPicture() throws Exception {
        greet();
        peer.send(offer(ID, 4096, List.of()), memory);
        refusedWhileOpening(XbpError.NOTSUP, "what a frame looks like");
    }

    @Test
    void theSameOfferTwice() throws Exception {
        offer();
        peer.send(offer(ID, 4096, picture(64, 64)), memory);
        refusedWhileAcquiring(XbpError.BADSTATE, "in use");
    }

    @Test
    void aDifferentPicture() throws Exception {
        offer();
        peer.send(offer(BufferId.of(RawPeer.EPOCH, 1, 1), 4096, picture(32, 32)), memory);
        refusedWhileAcquiring(XbpError.BADSTATE, "different pictures");
    }

    @Test
    void anOfferAfterTheStart() throws Exception {
        begin(1);
        peer.send(offer(BufferId.of(RawPeer.EPOCH, 1, 1), 4096, picture(64, 64)), memory);
        refusedWhileAcquiring(XbpError.BADSTATE, "after the start");
    }

    @Test
    void aStartWithoutAnOffer() throws Exception {
        greet();
        peer.send(new Event(Envelope.oneWay(RawPeer.EPOCH), Xbp.EVENT_STREAM_START, 1));
        refusedWhileOpening(XbpError.BADSTATE, "without an offer");
    }

    @Test
    void aSecondStart() throws Exception {
        begin(1);
        peer.send(new Event(Envelope.oneWay(RawPeer.EPOCH), Xbp.EVENT_STREAM_START, 1));
        refusedWhileAcquiring(XbpError.BADSTATE, "started twice");
    }

    @Test
    void aStartAtNothing() throws Exception {
        begin(-5);
        refusedWhileAcquiring(XbpError.BADMSG, "starts at -5");
    }

    @Test
    void aRetirementOfNothing() throws Exception {
        begin(1);
        peer.send(new Retire(Envelope.request(RawPeer.EPOCH, 9, ID + 1), 0));
        refusedWhileAcquiring(XbpError.NOBUF, "not known");
    }

    // ---- Ring

    @Test
    void aRecordWithAnotherSequence() throws Exception {
        begin(1);
        peer.write(1, 65, ID, 0, 0, 1, 1);
        peer.publish(1);
        refusedWhileAcquiring(XbpError.BADMSG, "says that it is record 65");
    }

    @Test
    void aBufferOutOfRange() throws Exception {
        begin(1);
        peer.write(1, 1, -1, 0, 0, 1, 1);
        peer.publish(1);
        refusedWhileAcquiring(XbpError.NOBUF, "not known");
    }

    @Test
    void aBufferThatWeHold() throws Exception {
        begin(1);
        peer.write(1, 1, ID, 0, 0, 1, 1);
        peer.write(2, 2, ID, 0, 0, 2, 2);
        peer.publish(2);
        Frame frame = requireNonNull(consumer.acquire(LONG));
        refusedWhileAcquiring(XbpError.BADSTATE, "handed over twice");
        consumer.release(frame);
    }

    @ParameterizedTest
    @ValueSource(longs = {66, Long.MAX_VALUE})
    void anOverrun(long published) throws Exception {
        begin(2);
        peer.publish(published);
        refusedWhileAcquiring(XbpError.BADMSG, "was overwritten");
    }

    @Test
    void aTimelineThatRunsBackwardsWhileWeWait() throws Exception {
        begin(1);
        peer.write(1, 1, ID, 0, 0, 1, 1);
        peer.publish(1);
        consumer.release(requireNonNull(consumer.acquire(LONG)));
        assertThat(consumer.acquire(Duration.ZERO)).isNull(); // the record shows before the timeline was looked at
        FutureTask<Frame> waiting = new FutureTask<>(() -> consumer.acquire(LONG));
        Thread.ofPlatform().daemon().start(waiting);
        peer.publish(0);
        assertThatThrownBy(() -> QueueFixture.get(waiting))
                .isInstanceOf(ProtocolViolationException.class)
                .hasMessageContaining("ran backwards");
    }

    @Test
    void aTimelineThatFails() throws Exception {
        begin(1);
        peer.page.timeline(0).fail(1, Errno.EIO);
        assertThatThrownBy(() -> consumer.acquire(LONG))
                .isInstanceOf(PeerLeftException.class)
                .hasMessageContaining("closed its timelines");
    }

    // ---- Retirement

    @Test
    void aBufferThatIsHeldIsGivenBackLater() throws Exception {
        begin(1);
        peer.write(1, 1, ID, 0, 0, 1, 1);
        peer.write(2, 2, 0, 0, Xbp.HANDOVER_END_OF_STREAM, 2, 2);
        peer.publish(2);
        Frame frame = requireNonNull(consumer.acquire(LONG));
        Envelope retire = Envelope.request(RawPeer.EPOCH, 9, ID);
        peer.send(new Retire(retire, 0));
        assertThat(consumer.acquire(LONG)).isNull();
        assertThat(consumer.isEndOfStream()).isTrue();
        assertThat(backend.openMappings()).as("the buffer and the page").isEqualTo(2);
        DmaBuf kept = frame.buffer().dup();
        consumer.release(frame);
        while (backend.openMappings() == 2 && !frame.buffer().isClosed()) {
            assertThat(consumer.acquire(LONG)).isNull(); // until the RETIRE has arrived
        }
        assertThat(backend.openMappings()).as("still one handle").isEqualTo(2);
        kept.close();
        peer.await(Unmapped.class);
        Reply reply = peer.await(Reply.class);
        assertThat(reply.type()).isEqualTo(Xbp.RETIRE);
        assertThat(reply.envelope().request()).isEqualTo(9);
        assertThat(backend.openMappings()).as("the page").isEqualTo(1);
        assertThatThrownBy(() -> consumer.release(frame)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aBufferIsNotTakenBeforeItsLastFrameIsRead() throws Exception {
        begin(1);
        peer.write(1, 1, ID, 0, 0, 1, 1);
        peer.publish(1);
        peer.send(new Retire(Envelope.request(RawPeer.EPOCH, 9, ID), 0));
        Frame frame = requireNonNull(consumer.acquire(LONG));
        assertThat(frame.number()).isEqualTo(1);
        consumer.release(frame);
    }
}
