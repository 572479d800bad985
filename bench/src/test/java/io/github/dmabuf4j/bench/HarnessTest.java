package io.github.dmabuf4j.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
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
        List<Map<String, Double>> results = Block.run(Contenders.BARE_FUTEX, SHORT, Regime.ONE_CPU);
        assertThat(results).hasSize(2);
        assertThat(results.getFirst().get("trips")).isPositive();
        assertThat(results.getFirst().get("p50"))
                .isPositive()
                .isLessThanOrEqualTo(results.getFirst().get("p99"));
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
        Block.run(Contenders.BARE_FUTEX, SHORT, Regime.ONE_CPU, parent);
        assertThat(parent).isEmptyDirectory();
    }
}
