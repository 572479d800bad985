package io.github.dmabuf4j.domain.wire;

/**
 * A message of a later version that a receiver may skip; its body is not kept.
 *
 * @param envelope what stood before it
 * @param type its type, {@link Xbp#EXTENSION_TYPES} to 65535
 */
public record Extension(Envelope envelope, int type) implements XbpMessage {
    /**
     * Checks the type.
     *
     * @throws IllegalArgumentException if messages of this type may not be skipped
     */
    public Extension {
        Checks.range("the type of an extension", type, Xbp.EXTENSION_TYPES, 0xFFFF);
    }
}
