package io.github.dmabuf4j.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A table of ratios, each between two contenders of one relay, with the bar it must reach. */
final class Comparisons {
    private final List<List<String>> rows = new ArrayList<>();

    Comparisons() {
        rows.add(List.of(
                "regime", "comparison", "median ratio of neighbouring turns [95 % interval]", "bar", "verdict"));
    }

    /** What a comparison is called. */
    static String words(Contender subject, Contender reference) {
        return subject.name().equals(reference.again().name())
                ? "A/A (noise): " + reference.name() + " to itself"
                : subject.name() + " to " + reference.name();
    }

    /**
     * Compares two contenders.
     *
     * @param words what is compared
     * @param subject who is judged
     * @param reference whom it is compared with
     * @param key the name of the value, measured by the leader
     * @param bar what the ratio must reach, or null when it is only told
     */
    void add(Regime regime, String words, Relay.Entry subject, Relay.Entry reference, String key, @Nullable Bar bar) {
        String failure = !subject.failure().isEmpty() ? subject.failure() : reference.failure();
        if (!failure.isEmpty()) {
            rows.add(List.of(regime.toString(), words, "not measured", bar == null ? "" : bar.toString(), failure));
            return;
        }
        add(regime, words, Ratio.ofTurns(subject.values(key), reference.values(key)), bar);
    }

    /** Adds a ratio that was computed elsewhere. */
    void add(Regime regime, String words, Ratio ratio, @Nullable Bar bar) {
        rows.add(List.of(
                regime.toString(),
                words,
                Report.ratio(ratio),
                bar == null ? "" : bar.toString(),
                bar == null ? "" : bar.judge(ratio).toString()));
    }

    /** Writes the table. */
    void writeTo(Report report) throws IOException {
        report.table(rows);
    }
}
