package io.github.dmabuf4j.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dmabuf4j.buffer.AccessMode;
import io.github.dmabuf4j.buffer.CpuAccess;
import io.github.dmabuf4j.buffer.DmaBuf;
import io.github.dmabuf4j.buffer.SystemHeap;
import io.github.dmabuf4j.linux.LinuxFacts;
import io.github.dmabuf4j.linux.MemfdBacking;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
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
        for (LinuxFacts.Fact fact : LinuxFacts.probe()) {
            System.out.println((fact.found() ? "  yes " : "  no  ") + fact.name() + ": " + fact.detail());
        }
        assertThat(LinuxFacts.probe())
                .filteredOn(fact -> fact.name().equals("udmabuf") || fact.name().equals("dma-heap"))
                .allMatch(LinuxFacts.Fact::found);
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
