package io.github.dmabuf4j.buffer;

/**
 * Where one plane of a picture lies.
 *
 * @param buffer which buffer of the picture has it, from 0; pictures in one buffer have 0 everywhere
 * @param offset where the plane begins in its buffer, in bytes
 * @param stride from the beginning of a row to the beginning of the next, in bytes (the pitch)
 * @param rows how many rows the plane has
 */
public record Plane(int buffer, long offset, int stride, int rows) {
    /**
     * Checks the numbers by themselves; {@link ImageLayout} checks them against the format.
     *
     * @throws IllegalArgumentException if a number is negative or zero where it must not be, or the plane ends beyond
     *     the largest offset
     */
    public Plane {
        if (buffer < 0 || buffer >= ImageLayout.MAX_PLANES) {
            throw new IllegalArgumentException(
                    "a picture has buffers 0 to " + (ImageLayout.MAX_PLANES - 1) + ", not " + buffer);
        }
        if (offset < 0 || stride <= 0 || rows <= 0) {
            throw new IllegalArgumentException(
                    "a plane has an offset from 0 and at least one row of one byte, not offset " + offset + ", stride "
                            + stride + ", " + rows + " rows");
        }
        if (offset > Long.MAX_VALUE - (long) stride * rows) {
            throw new IllegalArgumentException("a plane of " + rows + " rows of " + stride + " bytes at offset "
                    + offset + " ends beyond the largest offset");
        }
    }
}
