package io.github.dmabuf4j.cli;

import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code 2}, {@code 2s}, {@code 0.5s}, {@code 500ms}. */
final class DurationConverter implements ITypeConverter<Duration> {
    private static final double LONGEST_SECONDS = 86_400;

    DurationConverter() {}

    @Override
    public Duration convert(String text) {
        double unit = 1;
        String number = text;
        if (text.endsWith("ms")) {
            unit = 0.001;
            number = text.substring(0, text.length() - 2);
        } else if (text.endsWith("s")) {
            number = text.substring(0, text.length() - 1);
        }
        double seconds;
        try {
            seconds = Double.parseDouble(number) * unit;
        } catch (NumberFormatException unsound) {
            throw new TypeConversionException("'" + text + "' is not a duration such as 2s or 500ms");
        }
        if (!(seconds >= 0.001 && seconds <= LONGEST_SECONDS)) {
            throw new TypeConversionException("'" + text + "' is not between 1ms and a day");
        }
        return Duration.ofNanos(Math.round(seconds * 1e9));
    }
}
