package io.github.dmabuf4j.domain.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Turns messages into bytes and back. Stateless: all methods may be called from any thread.
 *
 * <p>The bytes to decode must be private memory: a buffer that a peer can still change could pass the check and then be
 * another message.
 */
public final class XbpCodec {
    private XbpCodec() {}

    /**
     * Writes a message at the buffer's position, which moves behind it.
     *
     * @param message what to write
     * @param into room for it; {@link Xbp#MAX_MESSAGE} bytes are always enough. Its byte order is not changed
     * @throws IllegalArgumentException if the message does not fit into the buffer, or is longer than any message may be
     */
    public static void encode(XbpMessage message, ByteBuffer into) {
        int length = encodedBytes(message);
        if (length > into.remaining()) {
            throw new IllegalArgumentException(
                    "the message has " + length + " bytes, the buffer room for " + into.remaining());
        }
        ByteBuffer target = into.slice(into.position(), length).order(ByteOrder.LITTLE_ENDIAN);
        Envelope envelope = message.envelope();
        target.putInt(length)
                .putShort((short) message.type())
                .putShort((short) envelope.flags())
                .putInt(envelope.request())
                .putInt(envelope.epoch())
                .putLong(envelope.object())
                .putInt(envelope.status())
                .putShort((short) envelope.credits())
                .putShort((short) 0);
        BodyWriter.write(message, target);
        into.position(into.position() + length);
    }

    /**
     * Writes a message into a buffer of its own.
     *
     * @param message what to write
     * @return a buffer from position 0 to the end of the message, ready to be sent
     * @throws IllegalArgumentException if the message is longer than any message may be
     */
    public static ByteBuffer encode(XbpMessage message) {
        ByteBuffer bytes = ByteBuffer.allocate(encodedBytes(message));
        encode(message, bytes);
        return bytes.flip();
    }

    /**
     * How long a message is on the wire.
     *
     * @param message the message
     * @return bytes, header included
     * @throws IllegalArgumentException if that is longer than any message may be
     */
    public static int encodedBytes(XbpMessage message) {
        int length = XbpDescriptor.HEADER_BYTES + BodyWriter.length(message);
        Checks.range("the length of a message", length, XbpDescriptor.HEADER_BYTES, Xbp.MAX_MESSAGE);
        return length;
    }

    /**
     * Reads the message that lies between position and limit of a buffer. Neither is moved.
     *
     * @param bytes exactly one message, from anybody; private memory
     * @param attachments how many attachments came with it
     * @return the message
     * @throws BadMessageException if the bytes are no message, or the attachments are not the ones it speaks of
     */
    public static XbpMessage decode(ByteBuffer bytes, int attachments) throws BadMessageException {
        ByteBuffer from = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
        int length = from.remaining();
        if (length < XbpDescriptor.HEADER_BYTES) {
            throw new BadMessageException(
                    BadMessageException.Reason.TRUNCATED, "a message of " + length + " bytes has no whole header");
        }
        if (length > Xbp.MAX_MESSAGE || from.getInt(XbpDescriptor.HEADER_LEN) != length) {
            throw new BadMessageException(
                    BadMessageException.Reason.LENGTH,
                    "a message of " + length + " bytes says that it has "
                            + Integer.toUnsignedString(from.getInt(XbpDescriptor.HEADER_LEN)));
        }
        int type = Short.toUnsignedInt(from.getShort(XbpDescriptor.HEADER_TYPE));
        try {
            Envelope envelope = envelope(from);
            ByteBuffer body = from.slice(XbpDescriptor.HEADER_BYTES, length - XbpDescriptor.HEADER_BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN);
            XbpMessage message = new BodyReader(body).read(envelope, type);
            AttachmentCheck.check(message, attachments);
            return message;
        } catch (IllegalArgumentException outOfRange) {
            // The records check themselves; what they refuse is the peer's fault here.
            throw new BadMessageException(
                    BadMessageException.Reason.VALUE,
                    "in a message of type 0x" + Integer.toHexString(type) + ": " + outOfRange.getMessage());
        }
    }

    private static Envelope envelope(ByteBuffer from) throws BadMessageException {
        int flags = Short.toUnsignedInt(from.getShort(XbpDescriptor.HEADER_FLAGS));
        if ((flags & Xbp.FLAG_MORE) != 0) {
            throw new BadMessageException(
                    BadMessageException.Reason.UNSUPPORTED, "fragments of messages are not supported");
        }
        return new Envelope(
                flags,
                from.getInt(XbpDescriptor.HEADER_REQUEST),
                from.getInt(XbpDescriptor.HEADER_EPOCH),
                from.getLong(XbpDescriptor.HEADER_OBJECT),
                from.getInt(XbpDescriptor.HEADER_STATUS),
                Short.toUnsignedInt(from.getShort(XbpDescriptor.HEADER_CREDITS)));
    }
}
