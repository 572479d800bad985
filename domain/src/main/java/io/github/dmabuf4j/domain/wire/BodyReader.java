package io.github.dmabuf4j.domain.wire;

import io.github.dmabuf4j.domain.spi.SyncGeometry;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The body of one message. Every length is compared with the bytes that are there before it is used; what lies behind the
 * known end of a body belongs to a later version and is ignored.
 */
final class BodyReader {
    private final ByteBuffer body;

    /** Takes the bytes of a body, little-endian, from 0 to the end. */
    BodyReader(ByteBuffer body) {
        this.body = body;
    }

    XbpMessage read(Envelope envelope, int type) throws BadMessageException {
        if (envelope.isReply() && !(type == Xbp.HELLO && !envelope.isRefusal())) {
            return reply(envelope, type);
        }
        return switch (type) {
            case Xbp.HELLO -> hello(envelope);
            case Xbp.OFFER -> offer(envelope);
            case Xbp.MAPPED ->
                new Mapped(envelope, token(need(XbpDescriptor.MAPPED_BYTES), XbpDescriptor.MAPPED_TOKEN));
            case Xbp.UNMAPPED -> new Unmapped(envelope);
            case Xbp.RELEASE -> new Release(envelope, handover(need(RingDescriptor.HANDOVER_BYTES)));
            case Xbp.RETIRE ->
                new Retire(envelope, need(XbpDescriptor.RETIRE_BYTES).getInt(XbpDescriptor.RETIRE_DELAY_MS));
            case Xbp.GOODBYE -> new Goodbye(envelope, code(), text());
            case Xbp.EVENT -> event(envelope);
            case Xbp.ERROR -> new ErrorReport(envelope, code(), text());
            default -> unknown(envelope, type);
        };
    }

    private XbpMessage reply(Envelope envelope, int type) throws BadMessageException {
        if (type >= Xbp.EXTENSION_TYPES) {
            return new Extension(envelope, type);
        }
        if (!envelope.isRefusal()) {
            return new Reply(envelope, type, "");
        }
        if (code() != envelope.status()) {
            throw new BadMessageException(BadMessageException.Reason.VALUE, "a refusal gives two different errors");
        }
        return new Reply(envelope, type, text());
    }

    private static XbpMessage unknown(Envelope envelope, int type) throws BadMessageException {
        if (type < Xbp.EXTENSION_TYPES) {
            throw new BadMessageException(
                    BadMessageException.Reason.TYPE, "message type 0x" + Integer.toHexString(type) + " is not known");
        }
        return new Extension(envelope, type);
    }

    private Hello hello(Envelope envelope) throws BadMessageException {
        ByteBuffer from = need(XbpDescriptor.HELLO_BYTES);
        if (from.getInt(XbpDescriptor.HELLO_MAGIC) != Xbp.MAGIC) {
            throw new BadMessageException(
                    BadMessageException.Reason.INCOMPATIBLE, "the HELLO does not begin like one of this protocol");
        }
        return new Hello(
                envelope,
                Short.toUnsignedInt(from.getShort(XbpDescriptor.HELLO_VERSION_MIN)),
                Short.toUnsignedInt(from.getShort(XbpDescriptor.HELLO_VERSION_MAX)),
                from.getLong(XbpDescriptor.HELLO_FEATURES_OFFERED),
                from.getLong(XbpDescriptor.HELLO_FEATURES_REQUIRED),
                from.getInt(XbpDescriptor.HELLO_MAX_MESSAGE),
                from.getInt(XbpDescriptor.HELLO_MAX_BUFFERS),
                from.getInt(XbpDescriptor.HELLO_MAX_TIMELINES),
                from.getInt(XbpDescriptor.HELLO_PAGE_SIZE),
                from.getLong(XbpDescriptor.HELLO_MAX_BUFFER_BYTES),
                token(from, XbpDescriptor.HELLO_NONCE),
                from.getInt(XbpDescriptor.HELLO_ROLES),
                from.getInt(XbpDescriptor.HELLO_SYNC + XbpDescriptor.SYNC_GEOMETRY_FD_INDEX),
                geometry(from, XbpDescriptor.HELLO_SYNC));
    }

    private static SyncGeometry geometry(ByteBuffer from, int at) {
        return new SyncGeometry(
                from.getInt(at + XbpDescriptor.SYNC_GEOMETRY_LINES),
                from.getInt(at + XbpDescriptor.SYNC_GEOMETRY_FIRST_TIMELINE),
                from.getInt(at + XbpDescriptor.SYNC_GEOMETRY_TIMELINES),
                from.getInt(at + XbpDescriptor.SYNC_GEOMETRY_RING_TIMELINE),
                from.getInt(at + XbpDescriptor.SYNC_GEOMETRY_RING_LINE),
                from.getInt(at + XbpDescriptor.SYNC_GEOMETRY_RING_ENTRIES),
                from.getInt(at + XbpDescriptor.SYNC_GEOMETRY_INTEREST_LINE),
                from.getInt(at + XbpDescriptor.SYNC_GEOMETRY_INTEREST_LINES));
    }

    private Offer offer(Envelope envelope) throws BadMessageException {
        ByteBuffer from = need(XbpDescriptor.OFFER_BYTES);
        int referencesLength = from.getInt(XbpDescriptor.OFFER_REFERENCES_LENGTH);
        int metadataLength = from.getInt(XbpDescriptor.OFFER_METADATA_LENGTH);
        byte[] references = bytes(XbpDescriptor.OFFER_BYTES, referencesLength);
        int metadataAt = XbpDescriptor.OFFER_BYTES + (referencesLength + 7 & ~7);
        return new Offer(
                envelope,
                from.getLong(XbpDescriptor.OFFER_SIZE),
                from.getInt(XbpDescriptor.OFFER_OFFSET),
                from.getInt(XbpDescriptor.OFFER_FLAGS),
                new References(
                        Short.toUnsignedInt(from.getShort(XbpDescriptor.OFFER_REFERENCE_KIND)),
                        Short.toUnsignedInt(from.getShort(XbpDescriptor.OFFER_REFERENCE_COUNT)),
                        references),
                from.getInt(XbpDescriptor.OFFER_MAX_MAPPINGS),
                from.getInt(XbpDescriptor.OFFER_TIMELINE),
                from.getLong(XbpDescriptor.OFFER_VALUE),
                token(from, XbpDescriptor.OFFER_TOKEN),
                metadata(metadataAt, metadataLength));
    }

    private List<Metadata> metadata(int at, int length) throws BadMessageException {
        ByteBuffer from = ByteBuffer.wrap(bytes(at, length)).order(ByteOrder.LITTLE_ENDIAN);
        List<Metadata> entries = new ArrayList<>();
        while (from.hasRemaining()) {
            if (from.remaining() < XbpDescriptor.METADATA_BYTES) {
                throw new BadMessageException(
                        BadMessageException.Reason.TRUNCATED, "a metadata entry has no whole head");
            }
            int schema = from.getInt();
            int valueLength = from.getInt();
            // Entries are padded, so the whole is a multiple of 8, or the last one is cut off.
            if (valueLength < 0 || valueLength > from.remaining() || (valueLength + 7 & ~7) > from.remaining()) {
                throw new BadMessageException(
                        BadMessageException.Reason.LENGTH,
                        "a metadata entry of " + Integer.toUnsignedString(valueLength) + " bytes has only "
                                + from.remaining());
            }
            ByteBuffer value = from.slice(from.position(), valueLength).order(ByteOrder.LITTLE_ENDIAN);
            entries.add(schema == Xbp.SCHEMA_IMAGE ? image(value) : opaque(schema, value));
            from.position(from.position() + (valueLength + 7 & ~7));
        }
        return entries;
    }

    private static BytesMetadata opaque(int schema, ByteBuffer value) {
        byte[] bytes = new byte[value.remaining()];
        value.get(bytes);
        return new BytesMetadata(schema, bytes);
    }

    private static ImageMetadata image(ByteBuffer value) throws BadMessageException {
        if (value.remaining() < XbpDescriptor.IMAGE_BYTES) {
            throw new BadMessageException(
                    BadMessageException.Reason.TRUNCATED, "the description of an image ends early");
        }
        int planeCount = value.getInt(XbpDescriptor.IMAGE_PLANES);
        Checks.range("the number of planes", planeCount, 1, Xbp.MAX_PLANES);
        if (value.remaining() < XbpDescriptor.IMAGE_BYTES + planeCount * XbpDescriptor.PLANE_BYTES) {
            throw new BadMessageException(
                    BadMessageException.Reason.TRUNCATED,
                    "an image of " + planeCount + " planes does not describe them all");
        }
        List<ImagePlane> planes = new ArrayList<>(planeCount);
        for (int i = 0; i < planeCount; i++) {
            int at = XbpDescriptor.IMAGE_BYTES + i * XbpDescriptor.PLANE_BYTES;
            planes.add(new ImagePlane(
                    value.getInt(at + XbpDescriptor.PLANE_REFERENCE),
                    value.getLong(at + XbpDescriptor.PLANE_OFFSET),
                    value.getInt(at + XbpDescriptor.PLANE_STRIDE),
                    value.getInt(at + XbpDescriptor.PLANE_ROWS)));
        }
        return new ImageMetadata(
                value.getInt(XbpDescriptor.IMAGE_WIDTH),
                value.getInt(XbpDescriptor.IMAGE_HEIGHT),
                value.getInt(XbpDescriptor.IMAGE_FOURCC),
                value.getLong(XbpDescriptor.IMAGE_MODIFIER),
                planes);
    }

    private static Handover handover(ByteBuffer from) {
        return new Handover(
                from.getLong(RingDescriptor.HANDOVER_SEQUENCE),
                from.getLong(RingDescriptor.HANDOVER_BUFFER),
                from.getInt(RingDescriptor.HANDOVER_TIMELINE),
                from.getInt(RingDescriptor.HANDOVER_FLAGS),
                from.getLong(RingDescriptor.HANDOVER_VALUE),
                from.getLong(RingDescriptor.HANDOVER_PRESENTATION_TIME),
                from.getLong(RingDescriptor.HANDOVER_METADATA_SEQUENCE),
                from.getLong(RingDescriptor.HANDOVER_DEADLINE),
                from.getLong(RingDescriptor.HANDOVER_FRAME));
    }

    private Event event(Envelope envelope) throws BadMessageException {
        ByteBuffer from = need(XbpDescriptor.EVENT_BYTES);
        return new Event(
                envelope,
                from.getInt(XbpDescriptor.EVENT_EVENT),
                from.getLong(XbpDescriptor.EVENT_VALUE),
                bytes(XbpDescriptor.EVENT_BYTES, from.getInt(XbpDescriptor.EVENT_DATA_LENGTH)));
    }

    private int code() throws BadMessageException {
        return need(XbpDescriptor.TEXT_BYTES).getInt(XbpDescriptor.TEXT_CODE);
    }

    private String text() throws BadMessageException {
        int length = need(XbpDescriptor.TEXT_BYTES).getInt(XbpDescriptor.TEXT_TEXT_LENGTH);
        Checks.range("the length of a text", length, 0, Xbp.MAX_TEXT);
        return WireText.decode(ByteBuffer.wrap(bytes(XbpDescriptor.TEXT_BYTES, length)));
    }

    private static Token token(ByteBuffer from, int at) {
        return new Token(from.getLong(at), from.getLong(at + Long.BYTES));
    }

    private byte[] bytes(int at, int length) throws BadMessageException {
        if (length < 0 || at > body.remaining() || length > body.remaining() - at) {
            throw new BadMessageException(
                    BadMessageException.Reason.LENGTH,
                    Integer.toUnsignedString(length) + " bytes are announced at " + at + " of a body of "
                            + body.remaining());
        }
        byte[] bytes = new byte[length];
        body.get(at, bytes);
        return bytes;
    }

    private ByteBuffer need(int length) throws BadMessageException {
        if (body.remaining() < length) {
            throw new BadMessageException(
                    BadMessageException.Reason.TRUNCATED,
                    "a body of " + body.remaining() + " bytes should have at least " + length);
        }
        return body;
    }
}
