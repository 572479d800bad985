package io.github.dmabuf4j.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dmabuf4j.memory.ArenaBacking;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Leaves handles and accesses behind in a JVM of its own, and reads what it reports. */
@Timeout(60)
class LeakReportTest {
    /** The JVM that forgets. */
    static final class Forgetful {
        private Forgetful() {}

        public static void main(String[] arguments) throws Exception {
            CountDownLatch returned = new CountDownLatch(2);
            forgetTheHandle(returned);
            forgetTheAccess(returned);
            while (!returned.await(20, TimeUnit.MILLISECONDS)) {
                System.gc();
            }
        }

        private static DmaBuf buffer(CountDownLatch returned) throws IOException {
            return DmaBuf.export(new ArenaBacking().give(1, "x"), "forgetful", (pages, shared) -> returned.countDown());
        }

        private static void forgetTheHandle(CountDownLatch returned) throws IOException {
            buffer(returned).name("lost handle");
        }

        private static void forgetTheAccess(CountDownLatch returned) throws IOException {
            try (DmaBuf buffer = buffer(returned)) {
                buffer.name("lost access");
                if (Boolean.getBoolean("dmabuf4j.traceAllocations")) {
                    buffer.beginCpuAccess(AccessMode.READ);
                }
            }
        }
    }

    @Test
    void theReportNamesThePlaceWhenAsked() throws Exception {
        String report = run("-Ddmabuf4j.traceAllocations=true");
        assertThat(report)
                .contains("a DmaBuf handle of buffer", "\"lost handle\"", "from forgetful was never closed")
                .contains("Forgetful.forgetTheHandle")
                .contains("a CPU access of buffer", "\"lost access\"")
                .contains("Forgetful.forgetTheAccess");
    }

    @Test
    void theReportSaysHowToAsk() throws Exception {
        String report = run("-Ddmabuf4j.traceAllocations=false");
        assertThat(report)
                .contains("\"lost handle\"", "Run with -Ddmabuf4j.traceAllocations=true")
                .doesNotContain("Forgetful.forgetTheHandle");
    }

    private static String run(String property) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        property,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Forgetful.class.getName())
                .redirectErrorStream(true)
                .start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(output).isZero();
            return output;
        } finally {
            process.destroyForcibly();
        }
    }
}
