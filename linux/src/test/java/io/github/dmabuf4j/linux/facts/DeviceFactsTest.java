package io.github.dmabuf4j.linux.facts;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dmabuf4j.linux.LinuxFacts.Fact;
import io.github.dmabuf4j.linux.testing.LeakCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The words of the report; what it finds where there are devices is seen in the lab. */
@Timeout(60)
@ExtendWith(LeakCheck.class)
class DeviceFactsTest {
    @TempDir
    Path folder;

    @Test
    void everythingIsLookedAt() {
        List<Fact> facts = DeviceFacts.probe();
        assertThat(facts)
                .extracting(Fact::name)
                .doesNotHaveDuplicates()
                .contains("udmabuf", "sync files", "buffer list", "sw_sync")
                .anyMatch(name -> name.startsWith("dma-heap"))
                .anyMatch(name -> name.startsWith("DRM "))
                .anyMatch(name -> name.startsWith("video"));
        assertThat(facts).allSatisfy(fact -> assertThat(fact.detail()).isNotBlank());
    }

    @Test
    void aNodeOfAGroupIsUsedByJoiningIt() {
        assertThat(NodeFiles.advice(
                        Path.of("/dev/dri/renderD128"), "render", PosixFilePermissions.fromString("rw-rw----")))
                .isEqualTo("no permission for /dev/dri/renderD128: join its group, usermod -aG render $USER, and log in"
                        + " again");
    }

    @Test
    void aNodeOfRootAloneIsUsedByARule() {
        Path heap = Path.of("/dev/dma_heap/system");
        assertThat(NodeFiles.advice(heap, "root", PosixFilePermissions.fromString("rw-------")))
                .startsWith("no permission for /dev/dma_heap/system: it is for root alone")
                .contains("KERNEL==\"system\"");
        assertThat(NodeFiles.advice(heap, "video", PosixFilePermissions.fromString("rw-r-----")))
                .as("reading is not enough")
                .contains("for root alone");
        assertThat(NodeFiles.advice(folder.resolve("gone"))).startsWith("no permission for ");
    }

    @Test
    void aModuleIsLoadedOrBuiltInOrMissing() throws IOException {
        KernelModules modules = new KernelModules(folder);
        Files.writeString(folder.resolve("modules.builtin"), "kernel/drivers/dma-buf/udmabuf.ko\n");
        Files.writeString(
                folder.resolve("modules.dep"),
                "kernel/drivers/gpu/drm/virtio/virtio-gpu.ko.xz: kernel/drivers/virtio/virtio_dma_buf.ko.xz\n"
                        + "kernel/drivers/gpu/drm/vgem/vgem.ko.xz:\n");
        assertThat(modules.advice("udmabuf", "CONFIG_UDMABUF")).startsWith("udmabuf is built into this kernel");
        assertThat(modules.advice("vgem", "CONFIG_DRM_VGEM")).isEqualTo("modprobe vgem");
        assertThat(modules.advice("virtio_gpu", "CONFIG_DRM_VIRTIO_GPU")).endsWith("modprobe virtio_gpu");
        assertThat(modules.advice("virtio_dma_buf", "CONFIG_X"))
                .as("it is only needed by another")
                .contains("CONFIG_X");
        assertThat(modules.advice("vivid", "CONFIG_VIDEO_VIVID"))
                .isEqualTo("this kernel was built without it; one with CONFIG_VIDEO_VIVID is needed");
        assertThat(new KernelModules(folder.resolve("none")).advice("vivid", "CONFIG_VIDEO_VIVID"))
                .startsWith("modprobe vivid, if the kernel was built with CONFIG_VIDEO_VIVID");
    }

    @Test
    void limitsOfUdmabufAreToldWhereTheyAreKnown() {
        assertThat(DeviceFacts.limits("1024\n", "64\n")).startsWith(", of up to 1024 parts and 64 MiB");
        assertThat(DeviceFacts.limits("1024\n", "2147483647\n")).startsWith(", of up to 1024 parts, of any size");
        assertThat(DeviceFacts.limits("", "")).isEmpty();
    }

    @Test
    void aFileOfDebugfsIsMissingForFourReasons() throws IOException {
        Path debugfs = folder.resolve("debug");
        assertThat(DeviceFacts.ofDebugfs(debugfs, "sync/sw_sync", "CONFIG_SW_SYNC"))
                .endsWith("CONFIG_DEBUG_FS");
        Files.createDirectories(debugfs);
        assertThat(DeviceFacts.ofDebugfs(debugfs, "sync/sw_sync", "CONFIG_SW_SYNC"))
                .isEqualTo("mount -t debugfs debugfs " + debugfs);
        Files.createDirectory(debugfs.resolve("sync"));
        assertThat(DeviceFacts.ofDebugfs(debugfs, "sync/sw_sync", "CONFIG_SW_SYNC"))
                .endsWith("without CONFIG_SW_SYNC");
        Files.createFile(debugfs.resolve("sync/sw_sync"));
        assertThat(DeviceFacts.ofDebugfs(debugfs, "sync/sw_sync", "CONFIG_SW_SYNC"))
                .startsWith("no permission for ");
    }

    @Test
    void connectorsAreThoseOfTheCard() throws IOException {
        for (String name : List.of("card1", "card1-HDMI-A-1", "card1-Writeback-1", "card10-DP-1", "renderD128")) {
            Files.createDirectory(folder.resolve(name));
        }
        Files.writeString(folder.resolve("card1-HDMI-A-1/status"), "connected\n");
        Files.writeString(folder.resolve("card1-Writeback-1/status"), "unknown\n");
        assertThat(GraphicsFacts.connectors(folder, "card1")).containsExactly("HDMI-A-1 (connected)", "Writeback-1");
        assertThat(GraphicsFacts.connectors(folder.resolve("none"), "card1")).isEmpty();
    }

    @Test
    void bitsOfAVideoNodeAreWords() {
        assertThat(VideoFacts.capabilities(0x04000001)).isEqualTo("captures, by queues of buffers");
        assertThat(VideoFacts.capabilities(0x04008000)).isEqualTo("converts, by queues of buffers");
        assertThat(VideoFacts.capabilities(0x04003000))
                .isEqualTo("captures planes apart, puts out planes apart, by queues of buffers");
        assertThat(VideoFacts.capabilities(0x10)).isEqualTo("no pictures, without buffers");
    }
}
