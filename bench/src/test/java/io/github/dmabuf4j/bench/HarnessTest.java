package io.github.dmabuf4j.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class HarnessTest {
    private static final Task SHORT =
            new Task(Task.Work.ROUND_TRIP, 64, 1, 1, 1, Duration.ofMillis(20), Duration.ofMillis(20));

    @Test
    void aTaskSurvivesTheCommandLine() {
        Task task = new Task(Task.Work.TOUCH_ALL, 12 << 20, 4, 16, 2, Duration.ofMillis(1200), Duration.ofSeconds(1));
        assertThat(Task.parse(task.arguments())).isEqualTo(task);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Task.parse(List.of("work=TOUCH_ALL")))
                .withMessageContaining("bytes=");
    }

    @Test
    void aResultLineIsReadAndNonsenseIsNot() {
        assertThat(Block.parseResult("p50=1.5 trips=3")).isEqualTo(Map.of("p50", 1.5, "trips", 3.0));
        assertThatIllegalArgumentException().isThrownBy(() -> Block.parseResult("p50"));
    }

    @Test
    void setsOfCpusAreReadAsTheKernelWritesThem() {
        assertThat(Regime.parseCpuList("0-2,5,8-9")).containsExactly(0, 1, 2, 5, 8, 9);
        assertThat(Regime.parseCpuList("3")).containsExactly(3);
    }

    @Test
    void numbersKeepThreeDigitsThatMeanSomething() {
        assertThat(Report.number(5_312_000)).isEqualTo("5.31 M");
        assertThat(Report.number(285)).isEqualTo("285");
        assertThat(Report.number(12_345)).isEqualTo("12,345");
        assertThat(Report.number(28.53)).isEqualTo("28.5");
        assertThat(Report.number(2.2)).isEqualTo("2.20");
        assertThat(Report.number(0.0684)).isEqualTo("0.068");
        assertThat(Report.number(0)).isEqualTo("0");
    }

    @Test
    void unknownWordsAreRefusedAndAQuickRunKeepsNothing() {
        Path kept = Path.of("kept");
        Path scratch = Path.of("scratch");
        assertThatIllegalArgumentException().isThrownBy(() -> Options.parse(new String[] {"speed"}, kept, scratch));
        assertThat(Options.parse(new String[] {"all", "handover"}, kept, scratch)
                        .suites())
                .containsExactlyElementsOf(Bench.SUITES.keySet());
        assertThat(Options.parse(new String[] {"--quick"}, kept, scratch).results())
                .isEqualTo(scratch);
        assertThat(Options.parse(new String[0], kept, scratch).results()).isEqualTo(kept);
    }

    @Test
    void twoProcessesMeetAndMeasure() throws Exception {
        assumeTrue(Path.of("/proc/self/fd").toFile().exists(), "needs /proc to pass a memfd on");
        try (Block block = Block.open(Contenders.BARE_FUTEX, SHORT, Regime.ONE_CPU)) {
            for (int turn = 0; turn < 3; turn++) {
                Map<String, Double> result = block.turn(Duration.ofMillis(20));
                assertThat(result.get("trips")).isPositive();
                assertThat(result.get("p50")).isPositive().isLessThanOrEqualTo(result.get("p99"));
            }
        }
    }

    @Test
    void betweenTurnsEverythingIsStopped(@TempDir Path parent) throws Exception {
        try (Block block = Block.open(Contenders.BARE_MEMORY, SHORT, Regime.SPINNING, parent)) {
            for (int turn = 0; turn < 2; turn++) {
                List<ProcessHandle> sides = ProcessHandle.current().children().toList();
                assertThat(sides).hasSize(2);
                while (!sides.stream().allMatch(HarnessTest::isStopped)) { // a signal takes a moment
                    Thread.onSpinWait();
                }
                block.turn(Duration.ofMillis(10));
            }
        }
        assertThat(parent).isEmptyDirectory();
    }

    @Test
    void aContenderThatDiesIsNamedWithWhatItSaid() {
        Contender broken =
                new Contender("broken", folder -> List.of("sh", "-c", "echo no such thing here >&2; exit 3", "sh"));
        assertThatThrownBy(() -> Block.run(broken, SHORT, Regime.ONE_CPU))
                .isInstanceOf(IOException.class)
                .hasMessage("broken: no such thing here");
    }

    @Test
    void aBlockLeavesNothingBehind(@TempDir Path parent) throws Exception {
        Block.open(Contenders.BARE_FUTEX, SHORT, Regime.ONE_CPU, parent).close();
        assertThat(parent).isEmptyDirectory();
    }

    /** The third word of the line is the state; the second is a name in parentheses. */
    private static boolean isStopped(ProcessHandle process) {
        try {
            String line = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
            return line.substring(line.lastIndexOf(')')).startsWith(") T");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aPartOfASuiteLeavesTheOtherSections(@TempDir Path folder) throws Exception {
        Options all = Options.parse(new String[] {"handover"}, folder, folder);
        Report first = new Report("handover", all);
        for (String section : List.of("one", "two")) {
            first.section(section);
            first.line("old " + section);
            first.table(List.of(List.of("head")));
        }
        Options part = Options.parse(new String[] {"handover:spinning"}, folder, folder);
        assertThat(part.wants("spinning")).isTrue();
        assertThat(part.wants("one-cpu")).isFalse();
        assertThat(all.wants("one-cpu")).isTrue();
        Report second = new Report("handover", part);
        second.section("two");
        second.line("new two");
        second.table(List.of(List.of("head")));
        assertThat(Files.readString(folder.resolve("handover.md")))
                .startsWith("# handover\n\n")
                .containsSubsequence("## one", "old one", "## two", "new two")
                .doesNotContain("old two")
                .containsOnlyOnce("load average");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse(new String[] {"handover:nowhere"}, folder, folder));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse(new String[] {"handover:spinning", "alloc"}, folder, folder));
    }
}
