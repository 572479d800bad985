package io.github.dmabuf4j.domain.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Where the memory of an offer is: references of one kind, as bytes. The codec carries them; the backend whose kind it is
 * writes and reads them. Immutable.
 */
public final class References {
    private final int kind;
    private final int count;
    private final byte[] bytes;

    /**
     * Takes the bytes of references.
     *
     * @param kind what kind they are, as in {@link Xbp#REFERENCE_FD}
     * @param count how many there are, 1 to {@link Xbp#MAX_REFERENCES}
     * @param bytes the references one after the other; copied
     * @throws IllegalArgumentException if the count is out of range or does not fit the bytes
     */
    public References(int kind, int count, byte... bytes) {
        Checks.range("the kind of reference", kind, 1, 0xFFFF);
        Checks.range("the number of references", count, 1, Xbp.MAX_REFERENCES);
        Checks.range("the bytes of references", bytes.length, count, Xbp.MAX_MESSAGE / 2);
        if (bytes.length % count != 0) {
            throw new IllegalArgumentException(bytes.length + " bytes are not " + count + " references of one size");
        }
        if (kind == Xbp.REFERENCE_FD && bytes.length != count * XbpDescriptor.FD_REFERENCE_BYTES) {
            throw new IllegalArgumentException(
                    "a reference to a descriptor has " + XbpDescriptor.FD_REFERENCE_BYTES + " bytes");
        }
        this.kind = kind;
        this.count = count;
        this.bytes = bytes.clone();
    }

    /**
     * Takes the bytes of references as a backend wrote them.
     *
     * @param kind what kind they are; of kinds other than {@link Xbp#REFERENCE_FD} the bytes are one reference
     * @param bytes the references one after the other; copied
     * @return the references
     * @throws IllegalArgumentException if the length does not fit the kind
     */
    public static References of(int kind, byte[] bytes) {
        return new References(
                kind, kind == Xbp.REFERENCE_FD ? bytes.length / XbpDescriptor.FD_REFERENCE_BYTES : 1, bytes);
    }

    /**
     * Writes references to descriptors.
     *
     * @param references the references, 1 to {@link Xbp#MAX_REFERENCES}
     * @return their bytes
     * @throws IllegalArgumentException if there are none or too many
     */
    public static References of(List<FdReference> references) {
        ByteBuffer bytes = ByteBuffer.allocate(references.size() * XbpDescriptor.FD_REFERENCE_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        for (FdReference reference : references) {
            bytes.putInt(reference.attachment())
                    .putInt(reference.seals())
                    .putLong(reference.offset())
                    .putLong(reference.length());
        }
        return new References(Xbp.REFERENCE_FD, references.size(), bytes.array());
    }

    /**
     * Reads references to descriptors.
     *
     * @return the references
     * @throws BadMessageException if they are of another kind, or a value is out of range
     */
    public List<FdReference> descriptors() throws BadMessageException {
        if (kind != Xbp.REFERENCE_FD) {
            throw new BadMessageException(
                    BadMessageException.Reason.UNSUPPORTED, "memory references of kind " + kind + " are not supported");
        }
        ByteBuffer from = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        List<FdReference> references = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            try {
                references.add(new FdReference(from.getInt(), from.getInt(), from.getLong(), from.getLong()));
            } catch (IllegalArgumentException outOfRange) {
                throw new BadMessageException(
                        BadMessageException.Reason.VALUE, "a memory reference is wrong: " + outOfRange.getMessage());
            }
        }
        return references;
    }

    /**
     * What kind they are.
     *
     * @return the kind as in {@link Xbp#REFERENCE_FD}
     */
    public int kind() {
        return kind;
    }

    /**
     * How many there are.
     *
     * @return the count, at least 1
     */
    public int count() {
        return count;
    }

    /**
     * The references one after the other.
     *
     * @return a copy
     */
    public byte[] bytes() {
        return bytes.clone();
    }

    int length() {
        return bytes.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof References that
                && kind == that.kind
                && count == that.count
                && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return (kind * 31 + count) * 31 + Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "References[kind=" + kind + ", count=" + count + "]";
    }
}
