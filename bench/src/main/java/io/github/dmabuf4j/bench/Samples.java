package io.github.dmabuf4j.bench;

import java.util.Arrays;

/** A set of measured values, in order of size. */
public final class Samples {
    private final double[] sorted;

    private Samples(double[] sorted) {
        this.sorted = sorted;
    }

    /**
     * The samples of an array, which is copied.
     *
     * @param values at least one value, in any order
     * @return the samples
     * @throws IllegalArgumentException if there is no value, or one is not a number
     */
    public static Samples of(double... values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("no samples: nothing was measured");
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        // Sorting puts NaN last.
        if (Double.isNaN(sorted[sorted.length - 1])) {
            throw new IllegalArgumentException("a sample is not a number");
        }
        return new Samples(sorted);
    }

    /**
     * How many there are.
     *
     * @return the number of samples, at least 1
     */
    public int count() {
        return sorted.length;
    }

    /**
     * The smallest sample.
     *
     * @return the minimum
     */
    public double min() {
        return sorted[0];
    }

    /**
     * The greatest sample.
     *
     * @return the maximum
     */
    public double max() {
        return sorted[sorted.length - 1];
    }

    /**
     * The median: the middle sample, or the mean of the two in the middle.
     *
     * @return the median
     */
    public double median() {
        return medianOfSorted(sorted);
    }

    /**
     * A percentile by the nearest-rank rule: the smallest sample that at least so many percent of the samples do not
     * exceed. It is always a value that was measured.
     *
     * @param percent above 0, at most 100
     * @return the percentile
     */
    public double percentile(double percent) {
        if (!(percent > 0 && percent <= 100)) {
            throw new IllegalArgumentException("a percentile lies above 0 and up to 100, not at " + percent);
        }
        int rank = (int) Math.ceil(percent / 100 * sorted.length);
        return sorted[Math.clamp(rank, 1, sorted.length) - 1];
    }

    static double medianOfSorted(double[] sorted) {
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
