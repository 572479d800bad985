package io.github.dmabuf4j.cli.demo;

import io.github.dmabuf4j.cli.report.LatencyHistogram;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a consumer says at the end, one {@code name=value} a line on its standard output.
 *
 * @param frames how many frames it had
 * @param hashes of each frame in order, as hexadecimal digits; empty for a consumer that takes none
 * @param latencyP50 the median time from hand-over to having the frame, in nanoseconds
 * @param latencyP99 99 of 100 were not slower
 * @param latencyMax the slowest
 * @param cpuMillis processor time while the frames came, in milliseconds
 * @param bytesCopied how many bytes were copied to get them
 */
record ConsumerReport(
        long frames,
        List<String> hashes,
        long latencyP50,
        long latencyP99,
        long latencyMax,
        long cpuMillis,
        long bytesCopied) {
    static ConsumerReport of(
            long frames, List<String> hashes, LatencyHistogram latency, long cpuMillis, long bytesCopied) {
        return new ConsumerReport(
                frames,
                List.copyOf(hashes),
                latency.percentile(0.5),
                latency.percentile(0.99),
                latency.max(),
                cpuMillis,
                bytesCopied);
    }

    String lines() {
        return "frames=" + frames + "\nhashes=" + String.join(",", hashes) + "\np50=" + latencyP50 + "\np99="
                + latencyP99 + "\nmax=" + latencyMax + "\ncpu=" + cpuMillis + "\ncopied=" + bytesCopied + "\n";
    }

    static ConsumerReport parse(List<String> lines) throws IOException {
        Map<String, String> values = new HashMap<>();
        for (String line : lines) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                values.put(line.substring(0, equals), line.substring(equals + 1));
            }
        }
        try {
            String hashes = values.getOrDefault("hashes", "");
            return new ConsumerReport(
                    number(values, "frames"),
                    hashes.isEmpty() ? List.of() : List.of(hashes.split(",")),
                    number(values, "p50"),
                    number(values, "p99"),
                    number(values, "max"),
                    number(values, "cpu"),
                    number(values, "copied"));
        } catch (NumberFormatException broken) {
            throw new IOException("a consumer's report is broken: " + broken.getMessage(), broken);
        }
    }

    private static long number(Map<String, String> values, String name) {
        return Long.parseLong(values.getOrDefault(name, "no " + name));
    }
}
