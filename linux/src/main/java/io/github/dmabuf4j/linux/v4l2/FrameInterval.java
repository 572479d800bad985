package io.github.dmabuf4j.linux.v4l2;

import java.util.Locale;

/**
 * The time from one picture to the next, as a fraction of seconds.
 *
 * @param numerator seconds; 0 if nobody knows
 * @param denominator pictures in that time
 */
public record FrameInterval(int numerator, int denominator) {
    /**
     * Pictures in a second.
     *
     * @return the rate; 0 if nobody knows
     */
    public double rate() {
        return numerator == 0 ? 0 : (double) Integer.toUnsignedLong(denominator) / Integer.toUnsignedLong(numerator);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.2f/s", rate()).replace(".00/", "/");
    }
}
