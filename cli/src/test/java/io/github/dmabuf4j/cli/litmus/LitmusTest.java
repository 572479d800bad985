package io.github.dmabuf4j.cli.litmus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dmabuf4j.buffer.BufferRegistry;
import io.github.dmabuf4j.cli.litmus.CostTable.Use;
import io.github.dmabuf4j.memory.Caching;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every mistake shows, and every cure helps; nothing but the maintenance makes the difference. */
@Timeout(120)
class LitmusTest {
    private static final int SEEDS = 120;

    static Stream<String> experiments() {
        return LitmusRun.names().stream();
    }

    static Stream<String> heaps() {
        return Heaps.ALL.stream().map(TriedHeap::name);
    }

    private static Experiment experiment(String name) {
        return Experiments.ALL.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @MethodSource("experiments")
    void theMistakeShowsAndTheCureHelps(String name) {
        long before = BufferRegistry.size();
        List<Verdict> verdicts = new Litmus(List.of(experiment(name)), Heaps.ALL, 1, SEEDS).run();
        assertThat(verdicts).hasSize(experiment(name).scope().of(Heaps.ALL).size());
        assertThat(verdicts).allSatisfy(verdict -> {
            assertThat(verdict.without()).as("seeds that show the mistake").isPositive();
            assertThat(verdict.with()).as("seeds that show it with the cure").isZero();
            assertThat(verdict.coherentWithout())
                    .as("where everything looks into the cache")
                    .isZero();
            assertThat(verdict.coherentWith()).isZero();
            assertThat(verdict.holds()).isTrue();
        });
        assertThat(BufferRegistry.size()).as("buffers that nobody closed").isEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("heaps")
    void withoutMaintenanceInOneHeapExactlyThatHeapFails(String broken) {
        List<TriedHeap> heaps = new ArrayList<>();
        for (TriedHeap kind : Heaps.ALL) {
            heaps.add(
                    !kind.name().equals(broken)
                            ? kind
                            : new TriedHeap(
                                    broken,
                                    kind.mapped(),
                                    kind.keeps(),
                                    (machine, right) -> kind.builder().build(machine, Mistakes.NONE)));
        }
        for (String name : List.of("uncached-allocation", "old-data", "pool-reuse", "stale-lines", "write-combined")) {
            assertThat(new Litmus(List.of(experiment(name)), heaps, 1, 50).run())
                    .allSatisfy(verdict -> assertThat(verdict.with() > 0)
                            .as(name + " fails on " + verdict.heap())
                            .isEqualTo(verdict.heap().equals(broken)));
        }
    }

    @ParameterizedTest
    @MethodSource("heaps")
    void maintainedIsWhatBecomesUncachedAndNothingWhenAPoolHasIt(String name) throws IOException {
        TriedHeap kind = Heaps.ALL.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
        try (Scene scene = new Scene(experiment("uncached-allocation"), kind, 1, false, true)) {
            long size = 4L * Experiments.SIZE;
            scene.giveBack(scene.buffer(size));
            long first = scene.maintenance().uncachedBytes();
            assertThat(first).as("what became uncached").isGreaterThanOrEqualTo(size);
            assertThat(scene.stats().maintainedBytes()).isEqualTo(first);
            scene.buffer(size);
            long again = scene.maintenance().uncachedBytes() - first;
            assertThat(scene.stats().maintainedBytes()).isEqualTo(first + again);
            boolean kept = !name.equals("system-contig");
            assertThat(again).as("and once more").isEqualTo(kept ? 0 : size);
            assertThat(scene.stats().savedBytes()).isEqualTo(kept ? size : 0);
        }
    }

    @Test
    void anExperimentIsItsSeed() throws IOException {
        List<String> names = List.of("pool-reuse");
        String trace = new LitmusRun(names, List.of(), 1, SEEDS).trace();
        assertThat(new LitmusRun(names, List.of(), 1, SEEDS).trace()).isEqualTo(trace);
        assertThat(trace)
                .contains("pool-reuse", "seed ", "evicts and writes back", "and should be", "cleans", "invalidates")
                .contains("CPU 0", "camera");
        assertThat(trace.split("and should be", -1))
                .as("wrong with the mistake only")
                .hasSize(2);
    }

    @ParameterizedTest
    @MethodSource("experiments")
    void everyExperimentCanBeDrawn(String name) throws Exception {
        LitmusRun run = new LitmusRun(List.of(name), List.of(), 1, SEEDS);
        String svg = run.picture();
        assertThat(run.picture()).isEqualTo(svg);
        assertThat(svg)
                .startsWith("<svg ")
                .endsWith("</svg>\n")
                .contains(experiment(name).mistake(), experiment(name).cure());
        // One cross for the mistake's title, one for its last step; as many ticks for the cure.
        assertThat(svg.split("\u2717", -1)).as("what goes wrong").hasSize(3);
        assertThat(svg.split("\u2713", -1)).as("what goes right").hasSize(name.equals("peer-to-peer") ? 2 : 3);
        assertThat(svg).doesNotContain("NaN", "null");
        javax.xml.parsers.DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new java.io.ByteArrayInputStream(svg.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    }

    @Test
    void whatIsNotTriedHasAReason() {
        Map<String, List<String>> tried = new TreeMap<>();
        Experiments.ALL.forEach(each -> tried.put(
                each.name(),
                each.scope().of(Heaps.ALL).stream().map(TriedHeap::name).toList()));
        assertThat(tried.values())
                .allSatisfy(heaps -> assertThat(heaps)
                        .contains("system", "carveout", "chunk", "cma")
                        .hasSizeGreaterThanOrEqualTo(5));
        LitmusRun everything = new LitmusRun(LitmusRun.names(), List.of(), 1, 1);
        assertThat(everything.isEmpty()).isFalse();
        assertThat(everything.untried())
                .hasSize(tried.size() * Heaps.ALL.size()
                        - tried.values().stream().mapToInt(List::size).sum())
                .contains(
                        "zero-wrong-alias is not tried on system-contig, which keeps no page for a next owner",
                        "missing-begin is not tried on protected, which is never mapped by the CPU");
        assertThat(new LitmusRun(List.of("missing-begin"), List.of("protected"), 1, 1).isEmpty())
                .isTrue();
    }

    @Test
    void whatIsNamedIsTracedAndDrawnAndNothingElse() throws IOException {
        LitmusRun run = new LitmusRun(List.of("old-data", "pool-reuse"), List.of("cma", "protected"), 1, SEEDS);
        assertThat(run.trace().lines().filter(line -> line.contains(" on heap ")))
                .hasSize(4)
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("old-data on heap cma, seed "),
                        line -> assertThat(line).startsWith("old-data on heap protected, seed "),
                        line -> assertThat(line).startsWith("pool-reuse on heap cma, seed "),
                        line -> assertThat(line).startsWith("pool-reuse on heap protected, seed "));
        assertThat(run.picture())
                .containsSubsequence(
                        "One line of memory: old-data",
                        "litmus old-data --heap cma --seeds ",
                        "litmus old-data --heap protected --seeds ",
                        "One line of memory: pool-reuse",
                        "litmus pool-reuse --heap cma --seeds ")
                .containsOnlyOnce("id=\"tip\"");
        long seed = 17;
        assertThat(new LitmusRun(List.of("old-data"), List.of("chunk"), seed, seed).trace())
                .startsWith("old-data on heap chunk, seed 17\n");
    }

    @Test
    void withoutASeedThatShowsItNothingIsDrawn() {
        Experiment rare = experiment("one-line-too-few");
        long quiet = 1;
        while (new Litmus(List.of(rare), Heaps.ALL.subList(0, 1), quiet, quiet)
                        .run()
                        .getFirst()
                        .without()
                > 0) {
            quiet++;
        }
        LitmusRun run = new LitmusRun(List.of(rare.name()), List.of("system"), quiet, quiet);
        assertThatThrownBy(run::picture)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("none of the seeds")
                .hasMessageContaining("one-line-too-few");
    }

    @Test
    void costsCross() {
        CostTable costs = new CostTable(Heaps.ALL.getFirst());
        int lines = costs.crossover(Use.READ_LINES, Caching.UNCACHED);
        assertThat(lines).isBetween(2, CostTable.LINES);
        assertThat(costs.cycles(Caching.CACHED, Use.READ_LINES, lines))
                .isLessThan(costs.cycles(Caching.UNCACHED, Use.READ_LINES, lines));
        assertThat(costs.cycles(Caching.CACHED, Use.READ_LINES, lines - 1))
                .isGreaterThanOrEqualTo(costs.cycles(Caching.UNCACHED, Use.READ_LINES, lines - 1));
        assertThat(costs.rows()).hasSize(Use.values().length * 6).allSatisfy(row -> {
            assertThat(row.cached()).isPositive();
            assertThat(row.percent()).isBetween(0.0, 100.0);
        });
        assertThat(costs.rows().getLast().percent()).isEqualTo(100);
    }
}
