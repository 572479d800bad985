package io.github.dmabuf4j.buffer;

/**
 * Format modifiers: how the pixels of a plane are arranged in memory, in 64 bits that the vendor in the upper byte
 * defines.
 *
 * @see <a href="https://docs.kernel.org/gpu/drm-kms.html#format-functions-reference">drm_fourcc.h</a>
 */
public final class Modifier {
    /** Row after row: the only arrangement that the CPU may interpret. */
    public static final long LINEAR = 0;
    /** No modifier was given: the arrangement is what producer and consumer agree on otherwise. */
    public static final long INVALID = 0x00FF_FFFF_FFFF_FFFFL;

    private Modifier() {}

    /**
     * Who defines a modifier.
     *
     * @param modifier the modifier
     * @return the vendor's number, 0 to 255; 0 is nobody in particular
     */
    public static int vendor(long modifier) {
        return (int) (modifier >>> 56);
    }

    /**
     * A modifier for people.
     *
     * @param modifier the modifier
     * @return {@code LINEAR}, {@code INVALID}, or the number in hexadecimal
     */
    public static String name(long modifier) {
        if (modifier == LINEAR) {
            return "LINEAR";
        }
        return modifier == INVALID ? "INVALID" : String.format("0x%016x", modifier);
    }
}
