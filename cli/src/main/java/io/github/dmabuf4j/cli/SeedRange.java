package io.github.dmabuf4j.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Seeds from one to another.
 *
 * @param first the first, not negative
 * @param last the last, not below the first
 */
record SeedRange(long first, long last) {
    /** Reads {@code A..B}, or {@code A} alone. */
    static final class Converter implements ITypeConverter<SeedRange> {
        private static final long MOST = 1_000_000;

        Converter() {}

        @Override
        public SeedRange convert(String text) {
            int dots = text.indexOf("..");
            try {
                long first = Long.parseLong(dots < 0 ? text : text.substring(0, dots));
                long last = dots < 0 ? first : Long.parseLong(text.substring(dots + 2));
                if (first >= 0 && last >= first && last - first < MOST) {
                    return new SeedRange(first, last);
                }
            } catch (NumberFormatException noNumber) {
                // falls through to the sentence
            }
            throw new TypeConversionException(
                    "'" + text + "' is no range of seeds such as 1..1000, with at most " + MOST + " of them");
        }
    }
}
