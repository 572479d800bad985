package io.github.dmabuf4j.domain.wire;

import java.util.Arrays;

/**
 * Metadata whose value this layer does not look into: {@link Xbp#SCHEMA_BYTES}, which only the two applications understand,
 * and schemas that this version does not know. Immutable.
 */
public final class BytesMetadata implements Metadata {
    private final int schema;
    private final byte[] value;

    /**
     * Creates an entry.
     *
     * @param schema what kind of entry it is; not {@link Xbp#SCHEMA_IMAGE}, which has a record of its own
     * @param value the value; copied
     * @throws IllegalArgumentException if the schema has a record of its own or the value is too long
     */
    public BytesMetadata(int schema, byte... value) {
        if (schema == Xbp.SCHEMA_IMAGE) {
            throw new IllegalArgumentException("images are described by ImageMetadata");
        }
        Checks.range("the metadata's length", value.length, 0, Xbp.MAX_METADATA - XbpDescriptor.METADATA_BYTES);
        this.schema = schema;
        this.value = value.clone();
    }

    @Override
    public int schema() {
        return schema;
    }

    @Override
    public int valueBytes() {
        return value.length;
    }

    /**
     * The value.
     *
     * @return a copy
     */
    public byte[] value() {
        return value.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BytesMetadata that && schema == that.schema && Arrays.equals(value, that.value);
    }

    @Override
    public int hashCode() {
        return schema * 31 + Arrays.hashCode(value);
    }

    @Override
    public String toString() {
        return "BytesMetadata[schema=" + Integer.toUnsignedString(schema) + ", " + value.length + " bytes]";
    }
}
