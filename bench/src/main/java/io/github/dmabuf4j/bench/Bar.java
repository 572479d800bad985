package io.github.dmabuf4j.bench;

import java.util.Locale;

/**
 * What a value must reach. A ratio holds only when the end of its interval that lies nearer to the bar does.
 *
 * @param limit the number to reach
 * @param atMost whether the value may not exceed the limit; else it may not fall below
 */
public record Bar(double limit, boolean atMost) {
    /**
     * A bar that values stay below.
     *
     * @param limit the greatest value that holds
     * @return the bar
     */
    public static Bar atMost(double limit) {
        return new Bar(limit, true);
    }

    /**
     * A bar that values reach.
     *
     * @param limit the smallest value that holds
     * @return the bar
     */
    public static Bar atLeast(double limit) {
        return new Bar(limit, false);
    }

    /** How a value stands to a bar. */
    public enum Verdict {
        /** The value and its whole interval hold. */
        HOLDS("holds"),
        /** The value holds, a part of its interval does not. */
        UNDECIDED("value holds, interval does not"),
        /** The value itself does not hold. */
        MISSED("**missed**");

        private final String words;

        Verdict(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    /**
     * Judges a ratio.
     *
     * @param ratio value and interval
     * @return the verdict
     */
    public Verdict judge(Ratio ratio) {
        double worst = atMost ? ratio.high() : ratio.low();
        return !holds(ratio.value()) ? Verdict.MISSED : holds(worst) ? Verdict.HOLDS : Verdict.UNDECIDED;
    }

    /**
     * Judges a plain value, without an interval.
     *
     * @param value the value
     * @return whether it holds
     */
    public boolean holds(double value) {
        return atMost ? value <= limit : value >= limit;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s %s", atMost ? "≤" : "≥", Report.number(limit));
    }
}
