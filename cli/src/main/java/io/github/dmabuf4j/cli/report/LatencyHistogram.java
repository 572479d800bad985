package io.github.dmabuf4j.cli.report;

/**
 * Counts durations in buckets whose width grows with the duration: every answer is right within two percent, whatever
 * its size, and recording allocates nothing. Used by one thread.
 */
public final class LatencyHistogram {
    /** 64 buckets for each power of two. */
    private static final int PRECISION_BITS = 6;

    private static final int SUB_BUCKETS = 1 << PRECISION_BITS;

    private final long[] counts = new long[(64 - PRECISION_BITS) * SUB_BUCKETS];
    private long total;
    private long greatest;

    /** Makes an empty histogram. */
    public LatencyHistogram() {}

    /**
     * Counts a duration.
     *
     * @param nanos nanoseconds; a negative one counts as 0
     */
    public void record(long nanos) {
        long duration = Math.max(0, nanos);
        counts[bucket(duration)]++;
        total++;
        greatest = Math.max(greatest, duration);
    }

    /**
     * How many durations were counted.
     *
     * @return the number
     */
    public long count() {
        return total;
    }

    /**
     * The greatest duration, exactly.
     *
     * @return nanoseconds; 0 when nothing was counted
     */
    public long max() {
        return greatest;
    }

    /**
     * The duration that the given share of all durations does not exceed.
     *
     * @param share such as 0.5 for the median; above 0, at most 1
     * @return nanoseconds, at most two percent too high; 0 when nothing was counted
     */
    public long percentile(double share) {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException("a share is above 0 and at most 1, not " + share);
        }
        long rank = (long) Math.ceil(share * total);
        long seen = 0;
        for (int bucket = 0; bucket < counts.length && total > 0; bucket++) {
            seen += counts[bucket];
            if (seen >= rank) {
                return Math.min(greatest, upperBound(bucket));
            }
        }
        return greatest;
    }

    private static int bucket(long duration) {
        int shift = Math.max(0, 63 - PRECISION_BITS - Long.numberOfLeadingZeros(duration | 1));
        // Below 64 the bucket is the duration; above, its top seven bits, whose first is always set.
        return shift * SUB_BUCKETS + (int) (duration >>> shift);
    }

    private static long upperBound(int bucket) {
        if (bucket < 2 * SUB_BUCKETS) {
            return bucket;
        }
        int shift = bucket / SUB_BUCKETS - 1;
        long top = bucket - (long) shift * SUB_BUCKETS;
        return ((top + 1) << shift) - 1;
    }
}
