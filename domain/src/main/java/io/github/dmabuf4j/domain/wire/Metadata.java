package io.github.dmabuf4j.domain.wire;

/** One entry of what an {@link Offer} says about its contents. */
public sealed interface Metadata permits ImageMetadata, BytesMetadata {
    /**
     * What kind of entry it is.
     *
     * @return the schema as in {@link Xbp#SCHEMA_IMAGE}; all 32 bits count
     */
    int schema();

    /**
     * How long the value is on the wire.
     *
     * @return bytes, without the entry's head and padding
     */
    int valueBytes();

    /**
     * How long the whole entry is on the wire.
     *
     * @return bytes, with head and padding: a multiple of 8
     */
    default int encodedBytes() {
        return XbpDescriptor.METADATA_BYTES + (valueBytes() + 7 & ~7);
    }
}
