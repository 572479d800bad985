package io.github.dmabuf4j.buffer;

import java.nio.charset.StandardCharsets;

/**
 * Four-character codes: how DRM, V4L2, EGL and Vulkan name the format of a picture in 32 bits.
 *
 * @see <a href="https://docs.kernel.org/gpu/drm-kms.html#format-functions-reference">drm_fourcc.h</a>
 */
public final class Fourcc {
    /** Set in a code whose format is big-endian. */
    public static final int BIG_ENDIAN = 1 << 31;

    private Fourcc() {}

    /**
     * The code of a name.
     *
     * @param name the name, one to four printable ASCII characters, such as {@code YU12} or {@code R8}; shorter ones
     *     are filled up with spaces
     * @return the code, its first character in the lowest byte
     * @throws IllegalArgumentException if the name is empty, too long, or has other characters
     */
    public static int of(String name) {
        byte[] characters = name.getBytes(StandardCharsets.UTF_8);
        if (characters.length < 1 || characters.length > 4) {
            throw new IllegalArgumentException("a fourcc has one to four characters, not \"" + name + "\"");
        }
        int code = 0;
        for (int i = 0; i < 4; i++) {
            int character = i < characters.length ? characters[i] : ' ';
            if (character < ' ' || character > '~') {
                throw new IllegalArgumentException("a fourcc has printable ASCII characters, not \"" + name + "\"");
            }
            code |= character << (8 * i);
        }
        return code;
    }

    /**
     * The name of a code, whether this library knows the format or not.
     *
     * @param fourcc the code
     * @return its characters without the spaces at the end, {@code _BE} behind a big-endian one, or the number in
     *     hexadecimal if they are not printable
     */
    public static String name(int fourcc) {
        int code = fourcc & ~BIG_ENDIAN;
        StringBuilder name = new StringBuilder(7);
        for (int i = 0; i < 4; i++) {
            int character = code >>> (8 * i) & 0xFF;
            if (character < ' ' || character > '~') {
                return String.format("0x%08x", fourcc);
            }
            name.append((char) character);
        }
        String trimmed = name.toString().stripTrailing();
        return (fourcc & BIG_ENDIAN) == 0 ? trimmed : trimmed + "_BE";
    }
}
