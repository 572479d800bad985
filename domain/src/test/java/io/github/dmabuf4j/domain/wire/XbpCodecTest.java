package io.github.dmabuf4j.domain.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.dmabuf4j.domain.spi.SyncGeometry;
import io.github.dmabuf4j.domain.wire.BadMessageException.Reason;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class XbpCodecTest {
    private static final int EPOCH = 7;
    private static final SyncGeometry SYNC = new SyncGeometry(100, 1, 2, 0, 16, 64, 4, 2);

    static IntStream types() {
        return IntStream.range(0, RandomMessages.TYPES);
    }

    @ParameterizedTest
    @MethodSource("types")
    void whatIsWrittenIsRead(int which) throws BadMessageException {
        for (int round = 0; round < 500; round++) {
            long seed = which * 1_000_003L + round;
            XbpMessage message = new RandomMessages(new Random(seed)).next(which);
            ByteBuffer bytes = XbpCodec.encode(message);
            assertThat(bytes.remaining()).as("seed %d", seed).isEqualTo(XbpCodec.encodedBytes(message));
            XbpMessage read = XbpCodec.decode(bytes, RandomMessages.attachments(message));
            assertThat(read).as("seed %d", seed).isEqualTo(message).hasSameHashCodeAs(message);
            assertThat(bytes.position()).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("types")
    void everyTruncationIsRefused(int which) throws BadMessageException {
        XbpMessage message = new RandomMessages(new Random(which)).next(which);
        ByteBuffer bytes = XbpCodec.encode(message);
        int attachments = RandomMessages.attachments(message);
        for (int length = 0; length < bytes.limit(); length++) {
            ByteBuffer cut =
                    ByteBuffer.allocate(length).put(bytes.slice(0, length)).flip();
            assertThatExceptionOfType(BadMessageException.class).isThrownBy(() -> XbpCodec.decode(cut, attachments));
            // The same with a length that is right: now the body is too short, not the datagram.
            boolean skipped = message instanceof Extension || message instanceof Unmapped;
            boolean bodiless =
                    message instanceof Reply reply && !reply.envelope().isRefusal();
            if (length >= XbpDescriptor.HEADER_BYTES && !skipped && !bodiless) {
                cut.order(ByteOrder.LITTLE_ENDIAN).putInt(0, length);
                assertThatExceptionOfType(BadMessageException.class)
                        .as("length %d", length)
                        .isThrownBy(() -> XbpCodec.decode(cut, attachments));
            }
        }
    }

    @Test
    void bodiesMayGrowAtTheEnd() throws BadMessageException {
        XbpMessage message = new Mapped(Envelope.oneWay(EPOCH, 5), new Token(1, 2));
        ByteBuffer grown =
                ByteBuffer.allocate(200).put(XbpCodec.encode(message)).order(ByteOrder.LITTLE_ENDIAN);
        grown.putInt(0, 200).rewind();
        assertThat(XbpCodec.decode(grown, 0)).isEqualTo(message);
    }

    @Test
    void messagesThatMayBeSkippedAreNotAnError() throws BadMessageException {
        ByteBuffer bytes = XbpCodec.encode(new Unmapped(Envelope.oneWay(EPOCH, 5)));
        bytes.order(ByteOrder.LITTLE_ENDIAN).putShort(XbpDescriptor.HEADER_TYPE, (short) 0x9001);
        assertThat(XbpCodec.decode(bytes, 0)).isEqualTo(new Extension(Envelope.oneWay(EPOCH, 5), 0x9001));
        bytes.putShort(XbpDescriptor.HEADER_TYPE, (short) 0x0066);
        assertRefused(bytes, 0, Reason.TYPE);
    }

    @Test
    void anotherProtocolIsRecognised() {
        ByteBuffer bytes = XbpCodec.encode(hello());
        bytes.putInt(XbpDescriptor.HEADER_BYTES, 0);
        assertRefused(bytes, 1, Reason.INCOMPATIBLE);
    }

    @Test
    void attachmentsMustBeTheOnesTheMessageSpeaksOf() {
        ByteBuffer hello = XbpCodec.encode(hello());
        assertRefused(hello, 0, Reason.ATTACHMENT);
        assertRefused(hello, 2, Reason.ATTACHMENT);
        ByteBuffer offer = XbpCodec.encode(offer(List.of()));
        assertRefused(offer, 0, Reason.ATTACHMENT);
        assertRefused(offer, 2, Reason.ATTACHMENT);
        assertRefused(XbpCodec.encode(new Unmapped(Envelope.oneWay(EPOCH, 5))), 1, Reason.ATTACHMENT);
    }

    @Test
    void lengthsInsideAnOfferAreNotBelieved() {
        for (int wrong : new int[] {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 8, 25, 65_536}) {
            ByteBuffer references = XbpCodec.encode(offer(List.of()));
            set(references, XbpDescriptor.OFFER_REFERENCES_LENGTH, wrong);
            assertThatExceptionOfType(BadMessageException.class).isThrownBy(() -> XbpCodec.decode(references, 1));
            ByteBuffer metadata = XbpCodec.encode(offer(List.of(new BytesMetadata(Xbp.SCHEMA_BYTES, new byte[11]))));
            set(metadata, XbpDescriptor.OFFER_METADATA_LENGTH, wrong);
            if (wrong != 8) { // the head of an entry that then has no value
                assertThatExceptionOfType(BadMessageException.class).isThrownBy(() -> XbpCodec.decode(metadata, 1));
            }
        }
    }

    @Test
    void aPlaneMustLieInAReferenceThatIsThere() {
        ImageMetadata image = new ImageMetadata(4, 4, 1, 0, List.of(new ImagePlane(1, 0, 4, 4)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> offer(List.of(image)))
                .withMessageContaining("plane");
    }

    @Test
    void textsCannotForgeALogLineAndAreCutToFit() {
        Goodbye goodbye = new Goodbye(Envelope.oneWay(EPOCH), 0, "a\nb\u001b[31mc\u202e" + "ä".repeat(1000));
        assertThat(goodbye.text()).startsWith("a b [31mc ä");
        assertThat(WireText.encode(goodbye.text()).length).isBetween(Xbp.MAX_TEXT - 1, Xbp.MAX_TEXT);
        ByteBuffer bytes = XbpCodec.encode(new Goodbye(Envelope.oneWay(EPOCH), 0, "abc"));
        bytes.put(bytes.limit() - 1, (byte) '\n');
        assertRefused(bytes, 0, Reason.TEXT);
        bytes.put(bytes.limit() - 1, (byte) 0xC3);
        assertRefused(bytes, 0, Reason.TEXT);
    }

    @Test
    void fragmentsAreRefused() {
        ByteBuffer bytes = XbpCodec.encode(new Unmapped(new Envelope(Xbp.FLAG_MORE, 0, EPOCH, 5, 0, 0)));
        assertRefused(bytes, 0, Reason.UNSUPPORTED);
    }

    @Test
    void messagesLongerThanAnyAreNotWritten() {
        List<Metadata> metadata =
                List.of(new BytesMetadata(9, new byte[30_000]), new BytesMetadata(9, new byte[3_000]));
        assertThatIllegalArgumentException().isThrownBy(() -> offer(metadata));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> XbpCodec.encode(new Unmapped(Envelope.oneWay(EPOCH, 5)), ByteBuffer.allocate(31)))
                .withMessageContaining("32 bytes");
    }

    @Test
    void errorCodesAreFoundByNumber() {
        for (XbpError error : XbpError.values()) {
            assertThat(XbpError.of(error.code())).isSameAs(error);
        }
        assertThat(XbpError.of(0)).isNull();
        assertThat(XbpError.of(-1000)).isNull();
        assertThat(XbpError.of(Integer.MIN_VALUE)).isNull();
        assertThat(XbpError.of(Integer.MAX_VALUE)).isNull();
    }

    private static void set(ByteBuffer message, int field, int value) {
        message.order(ByteOrder.LITTLE_ENDIAN).putInt(XbpDescriptor.HEADER_BYTES + field, value);
    }

    private static void assertRefused(ByteBuffer bytes, int attachments, Reason reason) {
        assertThatExceptionOfType(BadMessageException.class)
                .isThrownBy(() -> XbpCodec.decode(bytes, attachments))
                .satisfies(refused -> assertThat(refused.reason()).isEqualTo(reason));
    }

    private static Hello hello() {
        Envelope envelope = Envelope.request(EPOCH, 1, 0);
        return new Hello(envelope, 1, 1, 7, 3, 65_536, 8, 4, 4096, 1 << 30, Token.ZERO, 2, 0, SYNC);
    }

    private static Offer offer(List<Metadata> metadata) {
        References references = References.of(List.of(new FdReference(0, 0xE, 0, 4096)));
        return new Offer(Envelope.request(EPOCH, 2, 5), 4096, 0, 2, references, 1, 0, 0, Token.ZERO, metadata);
    }
}
