package io.github.dmabuf4j.bench;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * The ratio of two series that were measured in pairs, with a 95 % interval.
 *
 * <p>For {@linkplain #of rounds} it is the ratio of the medians, and the interval is a percentile bootstrap over the <em>pairs</em>: rounds are drawn with replacement, both members of a
 * round together, because what disturbs a round disturbs both. The draw is seeded, so that the same values always give
 * the same interval.
 *
 * @param value the ratio
 * @param low the lower end of the interval
 * @param high the upper end of the interval
 */
public record Ratio(double value, double low, double high) {
    private static final int DRAWS = 4_000;
    private static final long SEED = 0x5eed;
    /** Successive turns that are drawn together. */
    private static final int BLOCK = 8;

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

    /**
     * Computes the typical ratio of two contenders that took turns: the median of the ratios of neighbouring turns. Its
     * interval is a bootstrap over generations, drawn with replacement, and in each over blocks of successive turns, so
     * that neither what one start of a program is like, nor what lasts for several turns, is taken for many independent
     * observations.
     *
     * @param subject what is judged: an array for each generation, with a value for each turn
     * @param reference what it is compared with: positive values of the same turns
     * @return the ratio
     * @throws IllegalArgumentException if the turns are not the same, or there are none
     */
    public static Ratio ofTurns(double[][] subject, double[][] reference) {
        if (subject.length != reference.length || subject.length == 0) {
            throw new IllegalArgumentException(
                    "turns are compared generation by generation, not " + subject.length + " with " + reference.length);
        }
        double[][] ratios = new double[subject.length][];
        int turns = 0;
        for (int i = 0; i < ratios.length; i++) {
            if (subject[i].length != reference[i].length || subject[i].length == 0) {
                throw new IllegalArgumentException(
                        "turns are compared one by one, not " + subject[i].length + " with " + reference[i].length);
            }
            ratios[i] = new double[subject[i].length];
            for (int turn = 0; turn < ratios[i].length; turn++) {
                ratios[i][turn] = subject[i][turn] / reference[i][turn];
            }
            turns += ratios[i].length;
        }
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);
        double[] drawn = new double[DRAWS];
        for (int draw = 0; draw < DRAWS; draw++) {
            double[] chosen = new double[turns];
            int count = 0;
            while (count < turns) {
                double[] generation = ratios[random.nextInt(ratios.length)];
                for (int taken = 0; taken < generation.length && count < turns; taken += BLOCK) {
                    int first = random.nextInt(generation.length);
                    for (int i = 0; i < BLOCK && count < turns; i++) {
                        chosen[count++] = generation[(first + i) % generation.length];
                    }
                }
            }
            drawn[draw] = medianOf(chosen);
        }
        Samples intervals = Samples.of(drawn);
        double value =
                medianOf(Arrays.stream(ratios).flatMapToDouble(Arrays::stream).toArray());
        return new Ratio(value, intervals.percentile(2.5), intervals.percentile(97.5));
    }

    /** Sorts in place: the arrays are scratch space. */
    private static double medianOf(double[] values) {
        Arrays.sort(values);
        return Samples.medianOfSorted(values);
    }
}
