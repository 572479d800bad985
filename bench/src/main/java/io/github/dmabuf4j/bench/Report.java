package io.github.dmabuf4j.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** One file of Markdown tables. */
final class Report {
    private final StringBuilder text = new StringBuilder();
    private final Path file;

    Report(String suite, Options options) {
        this.file = options.results().resolve(suite + ".md");
        text.append("# ").append(suite).append("\n\n");
        line("%s; load average before the run %s.".formatted(Host.facts(), Host.load()));
        line("%d rounds; in each one every contender ran once, in fresh processes: %d ms of warm-up, %d ms measured."
                .formatted(
                        options.rounds(),
                        options.warmUp().toMillis(),
                        options.measured().toMillis()));
        if (options.quick()) {
            line("**A quick run: it shows that everything runs, the numbers prove nothing.**");
        }
    }

    String text() {
        return text.toString().stripTrailing() + "\n";
    }

    /** A heading of the second level. */
    void section(String title) {
        text.append("\n## ").append(title).append("\n\n");
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

    /** A ratio with its interval. */
    static String ratio(Ratio ratio) {
        return String.format(
                Locale.ROOT, "%s [%s..%s]", number(ratio.value()), number(ratio.low()), number(ratio.high()));
    }
}
