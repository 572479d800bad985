package io.github.dmabuf4j.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.dmabuf4j.linux.ioctl.DmaBufUapi;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How often a frame bothers the kernel, by a trace of every system call of the two threads that hand it over. */
@Timeout(300)
class SystemCallsSuite {
    private static final Path STRACE = Path.of("/usr/bin/strace");
    private static final String MARK = "0x" + Integer.toHexString(TracedFrames.MARK);
    private static final String SYNC = "0x" + Integer.toHexString(DmaBufUapi.DMA_BUF_IOCTL_SYNC);

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"dma-heap, raw, 0", "dma-heap, checked, 2", "memfd, checked, 0"})
    void aFrameCostsNoCallButTheBracketsOfCpuAccess(String heap, String tier, int perFrame) throws Exception {
        assumeTrue(Files.isExecutable(STRACE), "strace is not installed");
        Path log = folder.resolve("calls");
        Path output = folder.resolve("output");
        List<String> command = List.of(
                STRACE.toString(),
                "-f",
                "-e",
                "raw=ioctl",
                "-o",
                log.toString(),
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                // Nothing but the program itself runs on its threads: no compiled code to be thrown away, no pauses.
                "-Xint",
                "-XX:+UseSerialGC",
                "-Xmn160m",
                "-XX:-UsePerfData",
                "-XX:+UnlockDiagnosticVMOptions",
                "-XX:GuaranteedSafepointInterval=0",
                // Both sides stay awake for as long as it takes.
                "-Ddmabuf4j.spinNanos=100000000000",
                "-cp",
                System.getProperty("java.class.path"),
                TracedFrames.class.getName(),
                folder.toString(),
                heap,
                tier);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor()).as(Files.readString(output)).isZero();
        List<List<String>> threads = marked(Files.readAllLines(log));
        assertThat(threads).as("threads that handed over").hasSize(2);
        for (List<String> calls : threads) {
            assertThat(calls.stream().filter(call -> !call.contains(SYNC)).toList())
                    .as("calls of a thread between its marks, beside those of CPU access")
                    .isEmpty();
            assertThat(calls).hasSize(perFrame * TracedFrames.FRAMES);
        }
    }

    /** The calls of each thread between its first mark and its last. */
    static List<List<String>> marked(List<String> log) {
        Map<String, List<String>> byThread = new LinkedHashMap<>();
        for (String line : log) {
            int space = line.indexOf(' ');
            String call = line.substring(space + 1).strip();
            // The second half of a call that another thread interrupted in the log, and signals.
            if (!call.startsWith("<...") && !call.startsWith("---") && !call.startsWith("+++")) {
                byThread.computeIfAbsent(line.substring(0, space), _ -> new ArrayList<>())
                        .add(call);
            }
        }
        List<List<String>> marked = new ArrayList<>();
        for (List<String> calls : byThread.values()) {
            List<Integer> marks = new ArrayList<>();
            for (int i = 0; i < calls.size(); i++) {
                if (calls.get(i).contains(MARK)) {
                    marks.add(i);
                }
            }
            if (marks.size() == 2) {
                marked.add(List.copyOf(calls.subList(marks.getFirst() + 1, marks.getLast())));
            }
        }
        return marked;
    }
}
