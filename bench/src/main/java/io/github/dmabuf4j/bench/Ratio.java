package io.github.dmabuf4j.bench;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * The ratio of the medians of two series that were measured in pairs, with a 95 % interval.
 *
 * <p>The interval is a percentile bootstrap over the <em>pairs</em>: rounds are drawn with replacement, both members of a
 * round together, because what disturbs a round disturbs both. The draw is seeded, so that the same values always give
 * the same interval.
 *
 * @param value median of the subject by median of the reference
 * @param low the lower end of the interval
 * @param high the upper end of the interval
 */
public record Ratio(double value, double low, double high) {
    private static final int DRAWS = 10_000;
    private static final long SEED = 0x5eed;

    /**
     * Computes the ratio of two series.
     *
     * @param subject what is judged, one value per round
     * @param reference what it is compared with, one positive value for the same rounds
     * @return the ratio
     * @throws IllegalArgumentException if the series differ in length or are empty
     */
    public static Ratio of(double[] subject, double[] reference) {
        if (subject.length != reference.length || subject.length == 0) {
            throw new IllegalArgumentException("a ratio needs pairs, not " + subject.length + " values against "
                    + reference.length + " of the reference");
        }
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);
        int rounds = subject.length;
        double[] drawn = new double[DRAWS];
        double[] subjects = new double[rounds];
        double[] references = new double[rounds];
        for (int draw = 0; draw < DRAWS; draw++) {
            for (int i = 0; i < rounds; i++) {
                int round = random.nextInt(rounds);
                subjects[i] = subject[round];
                references[i] = reference[round];
            }
            drawn[draw] = medianOf(subjects) / medianOf(references);
        }
        Samples ratios = Samples.of(drawn);
        double value = Samples.of(subject).median() / Samples.of(reference).median();
        return new Ratio(value, ratios.percentile(2.5), ratios.percentile(97.5));
    }

    /** Sorts in place: the arrays are scratch space. */
    private static double medianOf(double[] values) {
        Arrays.sort(values);
        return Samples.medianOfSorted(values);
    }
}
