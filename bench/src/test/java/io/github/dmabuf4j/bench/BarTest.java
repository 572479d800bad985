package io.github.dmabuf4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BarTest {
    @Test
    void theNearerEndOfTheIntervalDecides() {
        assertThat(Bar.atMost(1.5).judge(new Ratio(1.2, 1.1, 1.4))).isEqualTo(Bar.Verdict.HOLDS);
        assertThat(Bar.atMost(1.5).judge(new Ratio(1.2, 1.1, 1.6))).isEqualTo(Bar.Verdict.UNDECIDED);
        assertThat(Bar.atMost(1.5).judge(new Ratio(1.6, 1.4, 1.7))).isEqualTo(Bar.Verdict.MISSED);
        assertThat(Bar.atLeast(3).judge(new Ratio(4, 3.1, 9))).isEqualTo(Bar.Verdict.HOLDS);
        assertThat(Bar.atLeast(3).judge(new Ratio(4, 2.9, 9))).isEqualTo(Bar.Verdict.UNDECIDED);
        assertThat(Bar.atLeast(3).judge(new Ratio(2, 1, 9))).isEqualTo(Bar.Verdict.MISSED);
    }

    @Test
    void theLimitItselfHolds() {
        assertThat(Bar.atMost(0).holds(0)).isTrue();
        assertThat(Bar.atLeast(2.2).holds(2.2)).isTrue();
        assertThat(Bar.atLeast(2.2).holds(2.1)).isFalse();
        assertThat(Bar.atMost(1.25)).hasToString("≤ 1.25");
    }
}
