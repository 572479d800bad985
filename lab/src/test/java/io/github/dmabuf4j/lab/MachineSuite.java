package io.github.dmabuf4j.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dmabuf4j.buffer.AccessMode;
import io.github.dmabuf4j.buffer.CpuAccess;
import io.github.dmabuf4j.buffer.DmaBuf;
import io.github.dmabuf4j.buffer.SystemHeap;
import io.github.dmabuf4j.linux.LinuxFacts;
import io.github.dmabuf4j.linux.LinuxFacts.Fact;
import io.github.dmabuf4j.linux.MemfdBacking;
import io.github.dmabuf4j.linux.facts.DeviceFacts;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The devices that the other suites use are there, and the library works at all. */
@Timeout(60)
class MachineSuite {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/dev/dma_heap/system",
                "/dev/udmabuf",
                "/dev/dri/card0",
                "/dev/dri/card1",
                "/dev/video0",
                "/sys/kernel/debug/dma_buf/bufinfo"
            })
    void deviceIsThere(String path) {
        assertThat(Path.of(path)).exists();
    }

    @Test
    void doctorFindsTheDevices() {
        List<Fact> facts = new ArrayList<>(LinuxFacts.probe());
        facts.addAll(DeviceFacts.probe());
        for (Fact fact : facts) {
            System.out.println((fact.found() ? "  yes " : "  no  ") + fact.name() + ": " + fact.detail());
        }
        assertThat(facts)
                .filteredOn(fact -> !fact.name().equals("sw_sync"))
                .allSatisfy(fact -> assertThat(fact.found()).as(fact.toString()).isTrue());
        assertThat(facts)
                .extracting(Fact::name)
                .contains("udmabuf", "dma-heap system", "sync files", "buffer list", "DRM card0", "video0");
        assertThat(detail(facts, "udmabuf")).contains("1024 parts");
        assertThat(facts.stream()
                        .filter(fact -> fact.name().startsWith("DRM card"))
                        .map(Fact::detail))
                .anySatisfy(detail -> assertThat(detail)
                        .startsWith("virtio_gpu")
                        .contains("PRIME", "dumb buffers", "syncobj with timelines", "atomic", "screens Virtual-"))
                .anySatisfy(detail -> assertThat(detail).startsWith("vgem").contains("PRIME in and out"));
        assertThat(facts.stream()
                        .filter(fact -> fact.name().startsWith("video"))
                        .map(Fact::detail))
                .anySatisfy(detail -> assertThat(detail).contains("vivid", "captures", "by queues of buffers"));
    }

    private static String detail(List<Fact> facts, String name) {
        return facts.stream()
                .filter(fact -> fact.name().equals(name))
                .map(Fact::detail)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theDoctorLeavesNothingBehind() throws IOException {
        DeviceFacts.probe();
        long before = openFiles();
        DeviceFacts.probe();
        assertThat(openFiles()).isEqualTo(before);
    }

    private static long openFiles() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        }
    }

    @Test
    void memoryFilesWork() throws Exception {
        try (SystemHeap heap = new SystemHeap(new MemfdBacking());
                DmaBuf buffer = heap.allocate(1 << 20);
                CpuAccess access = buffer.beginCpuAccess(AccessMode.READ_WRITE)) {
            access.segment().set(ValueLayout.JAVA_INT, 4096, 42);
            assertThat(access.segment().get(ValueLayout.JAVA_INT, 4096)).isEqualTo(42);
        }
        assertThat(Files.readString(Path.of("/proc/self/maps"))).doesNotContain("memfd:system");
    }
}
