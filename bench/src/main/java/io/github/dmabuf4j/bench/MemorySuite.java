package io.github.dmabuf4j.bench;

import io.github.dmabuf4j.bench.memory.AreaExperiments;
import io.github.dmabuf4j.bench.memory.HeapExperiments;
import io.github.dmabuf4j.bench.memory.TableExperiments;
import io.github.dmabuf4j.memory.SgTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Heaps beside the kernel, areas beside a bare scan, scatter tables: all inside one process. */
final class MemorySuite implements Bench.Suite {
    private static final long BYTES = 12L << 20;
    private static final int WARM_UPS = 3;

    /** Something that answers nanoseconds. */
    private interface Experiment {
        double run() throws IOException;
    }

    @Override
    public void run(Options options, Report report) throws IOException {
        heaps(options, report);
        random(options, report);
        areas(options, report);
        tables(options, report);
    }

    /** One value per round for each experiment; every round begins with another one. */
    private static double[][] interleave(Options options, String title, List<Experiment> experiments)
            throws IOException {
        double[][] values = new double[experiments.size()][options.rounds()];
        int warmUps = options.quick() ? 1 : WARM_UPS;
        for (int round = -warmUps; round < options.rounds(); round++) {
            System.err.printf("%s: round %d of %d%n", title, round + 1, options.rounds());
            for (int i = 0; i < experiments.size(); i++) {
                int which = Math.floorMod(i + round, experiments.size());
                double value = experiments.get(which).run();
                if (round >= 0) {
                    values[which][round] = value;
                }
            }
        }
        return values;
    }

    private static void heaps(Options options, Report report) throws IOException {
        report.section("A buffer of 12 MiB");
        report.line("The kernel's way is memfd_create, ftruncate, mmap and a first touch of every page. A sustained"
                + " rate has the end of the buffer in it: zeroing in the background, or munmap and close.");
        int hits = options.quick() ? 20 : 100;
        int fresh = options.quick() ? 3 : 10;
        double[][] nanos = interleave(
                options,
                "heap",
                List.of(
                        () -> HeapExperiments.poolHit(BYTES, hits),
                        () -> HeapExperiments.poolHit(BYTES, hits),
                        () -> HeapExperiments.fresh(BYTES, fresh),
                        () -> HeapExperiments.sustained(BYTES, hits),
                        () -> HeapExperiments.sustainedFresh(BYTES, fresh)));
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("what", "µs", "compared with, µs", "ratio [95 % interval]", "bar", "verdict"));
        compare(rows, "A/A (noise): pool hit to itself", nanos[1], nanos[0], null);
        compare(rows, "the kernel's way; a pool hit", nanos[2], nanos[0], Bar.atLeast(500));
        compare(rows, "sustained, the kernel's way; the heap", nanos[4], nanos[3], Bar.atLeast(8));
        report.table(rows);
    }

    private static void compare(
            List<List<String>> rows, String words, double[] subject, double[] reference, @Nullable Bar bar) {
        Ratio ratio = Ratio.of(subject, reference);
        rows.add(List.of(
                words,
                Report.spread(subject, 1e-3),
                Report.spread(reference, 1e-3),
                Report.ratio(ratio),
                bar == null ? "" : bar.toString(),
                bar == null ? "" : bar.judge(ratio).toString()));
    }

    private static void random(Options options, Report report) throws IOException {
        report.section("Random allocations and frees");
        int times = options.quick() ? 20_000 : 2_000_000;
        long highWater = 32L << 20;
        HeapExperiments.random(times / 4, highWater, 1);
        HeapExperiments.History history = HeapExperiments.random(times, highWater, 2);
        report.line(
                "%,d of both together, 1 to 16 pages, at most 256 buffers at a time; %s %% of the allocations were pool hits."
                        .formatted(times, Report.number(history.hits())));
        double spread = history.p99() / history.p50();
        report.table(List.of(
                List.of("what", "value", "bar", "verdict"),
                List.of("median of an allocation, µs", Report.number(history.p50() * 1e-3), "", ""),
                List.of("99th percentile, µs", Report.number(history.p99() * 1e-3), "", ""),
                List.of("longest allocation, µs", Report.number(history.worst() * 1e-3), "", ""),
                plain("99th percentile by median", spread, Bar.atMost(10)),
                List.of("median of giving back, µs", Report.number(history.freed()[0] * 1e-3), "", ""),
                List.of("99th percentile of giving back, µs", Report.number(history.freed()[1] * 1e-3), "", ""),
                List.of("longest giving back, µs", Report.number(history.freed()[2] * 1e-3), "", ""),
                plain("most that was kept, MiB", history.keptBytes() / 1048576.0, Bar.atMost(32)),
                plain("buffers out at the end", (double) history.leakedBuffers(), Bar.atMost(0))));
    }

    private static List<String> plain(String words, double value, Bar bar) {
        return List.of(words, Report.number(value), bar.toString(), bar.holds(value) ? "holds" : "**missed**");
    }

    private static void areas(Options options, Report report) throws IOException {
        report.section("A half-full area of 16,384 pages");
        report.line("Sixteen aligned pages are asked for, of which only the last sixteen are free or movable."
                + " The bare scan finds and marks them in a BitSet, and does nothing else.");
        int times = options.quick() ? 20 : 200;
        try (AreaExperiments area = new AreaExperiments()) {
            double[][] nanos = interleave(
                    options,
                    "area",
                    List.of(
                            () -> area.scan(times),
                            () -> area.scan(times),
                            () -> area.allocate(0, times),
                            () -> area.allocate(1, times),
                            () -> area.allocate(4, times),
                            () -> area.allocate(16, times)));
            List<List<String>> rows = new ArrayList<>();
            rows.add(List.of("what", "µs", "bare scan, µs", "ratio [95 % interval]", "bar", "verdict"));
            compare(rows, "A/A (noise): scan to itself", nanos[1], nanos[0], null);
            compare(rows, "a buffer, nobody to move", nanos[2], nanos[0], null);
            compare(rows, "a buffer, 1 lodger of 16 pages to move", nanos[3], nanos[0], null);
            compare(rows, "a buffer, 4 lodgers of 4 pages to move", nanos[4], nanos[0], null);
            compare(rows, "a buffer, 16 lodgers of a page to move", nanos[5], nanos[0], null);
            report.table(rows);
        }
    }

    private static void tables(Options options, Report report) throws IOException {
        report.section("Scatter tables and access");
        int times = options.quick() ? 2 : 5;
        double[][] nanos = interleave(
                options,
                "table",
                List.of(
                        () -> TableExperiments.building(1, times),
                        () -> TableExperiments.building(2, times),
                        () -> HeapExperiments.bracket(options.quick() ? 100_000 : 1_000_000)));
        SgTable scattered = TableExperiments.build(2);
        long bytes = TableExperiments.iterationBytes(scattered);
        int oneRun = TableExperiments.build(1).entries();
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("what", "value", "bar", "verdict"));
        rows.add(spread("table of 1,000,000 pages that follow each other, built, ms", nanos[0], 1e-6, 20));
        rows.add(plain("its entries", oneRun, Bar.atMost(1)));
        rows.add(spread("table of 1,000,000 pages that do not, built, ms", nanos[1], 1e-6, 20));
        rows.add(plain("walk over all its pages, bytes of Java heap", (double) bytes, Bar.atMost(0)));
        rows.add(spread("bracket of CPU access on coherent memory, ns", nanos[2], 1, 50));
        report.table(rows);
    }

    private static List<String> spread(String words, double[] nanos, double scale, double atMost) {
        double median = Samples.of(nanos).median() * scale;
        Bar bar = Bar.atMost(atMost);
        return List.of(words, Report.spread(nanos, scale), bar.toString(), bar.holds(median) ? "holds" : "**missed**");
    }
}
