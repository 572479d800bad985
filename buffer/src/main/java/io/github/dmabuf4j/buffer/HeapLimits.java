package io.github.dmabuf4j.buffer;

/**
 * How much a heap gives and keeps.
 *
 * @param highWaterBytes the most that is kept for later, for each way of mapping, in bytes
 * @param limitBytes the most that may be out at a time, in bytes; more is refused at once
 * @param quotaBytes the most that one owner may have at a time, in bytes; more is refused at once
 */
public record HeapLimits(long highWaterBytes, long limitBytes, long quotaBytes) {
    /** Keeps at most {@link SystemHeap#DEFAULT_HIGH_WATER_BYTES}, and refuses nothing. */
    public static final HeapLimits DEFAULT =
            new HeapLimits(SystemHeap.DEFAULT_HIGH_WATER_BYTES, Long.MAX_VALUE, Long.MAX_VALUE);

    /**
     * Checks the limits.
     *
     * @throws IllegalArgumentException if one is negative
     */
    public HeapLimits {
        if (highWaterBytes < 0 || limitBytes < 0 || quotaBytes < 0) {
            throw new IllegalArgumentException("the limits of a heap are not negative, but one of these is: "
                    + highWaterBytes + ", " + limitBytes + ", " + quotaBytes);
        }
    }
}
