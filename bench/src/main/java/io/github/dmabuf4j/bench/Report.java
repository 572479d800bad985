package io.github.dmabuf4j.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * One file of Markdown tables, in sections. When only a part of a suite runs, the sections that it does not write stay as
 * they were.
 */
final class Report {
    private final String suite;
    private final Path file;
    /** By title; what comes before the first section has none. */
    private final LinkedHashMap<String, StringBuilder> sections = new LinkedHashMap<>();

    private StringBuilder text = new StringBuilder();

    Report(String suite, Options options) throws IOException {
        this.suite = suite;
        this.file = options.results().resolve(suite + ".md");
        if (!options.part().isEmpty() && Files.exists(file)) {
            for (String section : Files.readString(file).split("\n(?=## )", -1)) {
                int end = section.indexOf('\n');
                if (section.startsWith("## ") && end > 0) {
                    sections.put(
                            section.substring(3, end),
                            new StringBuilder(section.substring(end + 1).strip() + "\n"));
                }
            }
        }
        text.append("%s; load average before the run %s.\n".formatted(Host.facts(), Host.load()));
        Bench.Suite known = Bench.SUITES.get(suite);
        if (known == null || known.parts().isEmpty()) { // the others say for each section how long it is
            line(
                    "%d rounds; in each one every contender ran once, in fresh processes: %d ms of warm-up, %d ms measured."
                            .formatted(
                                    options.rounds(),
                                    options.warmUp().toMillis(),
                                    options.measured().toMillis()));
        }
        if (options.quick()) {
            line("**A quick run: it shows that everything runs, the numbers prove nothing.**");
        }
        sections.putFirst("", text);
    }

    String text() {
        StringBuilder all = new StringBuilder("# " + suite + "\n");
        sections.forEach((title, section) -> all.append(title.isEmpty() ? "\n" : "\n## " + title + "\n\n")
                .append(section.toString().strip())
                .append("\n"));
        return all.toString();
    }

    /** A heading of the second level. */
    void section(String title) {
        text = new StringBuilder();
        sections.put(title, text);
    }

    /** A sentence on a line of its own. */
    void line(String sentence) {
        text.append(sentence).append("\n");
    }

    /** A table; the first row is its head. What was measured so far is kept, whatever happens to the rest of the run. */
    void table(List<List<String>> rows) throws IOException {
        text.append("\n");
        for (int row = 0; row < rows.size(); row++) {
            text.append(rows.get(row).stream().collect(Collectors.joining(" | ", "| ", " |\n")));
            if (row == 0) {
                text.append("|").append(" --- |".repeat(rows.getFirst().size())).append("\n");
            }
        }
        text.append("\n");
        Files.writeString(file, text());
    }

    /** A number with about three digits that mean something. */
    static String number(double value) {
        double size = Math.abs(value);
        if (size >= 1e6) {
            return String.format(Locale.ROOT, "%.3g M", value / 1e6).replaceFirst("e\\+0*(\\d)", "e$1");
        }
        if (size >= 100 || value == Math.rint(value)) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        return String.format(Locale.ROOT, size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f", value);
    }

    /** A median with the range around it. */
    static String spread(double[] values, double scale) {
        Samples samples = Samples.of(values);
        return String.format(
                Locale.ROOT,
                "%s [%s..%s]",
                number(samples.median() * scale),
                number(samples.min() * scale),
                number(samples.max() * scale));
    }

    /** The median of many turns, with the range in which nine tenths of them lie. */
    static String spread(double[][] turns, double scale) {
        Samples samples =
                Samples.of(Arrays.stream(turns).flatMapToDouble(Arrays::stream).toArray());
        return String.format(
                Locale.ROOT,
                "%s [%s..%s]",
                number(samples.median() * scale),
                number(samples.percentile(5) * scale),
                number(samples.percentile(95) * scale));
    }

    /** A ratio with its interval. */
    static String ratio(Ratio ratio) {
        return String.format(
                Locale.ROOT, "%s [%s..%s]", number(ratio.value()), number(ratio.low()), number(ratio.high()));
    }
}
