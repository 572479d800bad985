package io.github.dmabuf4j.cli.litmus;

import io.github.dmabuf4j.cli.litmus.CostTable.Use;
import io.github.dmabuf4j.cli.report.Json;
import io.github.dmabuf4j.cli.report.ResultTable;
import io.github.dmabuf4j.memory.Caching;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The results for people and for programs.
 *
 * @param verdicts what came of the experiments
 * @param untried what would mean nothing
 * @param costs what sharing costs
 */
record LitmusReport(List<Verdict> verdicts, List<Untried> untried, CostTable costs) {
    private static final int WIDTH = 100;

    /** Whether every cure helped and coherent machines were never wrong. */
    boolean holds() {
        return verdicts.stream().allMatch(Verdict::holds);
    }

    /** What each experiment shows, then the table of verdicts, then that of costs. */
    String text() {
        Set<Experiment> experiments = new LinkedHashSet<>();
        verdicts.forEach(verdict -> experiments.add(verdict.experiment()));
        StringBuilder text = new StringBuilder();
        for (Experiment each : experiments) {
            text.append(each.name()).append('\n');
            LinePicture.wrap(each.shows(), WIDTH - 4)
                    .forEach(line -> text.append("    ").append(line).append('\n'));
            text.append("    mistake: ").append(each.mistake()).append('\n');
            text.append("    cure: ").append(each.cure()).append('\n');
        }
        return text.append('\n')
                .append(table())
                .append(untriedLines())
                .append('\n')
                .append(costTable())
                .toString();
    }

    /** A line for each heap with something that is not tried on it. */
    private String untriedLines() {
        Map<String, List<String>> byHeap = new LinkedHashMap<>();
        for (Untried each : untried) {
            byHeap.computeIfAbsent(each.heap().name() + ", which " + each.why(), key -> new ArrayList<>())
                    .add(each.experiment().name());
        }
        StringBuilder text = new StringBuilder();
        byHeap.forEach(
                (heap, names) -> LinePicture.wrap("Not tried on " + heap + ": " + String.join(", ", names) + ".", WIDTH)
                        .forEach(line -> text.append(line).append('\n')));
        return text.isEmpty() ? "" : "\n" + text;
    }

    private ResultTable table() {
        ResultTable table = new ResultTable()
                .row("wrong runs", "heap", "with mistake", "with cure", "maintained", "coherent, both");
        for (Verdict verdict : verdicts) {
            table.row(
                    verdict.experiment().name(),
                    verdict.heap(),
                    verdict.without() + " of " + verdict.seeds(),
                    verdict.with() + " of " + verdict.seeds(),
                    verdict.maintainedBytes() + " bytes",
                    verdict.coherentWithout() + ", " + verdict.coherentWith());
        }
        return table;
    }

    private String costTable() {
        ResultTable table = new ResultTable()
                .row(
                        "cycles, for " + (CostTable.SIZE >> 10) + " KiB",
                        "touched",
                        "cached + maintenance",
                        "uncached",
                        "write-combined");
        for (CostTable.Row row : costs.rows()) {
            table.row(
                    "the CPU " + row.use().words,
                    percent(row.percent()),
                    Long.toString(row.cached()),
                    Long.toString(row.uncached()),
                    Long.toString(row.combined()));
        }
        StringBuilder text = new StringBuilder(table.toString()).append('\n');
        for (Use use : Use.values()) {
            text.append("The CPU ")
                    .append(use.words)
                    .append(": ")
                    .append(crossover(use, Caching.UNCACHED))
                    .append("; ")
                    .append(crossover(use, Caching.WRITE_COMBINED))
                    .append(".\n");
        }
        return text.toString();
    }

    private String crossover(Use use, Caching other) {
        String name = other == Caching.UNCACHED ? "uncached" : "write-combined";
        int lines = costs.crossover(use, other);
        if (lines > CostTable.LINES) {
            return name + " is always cheaper than cached with maintenance";
        }
        if (lines == 1) {
            return name + " is never cheaper than cached with maintenance";
        }
        return name + " is cheaper below " + percent(100.0 * lines / CostTable.LINES) + " of the lines";
    }

    private static String percent(double value) {
        return String.format(Locale.ROOT, "%.1f %%", value);
    }

    /** Everything as JSON. */
    Json json() {
        List<Json> rows = new ArrayList<>();
        for (Verdict verdict : verdicts) {
            Experiment experiment = verdict.experiment();
            rows.add(new Json()
                    .put("experiment", experiment.name())
                    .put("heap", verdict.heap())
                    .put("shows", experiment.shows())
                    .put("mistake", experiment.mistake())
                    .put("cure", experiment.cure())
                    .put("seeds", verdict.seeds())
                    .put("wrongWithMistake", verdict.without())
                    .put("wrongWithCure", verdict.with())
                    .put("maintainedBytes", verdict.maintainedBytes())
                    .put("coherentWrongWithMistake", verdict.coherentWithout())
                    .put("coherentWrongWithCure", verdict.coherentWith()));
        }
        List<Json> left = untried.stream()
                .map(each -> new Json()
                        .put("experiment", each.experiment().name())
                        .put("heap", each.heap().name())
                        .put("why", each.why()))
                .toList();
        List<Json> cycles = new ArrayList<>();
        for (CostTable.Row row : costs.rows()) {
            cycles.add(new Json()
                    .put("use", row.use().words)
                    .put("touchedPercent", row.percent())
                    .put("cached", row.cached())
                    .put("uncached", row.uncached())
                    .put("writeCombined", row.combined()));
        }
        List<Json> crossovers = new ArrayList<>();
        for (Use use : Use.values()) {
            crossovers.add(new Json()
                    .put("use", use.words)
                    .put("lines", CostTable.LINES)
                    .put("cachedCheaperThanUncachedFromLines", costs.crossover(use, Caching.UNCACHED))
                    .put("cachedCheaperThanWriteCombinedFromLines", costs.crossover(use, Caching.WRITE_COMBINED)));
        }
        return new Json()
                .put("holds", holds())
                .put("verdicts", rows)
                .put("notTried", left)
                .put("costs", cycles)
                .put("crossovers", crossovers);
    }
}
