package io.github.dmabuf4j.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class SamplesTest {
    @Test
    void theMedianIsTheMiddleOrTheMeanOfTheTwoInTheMiddle() {
        assertThat(Samples.of(3, 1, 2).median()).isEqualTo(2);
        assertThat(Samples.of(4, 1, 2, 10).median()).isEqualTo(3);
        assertThat(Samples.of(7).median()).isEqualTo(7);
    }

    @Test
    void percentilesAreMeasuredValuesByNearestRank() {
        double[] hundred = new double[100];
        for (int i = 0; i < 100; i++) {
            hundred[i] = 100 - i;
        }
        Samples samples = Samples.of(hundred);
        assertThat(samples.percentile(50)).isEqualTo(50);
        assertThat(samples.percentile(99)).isEqualTo(99);
        assertThat(samples.percentile(99.1)).isEqualTo(100);
        assertThat(samples.percentile(100)).isEqualTo(100);
        assertThat(samples.percentile(0.01)).isEqualTo(1);
        assertThat(Samples.of(5, 9).percentile(50)).isEqualTo(5);
        assertThatIllegalArgumentException().isThrownBy(() -> samples.percentile(0));
        assertThatIllegalArgumentException().isThrownBy(() -> samples.percentile(101));
    }

    @Test
    void theCallersArrayStaysAsItWas() {
        double[] values = {3, 1, 2};
        Samples samples = Samples.of(values);
        values[0] = 99;
        assertThat(values).containsExactly(99, 1, 2);
        assertThat(samples.max()).isEqualTo(3);
        assertThat(samples.min()).isEqualTo(1);
        assertThat(samples.count()).isEqualTo(3);
    }

    @Test
    void nothingAndNotANumberAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(Samples::of);
        assertThatIllegalArgumentException().isThrownBy(() -> Samples.of(1, Double.NaN, 2));
    }
}
