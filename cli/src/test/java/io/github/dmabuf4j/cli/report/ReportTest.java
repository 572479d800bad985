package io.github.dmabuf4j.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Tables, JSON, histogram and progress. */
class ReportTest {
    @Test
    void percentilesAreRightWithinTwoPercent() {
        for (long seed = 1; seed <= 20; seed++) {
            Random random = new Random(seed);
            long[] values = new long[1 + random.nextInt(5000)];
            LatencyHistogram histogram = new LatencyHistogram();
            for (int i = 0; i < values.length; i++) {
                values[i] = random.nextLong() >>> (1 + random.nextInt(62));
                histogram.record(values[i]);
            }
            Arrays.sort(values);
            for (double share : new double[] {0.0001, 0.5, 0.9, 0.99, 1}) {
                long exact = values[(int) Math.ceil(share * values.length) - 1];
                assertThat((double) histogram.percentile(share))
                        .as("seed %d, share %s", seed, share)
                        .isBetween((double) exact, exact * 1.02 + 1);
            }
            assertThat(histogram.max()).isEqualTo(values[values.length - 1]);
            assertThat(histogram.count()).isEqualTo(values.length);
        }
    }

    @Test
    void anEmptyHistogramAnswersZero() {
        LatencyHistogram histogram = new LatencyHistogram();
        assertThat(histogram.percentile(0.5)).isZero();
        histogram.record(-5);
        histogram.record(Long.MAX_VALUE);
        assertThat(histogram.percentile(0.5)).isZero();
        assertThat(histogram.percentile(1)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void columnsLineUp() {
        String table = new ResultTable()
                .row("", "shared", "copied")
                .row("frames", "300", "300")
                .row("a long name", "1", "12345")
                .row("remark", "a remark that is much longer than the column")
                .toString();
        assertThat(table).isEqualTo("""
                                     shared  copied
                        frames       300     300
                        a long name  1       12345
                        remark       a remark that is much longer than the column
                        """);
    }

    @Test
    void jsonQuotesWhatMustBeQuoted() {
        Json json = new Json()
                .put("text", "a \"b\" \\ \n \u0001 \u00e9")
                .put("number", 12)
                .put("ratio", 1.5)
                .put("nothing", Double.NaN)
                .put("true", true)
                .put("object", new Json().put("inner", 1))
                .put("none", List.of())
                .put("list", List.of(new Json().put("a", 1), new Json()));
        assertThat(json).hasToString("""
                        {
                          "text": "a \\"b\\" \\\\ \\n \\u0001 \u00e9",
                          "number": 12,
                          "ratio": 1.5,
                          "nothing": null,
                          "true": true,
                          "object": {
                            "inner": 1
                          },
                          "none": [],
                          "list": [
                            {
                              "a": 1
                            },
                            {}
                          ]
                        }""");
    }

    @Test
    void aBarThatWasNeverShownLeavesNothing() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ProgressBar bar = new ProgressBar(new PrintStream(bytes), true, "sending", 10, "frames")) {
            bar.update(1);
        }
        assertThat(bytes.toString()).isEmpty();
    }

    @Test
    void onATerminalTheBarIsRedrawnAndTakenAway() throws InterruptedException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ProgressBar bar = new ProgressBar(new PrintStream(bytes), true, "sending", 10, "frames")) {
            while (bytes.size() == 0) {
                bar.update(5);
                Thread.onSpinWait();
            }
        }
        assertThat(bytes.toString())
                .startsWith("\rsending  [###############...............]  5 of 10 frames")
                .endsWith("\r" + " ".repeat(57) + "\r");
    }
}
