package io.github.dmabuf4j.cli.demo;

import io.github.dmabuf4j.cli.report.Json;
import io.github.dmabuf4j.cli.report.ResultTable;
import io.github.dmabuf4j.cli.video.VideoFormat;
import java.util.List;
import java.util.Locale;

/**
 * What came of a demonstration.
 *
 * @param input what was sent
 * @param format what its frames look like
 * @param frames how many there are
 * @param buffers how many buffers circulated
 * @param shared the run by shared memory
 * @param copied the same by sockets
 * @param crcEqual how many frames had the input's CRC32C in the shared run
 * @param shaEqual how many frames had the input's SHA-256 in the verifying run
 */
public record DemoResult(
        String input,
        VideoFormat format,
        long frames,
        int buffers,
        Demo.Pass shared,
        Demo.Pass copied,
        long crcEqual,
        long shaEqual) {
    /**
     * Whether every frame arrived as it was sent.
     *
     * @return true if all hashes are equal
     */
    public boolean isRight() {
        return crcEqual == frames && shaEqual == frames;
    }

    /**
     * The table for people.
     *
     * @return lines
     */
    public String table() {
        return new ResultTable()
                .row("", "shared", "copied", "ratio")
                .row("frames/s", tenth(rate(shared)), tenth(rate(copied)), tenth(ratio()) + "x")
                .row("GB/s to each consumer", hundredth(gigabytes(shared)), hundredth(gigabytes(copied)))
                .row(
                        "hand-over to A p50",
                        micros(a(shared).latencyP50()),
                        micros(a(copied).latencyP50()))
                .row(
                        "hand-over to A p99",
                        micros(a(shared).latencyP99()),
                        micros(a(copied).latencyP99()))
                .row(
                        "hand-over to A max",
                        micros(a(shared).latencyMax()),
                        micros(a(copied).latencyMax()))
                .row(
                        "hand-over to B p50",
                        micros(b(shared).latencyP50()),
                        micros(b(copied).latencyP50()))
                .row(
                        "hand-over to B p99",
                        micros(b(shared).latencyP99()),
                        micros(b(copied).latencyP99()))
                .row(
                        "hand-over to B max",
                        micros(b(shared).latencyMax()),
                        micros(b(copied).latencyMax()))
                .row("CPU seconds, 3 processes", hundredth(shared.cpuSeconds()), hundredth(copied.cpuSeconds()))
                .row("bytes copied by us", Long.toString(shared.bytesCopied()), Long.toString(copied.bytesCopied()))
                .row("input", input)
                .row("frames", frames + " of " + format.title())
                .row("buffers used", Integer.toString(buffers))
                .row("CRC32C equal to the input's", crcEqual + " of " + frames)
                .row("SHA-256 equal to the input's", shaEqual + " of " + frames)
                .toString();
    }

    /**
     * The same as JSON.
     *
     * @return an object
     */
    public Json json() {
        return new Json()
                .put("input", input)
                .put("frames", frames)
                .put("width", format.width())
                .put("height", format.height())
                .put("sampling", format.chroma().title())
                .put("buffers", buffers)
                .put("crc32cEqual", crcEqual)
                .put("sha256Equal", shaEqual)
                .put("shared", json(shared))
                .put("copied", json(copied))
                .put("ratio", ratio());
    }

    private Json json(Demo.Pass pass) {
        return new Json()
                .put("seconds", pass.seconds())
                .put("framesPerSecond", rate(pass))
                .put("gigabytesPerSecond", gigabytes(pass))
                .put("cpuSeconds", pass.cpuSeconds())
                .put("bytesCopied", pass.bytesCopied())
                .put("consumers", List.of(json(a(pass)), json(b(pass))));
    }

    private static Json json(ConsumerReport report) {
        return new Json()
                .put("frames", report.frames())
                .put("handOverP50Nanos", report.latencyP50())
                .put("handOverP99Nanos", report.latencyP99())
                .put("handOverMaxNanos", report.latencyMax());
    }

    private static ConsumerReport a(Demo.Pass pass) {
        return pass.reports().get(0);
    }

    private static ConsumerReport b(Demo.Pass pass) {
        return pass.reports().get(1);
    }

    private double rate(Demo.Pass pass) {
        return frames / pass.seconds();
    }

    private double gigabytes(Demo.Pass pass) {
        return rate(pass) * format.frameSize() / 1e9;
    }

    private double ratio() {
        return copied.seconds() / shared.seconds();
    }

    private static String tenth(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    private static String hundredth(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    private static String micros(long nanos) {
        return String.format(Locale.ROOT, "%.1f us", nanos / 1e3);
    }
}
