package io.github.dmabuf4j.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dmabuf4j.memory.ArenaBacking;
import io.github.dmabuf4j.memory.CacheMaintenance;
import io.github.dmabuf4j.memory.DmaDirection;
import io.github.dmabuf4j.memory.DmaTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Leaves handles and accesses behind in a JVM of its own, and reads what it reports. */
@Timeout(60)
class LeakReportTest {
    /** The JVM that forgets. */
    static final class Forgetful {
        private Forgetful() {}

        public static void main(String[] arguments) throws Exception {
            CountDownLatch returned = new CountDownLatch(3);
            showWhoKeeps();
            forgetTheHandle(returned);
            forgetTheAccess(returned);
            forgetTheMapping(returned);
            CmaHeap area =
                    new CmaHeap("area", new ArenaBacking(), 1 << 16, HeapLimits.DEFAULT, CacheMaintenance.COHERENT);
            forgetTheLodger(area);
            while (area.lodgers().lodgers() > 0) {
                System.gc();
            }
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

        private static void forgetTheMapping(CountDownLatch returned) throws Exception {
            try (DmaBuf buffer = buffer(returned)) {
                buffer.name("lost mapping");
                buffer.attach(new FakeDevice("lost camera", true)).map(DmaDirection.FROM_DEVICE);
            }
        }

        private static void forgetTheLodger(CmaHeap area) throws IOException {
            area.lodge(4096, "lost lodger");
        }

        private static void showWhoKeeps() throws Exception {
            FakeDevice device = new FakeDevice("known camera", true);
            try (DmaBuf buffer = buffer(new CountDownLatch(1));
                    CpuAccess access = buffer.beginCpuAccess(AccessMode.READ);
                    DmaAttachment attachment = buffer.attach(device)) {
                DmaTable table = attachment.map(DmaDirection.TO_DEVICE);
                RawView view = buffer.rawView(access.mode());
                show("buffer", buffer.info().place());
                buffer.info().keepers().forEach(keeper -> show(keeper.toString(), keeper.place()));
                attachment.unmap(table, DmaDirection.TO_DEVICE);
                view.close();
                show("keepers left " + buffer.info().keepers().size(), null);
            }
        }

        private static void show(String what, @Nullable Throwable place) {
            boolean here = place != null
                    && Arrays.stream(place.getStackTrace())
                            .anyMatch(frame -> frame.getMethodName().equals("showWhoKeeps"));
            System.out.println(what + (here ? " made here" : ""));
        }
    }

    @Test
    void theReportNamesThePlaceWhenAsked() throws Exception {
        String report = run("-Ddmabuf4j.traceAllocations=true");
        assertThat(report)
                .contains("a DmaBuf handle of buffer", "\"lost handle\"", "from forgetful was never closed")
                .contains("Forgetful.forgetTheHandle")
                .contains("a CPU access of buffer", "\"lost access\"")
                .contains("Forgetful.forgetTheAccess")
                .contains("an attachment of buffer", "\"lost mapping\"")
                .contains("a mapping FROM_DEVICE of buffer", "for lost camera was not unmapped")
                .contains("Forgetful.forgetTheMapping")
                .contains("a lodger \"lost lodger\" of 4096 bytes in heap \"area\" was never closed; it is closed now.")
                .contains("Forgetful.forgetTheLodger");
    }

    @Test
    void whoKeepsABufferIsKnownByPlaceWhenAsked() throws Exception {
        String[] kinds = {
            "buffer",
            "1 × DmaBuf handle",
            "1 × CPU access",
            "1 × raw view",
            "1 × attachment (known camera)",
            "1 × mapping (TO_DEVICE for known camera)"
        };
        String traced = run("-Ddmabuf4j.traceAllocations=true");
        String plain = run("-Ddmabuf4j.traceAllocations=false");
        for (String kind : kinds) {
            assertThat(traced.lines()).contains(kind + " made here");
            assertThat(plain.lines()).contains(kind);
        }
        assertThat(traced.lines()).contains("keepers left 3");
        assertThat(plain.lines()).contains("keepers left 3");
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
                        "-Dstdout.encoding=UTF-8",
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
