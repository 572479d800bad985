package io.github.dmabuf4j.domain.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An exporter offers a buffer. The answer is a {@link Reply}: accepted, or an error.
 *
 * @param envelope a request about the buffer's id
 * @param size the size of the buffer in bytes, at least 1
 * @param offset where the buffer begins in its first page, in bytes
 * @param flags {@link Xbp#OFFER_IMPORTED} and its neighbours
 * @param references where the memory is
 * @param maxMappings how often the importer may map it, at least 1
 * @param timeline the exporter's timeline that has the first fence
 * @param value the point of the first fence; 0 if the buffer is usable at once
 * @param token to be echoed in {@link Mapped}
 * @param metadata what the contents are, in the sender's order
 */
public record Offer(
        Envelope envelope,
        long size,
        int offset,
        int flags,
        References references,
        int maxMappings,
        int timeline,
        long value,
        Token token,
        List<Metadata> metadata)
        implements XbpMessage {
    /**
     * Checks the fields and copies the list.
     *
     * @throws IllegalArgumentException if a field is out of range
     */
    public Offer {
        Checks.notReply("OFFER", envelope);
        Checks.wantsAnswer("OFFER", envelope);
        Checks.objectNamed("OFFER", envelope);
        Checks.range("the size", size, 1, Long.MAX_VALUE);
        Checks.notNegative("the offset in the first page", offset);
        Checks.range("the number of mappings", maxMappings, 1, Integer.MAX_VALUE);
        Checks.range("the timeline", timeline, 0, Xbp.MAX_TIMELINES - 1);
        Checks.notNegative("the fence's point", value);
        metadata = List.copyOf(metadata);
        long metadataBytes = 0;
        for (Metadata entry : metadata) {
            metadataBytes += entry.encodedBytes();
            if (entry instanceof ImageMetadata image) {
                image.checkReferences(references.count());
            }
        }
        Checks.range("the bytes of all metadata", metadataBytes, 0, Xbp.MAX_METADATA);
    }

    /**
     * The first image among the metadata.
     *
     * @return the image, or null if none is described
     */
    public @Nullable ImageMetadata image() {
        for (Metadata entry : metadata) {
            if (entry instanceof ImageMetadata image) {
                return image;
            }
        }
        return null;
    }

    @Override
    public int type() {
        return Xbp.OFFER;
    }
}
