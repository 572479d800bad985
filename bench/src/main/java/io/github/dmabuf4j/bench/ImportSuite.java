package io.github.dmabuf4j.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** How long the first import of a buffer takes. */
final class ImportSuite implements Bench.Suite {
    private static final double MOST_MICROS = 100;

    @Override
    public void run(Options options, Report report) throws IOException, InterruptedException {
        report.section("First import of a buffer");
        report.line(
                "From a descriptor that arrived over a Unix socket to a segment that can be read, all checks included:");
        report.line(
                "is it a memfd, is it large enough, can it not shrink; map it, make it a DmaBuf with a view. Pages are not");
        report.line("faulted in. Two CPUs, nothing pinned.");
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of(
                "size",
                "median µs [range] of rounds",
                "p99 µs",
                "median of the first 8 in a fresh JVM µs",
                "median with the first read µs",
                "bar",
                "verdict"));
        for (long bytes : new long[] {64 << 10, 12 << 20}) {
            Contest contest = new Contest(
                            options.task(Task.Work.TOUCH_ENDS, bytes, 1, 1, 1),
                            Regime.SPINNING,
                            List.of(Contenders.FIRST_IMPORT))
                    .run(options.rounds(), "first import");
            Contest.Entry entry = contest.entries().getFirst();
            String size = ThroughputSuite.size(bytes);
            if (!entry.failure().isEmpty()) {
                rows.add(List.of(size, "not measured: " + entry.failure(), "", "", "", "", ""));
                continue;
            }
            double[] medians = entry.values(1, "p50");
            Bar bar = Bar.atMost(MOST_MICROS);
            rows.add(List.of(
                    size,
                    Report.spread(medians, 1e-3),
                    Report.spread(entry.values(1, "p99"), 1e-3),
                    Report.spread(entry.values(1, "cold"), 1e-3),
                    Report.spread(entry.values(1, "touched"), 1e-3),
                    bar + " µs",
                    bar.holds(Samples.of(medians).median() * 1e-3) ? "holds" : "**missed**"));
        }
        report.table(rows);
    }
}
