package io.github.dmabuf4j.domain.wire;

/**
 * A piece of memory behind a descriptor that travels with the message.
 *
 * @param attachment which attachment of the message it is
 * @param seals the seals ({@code F_SEAL_*}) the exporter says it has; the importer looks for itself. All 32 bits count
 * @param offset the first byte of the piece
 * @param length the length of the piece in bytes, at least 1
 */
public record FdReference(int attachment, int seals, long offset, long length) {
    /**
     * Checks the fields.
     *
     * @throws IllegalArgumentException if a field is out of range, or the piece ends beyond the largest file
     */
    public FdReference {
        Checks.range("a reference's attachment", attachment, 0, Xbp.MAX_FDS - 1);
        Checks.notNegative("a reference's offset", offset);
        Checks.range("a reference's length", length, 1, Long.MAX_VALUE - offset);
    }
}
