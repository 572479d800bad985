package io.github.dmabuf4j.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.dmabuf4j.fence.PointStatus;
import io.github.dmabuf4j.linux.testing.LeakCheck;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What the path that speaks in values must not do: allocate, and bother the kernel. */
@Timeout(60)
@ExtendWith(LeakCheck.class)
class RawPathTest {
    private static final int WINDOW = 2_000;
    private static final int WINDOWS = 200;

    @Test
    void signallingAndWaitingAllocateNothingInSteadyState() throws Exception {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (TwoPages there = new TwoPages();
                TwoPages back = new TwoPages()) {
            FutureTask<Void> echo = new FutureTask<>(() -> {
                for (long value = 1; there.peer.awaitPoint(value, Long.MAX_VALUE) == PointStatus.SIGNALED; value++) {
                    back.owner.signal(value);
                }
                return null;
            });
            Thread.ofPlatform().start(echo);
            long value = 0;
            long least = Long.MAX_VALUE;
            // The compilers need some rounds before what escapes in the interpreter stays on the stack.
            for (int window = 0; window < WINDOWS && least > 0; window++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < WINDOW; i++) {
                    value++;
                    there.owner.signal(value);
                    back.peer.awaitPoint(value, Long.MAX_VALUE);
                }
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            }
            there.ownerPage.close();
            echo.get();
            assertThat(least)
                    .as("bytes in the best window of %d rounds", WINDOW)
                    .isZero();
        }
    }

    @Test
    void nobodyAsleepMeansNoSystemCall(@TempDir Path folder) throws Exception {
        Path log = folder.resolve("calls");
        String output = traced(log, folder);
        long address = Long.parseLong(output.lines().findFirst().orElseThrow());
        assertThat(output).contains("woken");
        String word = "0x" + Long.toHexString(address);
        List<String> wakes;
        try (var lines = Files.lines(log)) {
            wakes = lines.filter(line -> line.contains("futex(" + word) && line.contains("FUTEX_WAKE"))
                    .toList();
        }
        assertThat(wakes)
                .as("1000 signals, of which only the last is slept for, and the closing of the timeline")
                .hasSize(2);
    }

    private static String traced(Path log, Path folder) throws Exception {
        List<String> command = List.of(
                "strace",
                "-f",
                "-e",
                "trace=futex",
                "-o",
                log.toString(),
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Signalling.class.getName());
        Path output = folder.resolve("output");
        Path errors = folder.resolve("errors");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectOutput(output.toFile())
                    .redirectError(errors.toFile())
                    .start();
            boolean traced = process.waitFor() == 0;
            skipUnless(traced, "strace could not trace: " + Files.readString(errors, StandardCharsets.UTF_8));
        } catch (IOException e) {
            skipUnless(false, "strace is not installed: " + e.getMessage());
        }
        return Files.readString(output, StandardCharsets.UTF_8);
    }

    private static void skipUnless(boolean possible, String reason) {
        if (!possible) {
            System.out.println("system calls not counted: " + reason);
        }
        assumeTrue(possible, reason);
    }

    /** Signals a thousand times while a thread sleeps for the last value. */
    static final class Signalling {
        public static void main(String[] arguments) throws Exception {
            try (TwoPages pages = new TwoPages()) {
                System.out.println(pages.owner.line.wordAddress());
                Thread waiter = Thread.ofPlatform().start(() -> {
                    try {
                        pages.peer.awaitPoint(1000, Long.MAX_VALUE);
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                });
                pages.awaitSleepers(1);
                for (int value = 1; value <= 1000; value++) {
                    pages.owner.signal(value);
                }
                waiter.join();
            }
            System.out.println("woken");
        }
    }
}
