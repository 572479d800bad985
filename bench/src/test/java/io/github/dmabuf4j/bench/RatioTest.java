package io.github.dmabuf4j.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RatioTest {
    private static double[] constant(int count, double value) {
        double[] values = new double[count];
        java.util.Arrays.fill(values, value);
        return values;
    }

    @Test
    void withoutNoiseTheIntervalIsThePoint() {
        assertThat(Ratio.of(constant(10, 3), constant(10, 2))).isEqualTo(new Ratio(1.5, 1.5, 1.5));
    }

    @Test
    void itIsTheRatioOfTheMediansAndNotTheMedianOfTheRatios() {
        Ratio ratio = Ratio.of(new double[] {1, 2, 30}, new double[] {1, 4, 3});
        assertThat(ratio.value()).isEqualTo(2 / 3.0);
    }

    @Test
    void theSameValuesGiveTheSameInterval() {
        double[] subject = {5, 6, 7, 8, 9, 10, 11, 12, 13, 14};
        double[] reference = {4, 4, 5, 5, 4, 4, 5, 5, 4, 4};
        assertThat(Ratio.of(subject, reference)).isEqualTo(Ratio.of(subject, reference));
    }

    @Test
    void theIntervalHoldsTheTrueRatioAboutAsOftenAsItSays() {
        long seed = 42;
        Random random = new Random(seed);
        int hits = 0;
        int trials = 100;
        for (int trial = 0; trial < trials; trial++) {
            double[] subject = new double[12];
            double[] reference = new double[12];
            for (int i = 0; i < 12; i++) {
                subject[i] = 2 * Math.exp(0.2 * random.nextGaussian());
                reference[i] = Math.exp(0.2 * random.nextGaussian());
            }
            Ratio ratio = Ratio.of(subject, reference);
            assertThat(ratio.low()).isLessThanOrEqualTo(ratio.value());
            assertThat(ratio.high()).isGreaterThanOrEqualTo(ratio.value());
            if (ratio.low() <= 2 && 2 <= ratio.high()) {
                hits++;
            }
        }
        assertThat(hits).as("hits of %d trials, seed %d", trials, seed).isBetween(86, 100);
    }

    @Test
    void disturbancesThatHitBothOfAPairDoNotWidenTheInterval() {
        // Half of the rounds run at half speed, for both.
        double[] reference = {1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1};
        double[] subject = Arrays.stream(reference).map(v -> v * 3).toArray();
        assertThat(Ratio.of(subject, reference)).isEqualTo(new Ratio(3, 3, 3));
    }

    @Test
    void onlyPairsAreTaken() {
        assertThatIllegalArgumentException().isThrownBy(() -> Ratio.of(new double[2], new double[3]));
        assertThatIllegalArgumentException().isThrownBy(() -> Ratio.of(new double[0], new double[0]));
    }

    @Test
    void turnsAreComparedWithTheirNeighbours() {
        // The machine is four times as slow in every other turn, for both.
        double[] machine = new double[40];
        Arrays.setAll(machine, turn -> turn % 2 == 0 ? 1 : 4);
        double[] subject = Arrays.stream(machine).map(v -> v * 1.5).toArray();
        assertThat(Ratio.ofTurns(new double[][] {subject, subject}, new double[][] {machine, machine}))
                .isEqualTo(new Ratio(1.5, 1.5, 1.5));
    }

    @Test
    void generationsThatDifferWidenTheInterval() {
        double[] one = constant(40, 1);
        double[][] reference = {one, one, one, one};
        Ratio ratio = Ratio.ofTurns(new double[][] {one, constant(40, 2), one, constant(40, 2)}, reference);
        assertThat(ratio.low()).isEqualTo(1);
        assertThat(ratio.high()).isEqualTo(2);
    }

    @Test
    void onlyTheSameTurnsAreTaken() {
        double[][] turns = {{1, 2}, {3}};
        assertThatIllegalArgumentException().isThrownBy(() -> Ratio.ofTurns(turns, new double[][] {{1, 2}}));
        assertThatIllegalArgumentException().isThrownBy(() -> Ratio.ofTurns(turns, new double[][] {{1}, {3}}));
        assertThatIllegalArgumentException().isThrownBy(() -> Ratio.ofTurns(new double[0][], new double[0][]));
    }
}
