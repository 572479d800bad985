package io.github.dmabuf4j.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.dmabuf4j.domain.Frame;
import io.github.dmabuf4j.domain.QueueConsumer;
import io.github.dmabuf4j.domain.wire.Envelope;
import io.github.dmabuf4j.domain.wire.Event;
import io.github.dmabuf4j.domain.wire.FdReference;
import io.github.dmabuf4j.domain.wire.Hello;
import io.github.dmabuf4j.domain.wire.ImageMetadata;
import io.github.dmabuf4j.domain.wire.ImagePlane;
import io.github.dmabuf4j.domain.wire.Offer;
import io.github.dmabuf4j.domain.wire.References;
import io.github.dmabuf4j.domain.wire.Token;
import io.github.dmabuf4j.domain.wire.Xbp;
import io.github.dmabuf4j.linux.BorrowedFd;
import io.github.dmabuf4j.linux.MemfdBacking;
import io.github.dmabuf4j.linux.MemfdPages;
import io.github.dmabuf4j.linux.OwnedFd;
import io.github.dmabuf4j.linux.UnixListener;
import io.github.dmabuf4j.linux.testing.LeakCheck;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a producer does, the consumer refuses it with a reason, and leaks nothing. */
@Timeout(60)
@ExtendWith(LeakCheck.class)
final class HostileProducerTest {
    private static final int SIZE = 4096;

    /** Buffer 0 of the first generation, of the epoch of {@link RawPeer}. */
    private static final long BUFFER = (RawPeer.EPOCH & 0xFFFFL) << 48 | 1;

    private static final ImageMetadata GRAY =
            new ImageMetadata(64, 64, 'R' | '8' << 8 | ' ' << 16 | ' ' << 24, 0, List.of(new ImagePlane(0, 0, 64, 64)));

    @TempDir
    Path folder;

    private UnixListener listener;
    private RawPeer peer;
    private MemfdPages pages;
    private FutureTask<QueueConsumer> opening;
    private Hello hello;

    @BeforeAll
    static void warmUp() throws IOException {
        StreamFixture.warmUp();
    }

    @BeforeEach
    void accept() throws Exception {
        listener = UnixListener.listen(folder.resolve("s"));
        opening = new FutureTask<>(() -> QueueConsumer.open(LocalConnection.connect(listener.path()), "victim"));
        Thread.ofPlatform().daemon().start(opening);
        peer = new RawPeer(listener.accept());
        pages = new MemfdBacking().give(SIZE, "offered");
        hello = (Hello) peer.receive();
    }

    @AfterEach
    void close() {
        peer.close();
        pages.close();
        listener.close();
    }

    private void answer() throws Exception {
        peer.send(
                RawPeer.hello(
                        hello.envelope().reply(RawPeer.EPOCH),
                        Xbp.ROLE_EXPORTER,
                        1,
                        1,
                        RawPeer.GEOMETRY,
                        RawPeer.FEATURES),
                peer.page.fd());
    }

    private static Offer offer(long size, FdReference reference, ImageMetadata image) {
        return new Offer(
                Envelope.request(RawPeer.EPOCH, 9, BUFFER),
                size,
                0,
                Xbp.OFFER_READ_ONLY,
                References.of(List.of(reference)),
                1,
                0,
                0,
                Token.ZERO,
                List.of(image));
    }

    private void offer(long size, BorrowedFd fd) throws Exception {
        answer();
        peer.send(offer(size, new FdReference(0, 0xE, 0, size), GRAY), fd);
    }

    private void assertRefused(String reason) {
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> opening.get(30, TimeUnit.SECONDS))
                .havingCause()
                .isInstanceOf(IOException.class)
                .withMessageContaining(reason)
                .withMessageContaining("process " + ProcessHandle.current().pid());
    }

    @Test
    void garbageInsteadOfHello() throws Exception {
        peer.send(new byte[100]);
        assertRefused("says that it has");
    }

    @Test
    void wrongVersion() throws Exception {
        peer.send(
                RawPeer.hello(
                        hello.envelope().reply(RawPeer.EPOCH),
                        Xbp.ROLE_EXPORTER,
                        7,
                        7,
                        RawPeer.GEOMETRY,
                        RawPeer.FEATURES),
                peer.page.fd());
        assertRefused("versions 7 to 7");
    }

    @Test
    void goneAtOnce() {
        peer.close();
        assertRefused("closed");
    }

    @Test
    void aFileThatCanShrink() throws Exception {
        try (OwnedFd unsealed = UnsealedMemory.create(SIZE)) {
            offer(SIZE, unsealed.borrow());
            assertRefused("seal");
        }
    }

    @Test
    void aSocketAsBuffer() throws Exception {
        offer(SIZE, peer.socket.fd());
        assertRefused("cannot be used");
    }

    @Test
    void aFileThatIsTooSmall() throws Exception {
        offer(SIZE * 1024, pages.fd());
        assertRefused("does not hold");
    }

    @Test
    void anOfferWithoutItsDescriptor() throws Exception {
        answer();
        peer.send(offer(SIZE, new FdReference(0, 0xE, 0, SIZE), GRAY));
        assertRefused("attachment");
    }

    @Test
    void anOfferWithMoreDescriptors() throws Exception {
        answer();
        peer.send(offer(SIZE, new FdReference(0, 0xE, 0, SIZE), GRAY), pages.fd(), pages.fd());
        assertRefused("attachments came");
    }

    @Test
    void aPieceBehindTheEndOfTheFile() throws Exception {
        answer();
        peer.send(offer(SIZE, new FdReference(0, 0xE, SIZE, SIZE), GRAY), pages.fd());
        assertRefused("does not hold");
    }

    @Test
    void aPieceThatBeginsInsideAPage() throws Exception {
        answer();
        peer.send(offer(100, new FdReference(0, 0xE, 100, 100), GRAY), pages.fd());
        assertRefused("was refused");
    }

    @Test
    void aPictureLargerThanItsBuffer() throws Exception {
        answer();
        ImageMetadata large = new ImageMetadata(64, 65, GRAY.fourcc(), 0, List.of(new ImagePlane(0, 0, 64, 65)));
        peer.send(offer(SIZE, new FdReference(0, 0xE, 0, SIZE), large), pages.fd());
        assertRefused("was refused");
    }

    @Test
    void aPictureWhosePlaneOverflows() throws Exception {
        answer();
        ImageMetadata overflowing = new ImageMetadata(
                64, 64, GRAY.fourcc(), 0, List.of(new ImagePlane(0, Long.MAX_VALUE, Integer.MAX_VALUE, 64)));
        peer.send(offer(SIZE, new FdReference(0, 0xE, 0, SIZE), overflowing), pages.fd());
        assertRefused("was refused");
    }

    @Test
    void aStreamThatStartsBeforeAnyOffer() throws Exception {
        answer();
        peer.send(new Event(Envelope.oneWay(RawPeer.EPOCH), Xbp.EVENT_STREAM_START, 1));
        assertRefused("without an offer");
    }

    // ---- While frames flow

    private QueueConsumer open() throws Exception {
        offer(SIZE, pages.fd());
        QueueConsumer consumer = opening.get(30, TimeUnit.SECONDS);
        peer.send(new Event(Envelope.oneWay(RawPeer.EPOCH), Xbp.EVENT_STREAM_START, 1));
        peer.record(0, 1, BUFFER, 0, 1, 1);
        peer.ring.signal(1);
        Frame frame = consumer.acquire(StreamFixture.LONG);
        assertThat(frame).isNotNull();
        consumer.release(frame);
        return consumer;
    }

    private static void assertLost(QueueConsumer consumer, String reason) {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> consumer.acquire(StreamFixture.LONG))
                .withMessageContaining(reason);
    }

    @Test
    void aFrameInABufferThatWasNeverOffered() throws Exception {
        try (QueueConsumer consumer = open()) {
            peer.record(1, 2, BUFFER + 1, 0, 2, 2);
            peer.ring.signal(2);
            assertLost(consumer, "not known here");
        }
    }

    @Test
    void aFrameOfAnotherNumber() throws Exception {
        try (QueueConsumer consumer = open()) {
            peer.record(1, 12, BUFFER, 0, 2, 2);
            peer.ring.signal(2);
            assertLost(consumer, "says that it is record 12");
        }
    }

    @Test
    void aRingThatWasOverrun() throws Exception {
        try (QueueConsumer consumer = open()) {
            peer.ring.signal(1000);
            assertLost(consumer, "overwritten");
        }
    }

    @Test
    void aTimelineThatRunsBackwards() throws Exception {
        try (QueueConsumer consumer = open()) {
            assertThat(consumer.acquire(Duration.ZERO)).isNull(); // the frame shows before the timeline was looked at
            peer.forceValue(0);
            assertLost(consumer, "backwards");
            peer.forceValue(1);
        }
    }

    @Test
    void garbageInTheMiddleOfAStream() throws Exception {
        try (QueueConsumer consumer = open()) {
            peer.send(new byte[64]);
            assertLost(consumer, "says that it has");
        }
    }
}
