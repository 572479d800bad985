package io.github.dmabuf4j.domain.wire;

import java.util.HexFormat;

/**
 * 128 bits that mean nothing to whoever gets them: the nonce of a HELLO, the token of an OFFER. A token shows that a message
 * answers a particular offer; it is never sufficient alone.
 *
 * @param low the first eight bytes, as a little-endian number
 * @param high the last eight bytes, as a little-endian number
 */
public record Token(long low, long high) {
    /** Sixteen zero bytes. */
    public static final Token ZERO = new Token(0, 0);

    @Override
    public String toString() {
        return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
    }
}
