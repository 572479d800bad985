package io.github.dmabuf4j.domain.wire;

/**
 * One plane of an image. Whether it lies inside the memory is checked by whoever maps that.
 *
 * @param reference which reference of the offer holds it
 * @param offset its first byte in that reference
 * @param stride bytes from one row to the next, at least 1
 * @param rows how many rows it has, at least 1
 */
public record ImagePlane(int reference, long offset, int stride, int rows) {
    /**
     * Checks the fields.
     *
     * @throws IllegalArgumentException if a field is out of range
     */
    public ImagePlane {
        Checks.range("a plane's reference", reference, 0, Xbp.MAX_REFERENCES - 1);
        Checks.notNegative("a plane's offset", offset);
        Checks.range("a plane's stride", stride, 1, Integer.MAX_VALUE);
        Checks.range("a plane's rows", rows, 1, Integer.MAX_VALUE);
    }
}
