package io.github.dmabuf4j.domain;

import static io.github.dmabuf4j.domain.QueueFixture.LONG;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dmabuf4j.domain.fake.FakeConnection;
import io.github.dmabuf4j.domain.fake.RawPeer;
import io.github.dmabuf4j.domain.spi.Disconnect;
import io.github.dmabuf4j.domain.spi.SyncGeometry;
import io.github.dmabuf4j.domain.wire.Envelope;
import io.github.dmabuf4j.domain.wire.Event;
import io.github.dmabuf4j.domain.wire.Goodbye;
import io.github.dmabuf4j.domain.wire.Hello;
import io.github.dmabuf4j.domain.wire.Mapped;
import io.github.dmabuf4j.domain.wire.Offer;
import io.github.dmabuf4j.domain.wire.Reply;
import io.github.dmabuf4j.domain.wire.Retire;
import io.github.dmabuf4j.domain.wire.Token;
import io.github.dmabuf4j.domain.wire.Unmapped;
import io.github.dmabuf4j.domain.wire.Xbp;
import io.github.dmabuf4j.domain.wire.XbpError;
import io.github.dmabuf4j.domain.wire.XbpMessage;
import io.github.dmabuf4j.fence.Errno;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a producer does with a consumer that breaks the protocol: it is refused with a reason, and nothing else happens. */
@Timeout(60)
class HostileConsumerTest {
    private static final int SLOTS = 2;

    private QueueFixture queue;
    private QueueConsumer bystander;
    private RawPeer peer;
    private FutureTask<Void> attaching;
    private final long[] ids = new long[SLOTS];

    @BeforeEach
    void connect() throws Exception {
        queue = new QueueFixture(SLOTS);
        bystander = queue.consumer();
        queue.event();
        FakeConnection[] ends = queue.backend.pair();
        peer = new RawPeer(queue.backend, ends[1]);
        attaching = new FutureTask<>(() -> {
            queue.producer.attach(ends[0]);
            return null;
        });
        Thread.ofPlatform().daemon().start(attaching);
    }

    @AfterEach
    void nothingStaysBehindAndTheOthersGoOn() throws Exception {
        long frame = queue.send(42);
        Frame next;
        do {
            next = requireNonNull(bystander.acquire(LONG));
            bystander.release(next);
        } while (next.number() < frame);
        queue.close();
        peer.close();
        queue.backend.quiesce();
        assertThat(queue.backend.openAttachments()).isZero();
        assertThat(queue.backend.openMappings()).isZero();
        assertThat(queue.backend.openPages()).isZero();
    }

    private static Envelope request() {
        return Envelope.request(RawPeer.EPOCH, 1, 0);
    }

    private void greet() throws Exception {
        peer.send(peer.hello(request(), Xbp.ROLE_IMPORTER));
        assertThat(peer.await(Hello.class).envelope().isReply()).isTrue();
    }

    private void join() throws Exception {
        greet();
        for (int slot = 0; slot < SLOTS; slot++) {
            Offer offer = peer.await(Offer.class);
            ids[slot] = offer.envelope().object();
            peer.send(new Reply(offer.envelope().reply(RawPeer.EPOCH), Xbp.OFFER, ""));
            peer.send(new Mapped(Envelope.oneWay(RawPeer.EPOCH, ids[slot]), offer.token()));
        }
        QueueFixture.get(attaching);
        assertThat(queue.event().kind()).isEqualTo(QueueEvent.Kind.JOINED);
    }

    /** Both sides are told. */
    private void refused(XbpError error, String reason) throws Exception {
        Goodbye goodbye = peer.await(Goodbye.class);
        assertThat(XbpError.of(goodbye.code())).isEqualTo(error);
        assertThat(goodbye.text()).contains(reason);
        peer.await(Disconnect.class);
        QueueEvent event = queue.event();
        assertThat(event.kind()).isEqualTo(QueueEvent.Kind.REFUSED);
        assertThat(event.sentence())
                .contains("process ")
                .contains(" was refused: ")
                .contains(reason);
        assertThat(queue.producer.consumers()).isEqualTo(1);
    }

    private void refusedWhileAttaching(XbpError error, String reason) throws Exception {
        refused(error, reason);
        assertThatThrownBy(() -> QueueFixture.get(attaching)).hasMessageContaining(reason);
    }

    /** Hands one frame over, and lets the producer look what comes back. */
    private long handOver() throws Exception {
        long frame = queue.send(1);
        assertThat(peer.await(Event.class).value()).isEqualTo(frame);
        bystander.release(requireNonNull(bystander.acquire(LONG)));
        return frame;
    }

    /** Takes both buffers, so that the producer has to look what came back. */
    private void look() throws Exception {
        ProducerSlot one = requireNonNull(queue.producer.dequeue(LONG));
        ProducerSlot two = requireNonNull(queue.producer.dequeue(LONG));
        queue.producer.cancel(one);
        queue.producer.cancel(two);
    }

    // ---- Messages

    @Test
    void garbageInsteadOfHello() throws Exception {
        peer.sendRaw(new byte[] {1, 2, 3});
        refusedWhileAttaching(XbpError.BADMSG, "");
    }

    @Test
    void anotherMessageBeforeHello() throws Exception {
        peer.send(new Unmapped(Envelope.oneWay(RawPeer.EPOCH, 1)));
        refusedWhileAttaching(XbpError.BADSTATE, "before HELLO");
    }

    private void refusedHello(XbpMessage hello, XbpError error, String reason) throws Exception {
        peer.send(hello);
        Reply reply = peer.await(Reply.class);
        assertThat(reply.envelope().isRefusal()).isTrue();
        assertThat(XbpError.of(reply.envelope().status())).isEqualTo(error);
        assertThat(reply.text()).contains(reason);
        peer.await(Disconnect.class);
        assertThatThrownBy(() -> QueueFixture.get(attaching)).hasMessageContaining(reason);
        assertThat(queue.event().kind()).isEqualTo(QueueEvent.Kind.REFUSED);
    }

    @Test
    void anotherVersion() throws Exception {
        refusedHello(peer.hello(request(), Xbp.ROLE_IMPORTER, 2, RawPeer.GEOMETRY), XbpError.INCOMPAT, "version");
    }

    @Test
    void twoSenders() throws Exception {
        refusedHello(peer.hello(request(), Xbp.ROLE_EXPORTER), XbpError.INCOMPAT, "both sides want to send");
    }

    @Test
    void aRingThatIsTooShort() throws Exception {
        SyncGeometry none = new SyncGeometry(80, 1, 1, 0, 8, 0, 72, 8);
        refusedHello(peer.hello(request(), Xbp.ROLE_IMPORTER, 1, none), XbpError.INCOMPAT, "no ring");
    }

    @Test
    void tooFewLinesToWait() throws Exception {
        SyncGeometry blind = new SyncGeometry(80, 1, 1, 0, 8, 64, 72, 1);
        refusedHello(peer.hello(request(), Xbp.ROLE_IMPORTER, 1, blind), XbpError.TOOBIG, "can wait for 1 timelines");
    }

    @Test
    void aPageThatIsSmallerThanSaid() throws Exception {
        SyncGeometry larger = new SyncGeometry(800, 1, 1, 0, 8, 64, 72, 8);
        refusedHello(peer.hello(request(), Xbp.ROLE_IMPORTER, 1, larger), XbpError.BADREF, "sync page");
    }

    @Test
    void aSecondHello() throws Exception {
        join();
        peer.send(peer.hello(request(), Xbp.ROLE_IMPORTER));
        refused(XbpError.BADSTATE, "a second HELLO");
    }

    @Test
    void anAnswerToAHelloThatWasNotSent() throws Exception {
        peer.send(peer.hello(request().reply(RawPeer.EPOCH), Xbp.ROLE_IMPORTER));
        refusedWhileAttaching(XbpError.BADSTATE, "unasked");
    }

    @Test
    void aStaleEpoch() throws Exception {
        join();
        peer.send(new Unmapped(Envelope.oneWay(RawPeer.EPOCH + 1, ids[0])));
        refused(XbpError.STALE_EPOCH, "epoch");
    }

    @Test
    void anUnknownType() throws Exception {
        join();
        byte[] header = new byte[32];
        header[0] = 32;
        header[4] = 0x77;
        header[12] = 1;
        peer.sendRaw(header);
        refused(XbpError.BADMSG, "");
    }

    @Test
    void whatOnlyAProducerSends() throws Exception {
        join();
        peer.send(new Retire(Envelope.request(RawPeer.EPOCH, 9, ids[0]), 0));
        refused(XbpError.BADSTATE, "not one that a consumer sends");
    }

    @Test
    void anAnswerThatNobodyAskedFor() throws Exception {
        join();
        peer.send(new Reply(Envelope.request(RawPeer.EPOCH, 77, ids[0]).reply(RawPeer.EPOCH), Xbp.OFFER, ""));
        refused(XbpError.BADSTATE, "unasked");
    }

    @Test
    void aRetirementThatNobodyAskedFor() throws Exception {
        join();
        peer.send(new Reply(Envelope.request(RawPeer.EPOCH, 77, ids[0]).reply(RawPeer.EPOCH), Xbp.RETIRE, ""));
        refused(XbpError.BADSTATE, "unasked");
    }

    @Test
    void aWrongToken() throws Exception {
        greet();
        Offer offer = peer.await(Offer.class);
        peer.send(new Mapped(Envelope.oneWay(RawPeer.EPOCH, offer.envelope().object()), Token.ZERO));
        Goodbye goodbye = peer.await(Goodbye.class);
        assertThat(XbpError.of(goodbye.code())).isEqualTo(XbpError.BADTOKEN);
        assertThat(queue.event().kind()).isEqualTo(QueueEvent.Kind.REFUSED);
        assertThatThrownBy(() -> QueueFixture.get(attaching)).hasMessageContaining("token");
    }

    @Test
    void aMappingOfNothing() throws Exception {
        join();
        peer.send(new Mapped(Envelope.oneWay(RawPeer.EPOCH, 12345), Token.ZERO));
        refused(XbpError.NOBUF, "not known");
    }

    @Test
    void oneUnmappedTooMuch() throws Exception {
        join();
        peer.send(new Unmapped(Envelope.oneWay(RawPeer.EPOCH, ids[1])));
        peer.send(new Unmapped(Envelope.oneWay(RawPeer.EPOCH, ids[1])));
        refused(XbpError.BADSTATE, "not mapped");
    }

    // ---- Ring

    @Test
    void aCorrectReleaseIsAccepted() throws Exception {
        join();
        long frame = handOver();
        peer.write(1, 1, ids[0], 0, 0, 1, frame);
        peer.publish(1);
        look();
        assertThat(queue.producer.consumers()).isEqualTo(2);
        peer.send(new Goodbye(Envelope.oneWay(RawPeer.EPOCH), 0, "bye\u0007"));
        QueueEvent event = queue.event();
        assertThat(event.kind()).isEqualTo(QueueEvent.Kind.LEFT);
        assertThat(event.sentence()).contains("left: bye").doesNotContain("\u0007");
    }

    @Test
    void aRecordWithAnotherSequence() throws Exception {
        join();
        long frame = handOver();
        peer.write(1, 2, ids[0], 0, 0, 1, frame);
        peer.publish(1);
        look();
        refused(XbpError.BADMSG, "says that it is record 2");
    }

    @Test
    void aBufferThatDoesNotExist() throws Exception {
        join();
        long frame = handOver();
        peer.write(1, 1, ids[0] + (5L << 24), 0, 0, 1, frame);
        peer.publish(1);
        look();
        refused(XbpError.NOBUF, "not known");
    }

    @Test
    void aBufferThatItDoesNotHold() throws Exception {
        join();
        long frame = handOver();
        peer.write(1, 1, ids[1], 0, 0, 1, frame);
        peer.publish(1);
        look();
        refused(XbpError.BADSTATE, "RELEASED came for a buffer that is IDLE");
    }

    @Test
    void aBufferTwice() throws Exception {
        join();
        long frame = handOver();
        peer.write(1, 1, ids[0], 0, 0, 1, frame);
        peer.write(2, 2, ids[0], 0, 0, 2, frame);
        peer.publish(2);
        look(); // takes the first
        queue.send(1); // in the other buffer
        bystander.release(requireNonNull(bystander.acquire(LONG)));
        look(); // finds the second where an answer should be
        refused(XbpError.BADSTATE, "RELEASED came for a buffer that is IDLE");
    }

    @Test
    void aFrameOfAnotherLife() throws Exception {
        join();
        long frame = handOver();
        peer.write(1, 1, ids[0], 0, 0, 1, frame + 1);
        peer.publish(1);
        look();
        refused(XbpError.BADSTATE, "it gave frame");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, -1, Integer.MIN_VALUE})
    void aTimelineThatItDoesNotHave(int timeline) throws Exception {
        join();
        long frame = handOver();
        peer.write(1, 1, ids[0], timeline, 0, 1, frame);
        peer.publish(1);
        look();
        refused(XbpError.BADMSG, "cites timeline");
    }

    @ParameterizedTest
    @ValueSource(longs = {65, 1000, Long.MAX_VALUE})
    void anOverrunRing(long published) throws Exception {
        join();
        handOver();
        peer.publish(published);
        look();
        refused(XbpError.BADMSG, "was overwritten");
    }

    @Test
    void aTimelineThatRunsBackwards() throws Exception {
        join();
        long frame = handOver();
        peer.write(1, 1, ids[0], 0, 0, 1, frame);
        peer.publish(1);
        look();
        assertThat(queue.producer.awaitDrained(Duration.ZERO)).isTrue(); // looks at the timeline too
        peer.publish(0);
        queue.send(2); // both buffers are with the hostile peer or under way: the next look sees it
        queue.send(3);
        bystander.release(requireNonNull(bystander.acquire(LONG)));
        bystander.release(requireNonNull(bystander.acquire(LONG)));
        look();
        refused(XbpError.BADMSG, "ran backwards");
    }

    @Test
    void aTimelineThatFailsInsteadOfGivingBack() throws Exception {
        join();
        handOver();
        peer.page.timeline(0).fail(1, Errno.ECANCELED);
        look();
        assertThat(XbpError.of(peer.await(Goodbye.class).code())).isEqualTo(XbpError.FENCE_ERROR);
        assertThat(queue.event().sentence()).contains("closed its timelines");
    }

    @Test
    void aTimelineThatFailsWhileAnotherConsumerHoldsTheRest() throws Exception {
        join();
        handOver();
        queue.send(2);
        Frame held = requireNonNull(bystander.acquire(LONG));
        peer.page.timeline(0).fail(1, Errno.ECANCELED);
        ProducerSlot slot = requireNonNull(queue.producer.dequeue(LONG));
        assertThat(slot.frame()).isEqualTo(1);
        queue.producer.cancel(slot);
        bystander.release(held);
        assertThat(queue.event().kind()).isEqualTo(QueueEvent.Kind.LEFT);
    }

    @Test
    void buffersAreAskedForAndNotWaitedForLongerThanThePatience() throws Exception {
        try (QueueFixture impatient = new QueueFixture(SLOTS, Duration.ofMillis(300))) {
            FakeConnection[] ends = impatient.backend.pair();
            RawPeer mute = new RawPeer(impatient.backend, ends[1]);
            FutureTask<Void> joining = new FutureTask<>(() -> {
                impatient.producer.attach(ends[0]);
                return null;
            });
            Thread.ofPlatform().daemon().start(joining);
            mute.send(mute.hello(request(), Xbp.ROLE_IMPORTER));
            mute.await(Hello.class);
            for (int slot = 0; slot < SLOTS; slot++) {
                Offer offer = mute.await(Offer.class);
                mute.send(new Reply(offer.envelope().reply(RawPeer.EPOCH), Xbp.OFFER, ""));
                mute.send(new Mapped(
                        Envelope.oneWay(RawPeer.EPOCH, offer.envelope().object()), offer.token()));
            }
            QueueFixture.get(joining);
            impatient.producer.finish();
            assertThat(impatient.producer.awaitDrained(LONG)).isTrue();
            impatient.producer.close();
            Retire first = mute.await(Retire.class);
            assertThat(mute.await(Retire.class).envelope().object())
                    .isNotEqualTo(first.envelope().object());
            assertThat(mute.await(Goodbye.class).code()).isZero();
            mute.close();
            impatient.backend.quiesce();
            assertThat(impatient.backend.openMappings()).isZero();
        }
        greet(); // this test's own peer
        peer.sendRaw(new byte[1]);
        refusedWhileAttaching(XbpError.BADMSG, "");
    }
}
