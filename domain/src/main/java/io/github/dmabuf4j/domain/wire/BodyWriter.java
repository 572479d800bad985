package io.github.dmabuf4j.domain.wire;

import io.github.dmabuf4j.domain.spi.SyncGeometry;
import java.nio.ByteBuffer;

/** The bodies of messages, written in the order of {@link XbpDescriptor}. The records have checked themselves. */
final class BodyWriter {
    private BodyWriter() {}

    static int length(XbpMessage message) {
        return switch (message) {
            case Hello hello -> XbpDescriptor.HELLO_BYTES;
            case Offer offer ->
                XbpDescriptor.OFFER_BYTES + padded(offer.references().length()) + metadataBytes(offer);
            case Mapped mapped -> XbpDescriptor.MAPPED_BYTES;
            case Unmapped unmapped -> 0;
            case Release release -> RingDescriptor.HANDOVER_BYTES;
            case Retire retire -> XbpDescriptor.RETIRE_BYTES;
            case Goodbye goodbye -> XbpDescriptor.TEXT_BYTES + WireText.encode(goodbye.text()).length;
            case ErrorReport report -> XbpDescriptor.TEXT_BYTES + WireText.encode(report.text()).length;
            case Event event -> XbpDescriptor.EVENT_BYTES + event.data().length;
            case Reply reply ->
                reply.envelope().isRefusal() ? XbpDescriptor.TEXT_BYTES + WireText.encode(reply.text()).length : 0;
            case Extension extension -> 0;
        };
    }

    static void write(XbpMessage message, ByteBuffer into) {
        switch (message) {
            case Hello hello -> hello(hello, into);
            case Offer offer -> offer(offer, into);
            case Mapped mapped -> token(mapped.token(), into);
            case Unmapped unmapped -> {
                // No body.
            }
            case Release release -> handover(release.handover(), into);
            case Retire retire -> into.putInt(retire.delayMillis()).putInt(0);
            case Goodbye goodbye -> text(goodbye.code(), goodbye.text(), into);
            case ErrorReport report -> text(report.code(), report.text(), into);
            case Event event -> {
                byte[] data = event.data();
                into.putInt(event.event())
                        .putInt(data.length)
                        .putLong(event.value())
                        .put(data);
            }
            case Reply reply -> {
                if (reply.envelope().isRefusal()) {
                    text(reply.envelope().status(), reply.text(), into);
                }
            }
            case Extension extension -> {
                // Its body was not kept.
            }
        }
    }

    private static void hello(Hello hello, ByteBuffer into) {
        into.putInt(Xbp.MAGIC)
                .putShort((short) hello.versionMin())
                .putShort((short) hello.versionMax())
                .putLong(hello.featuresOffered())
                .putLong(hello.featuresRequired())
                .putInt(hello.maxMessage())
                .putInt(hello.maxBuffers())
                .putInt(hello.maxTimelines())
                .putInt(hello.pageSize())
                .putLong(hello.maxBufferBytes());
        token(hello.nonce(), into);
        into.putInt(hello.roles()).putInt(0);
        SyncGeometry sync = hello.sync();
        into.putInt(hello.syncAttachment())
                .putInt(sync.lines())
                .putInt(sync.firstTimeline())
                .putInt(sync.timelines())
                .putInt(sync.ringTimeline())
                .putInt(sync.ringLine())
                .putInt(sync.ringEntries())
                .putInt(sync.interestLine())
                .putInt(sync.interestLines())
                .putInt(0);
    }

    private static void offer(Offer offer, ByteBuffer into) {
        References references = offer.references();
        into.putLong(offer.size())
                .putInt(offer.offset())
                .putInt(offer.flags())
                .putShort((short) references.kind())
                .putShort((short) references.count())
                .putInt(offer.maxMappings())
                .putInt(offer.timeline())
                .putInt(0)
                .putLong(offer.value());
        token(offer.token(), into);
        into.putInt(metadataBytes(offer)).putInt(references.length());
        padded(references.bytes(), into);
        for (Metadata entry : offer.metadata()) {
            metadata(entry, into);
        }
    }

    private static void metadata(Metadata entry, ByteBuffer into) {
        into.putInt(entry.schema()).putInt(entry.valueBytes());
        switch (entry) {
            case ImageMetadata image -> {
                into.putInt(image.width())
                        .putInt(image.height())
                        .putInt(image.fourcc())
                        .putInt(image.planes().size())
                        .putLong(image.modifier());
                for (ImagePlane plane : image.planes()) {
                    into.putInt(plane.reference())
                            .putInt(plane.stride())
                            .putLong(plane.offset())
                            .putInt(plane.rows())
                            .putInt(0);
                }
            }
            case BytesMetadata bytes -> padded(bytes.value(), into);
        }
    }

    private static void handover(Handover handover, ByteBuffer into) {
        into.putLong(handover.sequence())
                .putLong(handover.buffer())
                .putInt(handover.timeline())
                .putInt(handover.flags())
                .putLong(handover.value())
                .putLong(handover.presentationTime())
                .putLong(handover.metadataSequence())
                .putLong(handover.deadline())
                .putLong(handover.frame());
    }

    private static void token(Token token, ByteBuffer into) {
        into.putLong(token.low()).putLong(token.high());
    }

    private static void text(int code, String text, ByteBuffer into) {
        byte[] bytes = WireText.encode(text);
        into.putInt(code).putInt(bytes.length).put(bytes);
    }

    private static void padded(byte[] bytes, ByteBuffer into) {
        into.put(bytes);
        for (int i = bytes.length; i < padded(bytes.length); i++) {
            into.put((byte) 0);
        }
    }

    private static int padded(int length) {
        return length + 7 & ~7;
    }

    private static int metadataBytes(Offer offer) {
        return offer.metadata().stream().mapToInt(Metadata::encodedBytes).sum();
    }
}
