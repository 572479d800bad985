package io.github.dmabuf4j.cli.demo;

import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * What a frame's bytes come to.
 *
 * @param crc32c the CRC32C as eight hexadecimal digits
 * @param sha256 the SHA-256 as 64 hexadecimal digits
 */
record FrameHash(String crc32c, String sha256) {
    static FrameHash of(MemorySegment picture) {
        return new FrameHash(crc32c(picture), sha256(picture));
    }

    static String crc32c(MemorySegment picture) {
        CRC32C crc = new CRC32C();
        crc.update(picture.asByteBuffer());
        return HexFormat.of().toHexDigits((int) crc.getValue());
    }

    static String sha256(MemorySegment picture) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(picture.asByteBuffer());
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException absent) {
            throw new AssertionError("every Java runtime has SHA-256", absent);
        }
    }
}
