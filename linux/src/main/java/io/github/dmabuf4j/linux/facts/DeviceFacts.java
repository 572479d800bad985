package io.github.dmabuf4j.linux.facts;

import io.github.dmabuf4j.buffer.AccessMode;
import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.linux.LinuxFacts.Fact;
import io.github.dmabuf4j.linux.MemfdBacking;
import io.github.dmabuf4j.linux.MemfdPages;
import io.github.dmabuf4j.linux.SystemCallException;
import io.github.dmabuf4j.linux.dmabuf.BufferCensus;
import io.github.dmabuf4j.linux.dmabuf.DmaHeapBacking;
import io.github.dmabuf4j.linux.dmabuf.KernelDmaBuf;
import io.github.dmabuf4j.linux.dmabuf.UdmabufBacking;
import io.github.dmabuf4j.linux.drm.DrmDevice;
import io.github.dmabuf4j.linux.sync.SwSyncTimeline;
import io.github.dmabuf4j.linux.v4l2.VideoDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the kernel offers for buffers and fences, found out by trying: for a report to people, not for decisions. Each probe says what
 * it found or what to do about it, and none of them throws.
 */
public final class DeviceFacts {
    private static final Path DEBUGFS = Path.of("/sys/kernel/debug");
    private static final Path UDMABUF_PARAMETERS = Path.of("/sys/module/udmabuf/parameters");

    private final KernelModules modules = KernelModules.running();
    private final List<Fact> facts = new ArrayList<>();

    /** A probe that the kernel may refuse. */
    @FunctionalInterface
    interface Probe {
        Fact look() throws IOException;
    }

    private DeviceFacts() {}

    /**
     * Looks at everything. Opens each device for a moment, and leaves nothing behind.
     *
     * @return what was found, in the order of a report
     */
    public static List<Fact> probe() {
        DeviceFacts all = new DeviceFacts();
        all.heaps();
        all.add("udmabuf", all::udmabuf);
        all.add("sync files", DeviceFacts::syncFiles);
        all.add("buffer list", DeviceFacts::bufferList);
        all.add("sw_sync", DeviceFacts::softwareTimelines);
        all.graphics();
        all.cameras();
        return List.copyOf(all.facts);
    }

    private void add(String name, Probe probe) {
        try {
            facts.add(probe.look());
        } catch (IOException | RuntimeException | LinkageError e) {
            facts.add(new Fact(name, false, String.valueOf(e.getMessage())));
        }
    }

    private void heaps() {
        List<String> heaps = DmaHeapBacking.names();
        if (heaps.isEmpty()) {
            facts.add(new Fact(
                    "dma-heap",
                    false,
                    "nothing in " + DmaHeapBacking.FOLDER + ": this kernel was built without CONFIG_DMABUF_HEAPS;"
                            + " memory files are used instead"));
        }
        for (String heap : heaps) {
            String name = "dma-heap " + heap;
            add(name, () -> {
                Path node = DmaHeapBacking.FOLDER.resolve(heap);
                if (!NodeFiles.isUsable(node)) {
                    return new Fact(name, false, NodeFiles.advice(node));
                }
                try (DmaHeapBacking opened = DmaHeapBacking.open(heap);
                        KernelDmaBuf buffer = opened.allocate(1)) {
                    return new Fact(name, true, "gives dma-bufs, the smallest of " + buffer.size() + " bytes");
                }
            });
        }
    }

    private Fact udmabuf() throws IOException {
        if (!Files.exists(UdmabufBacking.NODE)) {
            return new Fact(
                    "udmabuf",
                    false,
                    "memory files cannot become dma-bufs: " + modules.advice("udmabuf", "CONFIG_UDMABUF"));
        }
        if (!NodeFiles.isUsable(UdmabufBacking.NODE)) {
            return new Fact("udmabuf", false, NodeFiles.advice(UdmabufBacking.NODE));
        }
        try (KernelDmaBuf buffer = madeOfMemoryFile()) {
            return new Fact(
                    "udmabuf",
                    buffer.size() > 0,
                    "memory files can be dma-bufs"
                            + limits(
                                    NodeFiles.text(UDMABUF_PARAMETERS.resolve("list_limit")),
                                    NodeFiles.text(UDMABUF_PARAMETERS.resolve("size_limit_mb"))));
        }
    }

    /** The end of a sentence about the two limits of udmabuf, which may be unknown; newer kernels limit the parts alone. */
    static String limits(String parts, String mebibytes) {
        if (parts.isBlank() || mebibytes.isBlank()) {
            return "";
        }
        String size = mebibytes.strip().equals(String.valueOf(Integer.MAX_VALUE))
                ? ", of any size; more by list_limit"
                : " and " + mebibytes.strip() + " MiB; more by list_limit and size_limit_mb";
        return ", of up to " + parts.strip() + " parts" + size + " in " + UDMABUF_PARAMETERS;
    }

    private static KernelDmaBuf madeOfMemoryFile() throws IOException {
        try (UdmabufBacking device = UdmabufBacking.open();
                MemfdPages pages = new MemfdBacking().give(1, "dmabuf4j probe")) {
            return device.export(pages);
        }
    }

    private static Fact syncFiles() throws IOException {
        try (KernelDmaBuf buffer = anyBuffer()) {
            buffer.exportSyncFile(AccessMode.READ).close();
            return new Fact(
                    "sync files", true, "every dma-buf gives out its fences as a sync file, and takes others in");
        } catch (SystemCallException refused) {
            if (refused.errno().equals(Errno.ENOTTY)) {
                return new Fact("sync files", false, "fences of dma-bufs are waited for by poll; Linux 6.0 has files");
            }
            return new Fact("sync files", false, "no dma-buf to try it with: see dma-heap and udmabuf");
        }
    }

    private static KernelDmaBuf anyBuffer() throws IOException {
        if (NodeFiles.isUsable(UdmabufBacking.NODE)) {
            return madeOfMemoryFile();
        }
        try (DmaHeapBacking heap = DmaHeapBacking.open("system")) {
            return heap.allocate(1);
        }
    }

    private static Fact bufferList() {
        if (BufferCensus.seesKernelList()) {
            return new Fact("buffer list", true, "./dmabuf4j bufs shows those too that no process holds");
        }
        return new Fact(
                "buffer list",
                false,
                "./dmabuf4j bufs shows only those that processes hold: "
                        + ofDebugfs(DEBUGFS, "dma_buf/bufinfo", "CONFIG_DMA_SHARED_BUFFER"));
    }

    private static Fact softwareTimelines() {
        return SwSyncTimeline.isAvailable()
                ? new Fact("sw_sync", true, "programs can signal fences of the kernel, in tests")
                : new Fact(
                        "sw_sync",
                        false,
                        "only for tests of drivers: " + ofDebugfs(DEBUGFS, "sync/sw_sync", "CONFIG_SW_SYNC"));
    }

    /** Why this process cannot use a file of debugfs, and what to do. */
    static String ofDebugfs(Path debugfs, String file, String option) {
        if (!Files.isDirectory(debugfs)) {
            return "this kernel was built without CONFIG_DEBUG_FS";
        }
        if (Files.exists(debugfs.resolve(file))) {
            return NodeFiles.advice(debugfs.resolve(file));
        }
        try (Stream<Path> files = Files.list(debugfs)) {
            return files.findAny().isEmpty()
                    ? "mount -t debugfs debugfs " + debugfs
                    : "this kernel was built without " + option;
        } catch (IOException forbidden) {
            return debugfs + " is for root";
        }
    }

    private void graphics() {
        List<Path> nodes = DrmDevice.nodes();
        if (nodes.isEmpty()) {
            facts.add(new Fact(
                    "DRM nodes",
                    false,
                    "no graphics device; for one in software: " + modules.advice("vgem", "CONFIG_DRM_VGEM")));
        }
        for (Path node : nodes) {
            String name = "DRM " + node.getFileName();
            add(name, () -> GraphicsFacts.look(name, node));
        }
    }

    private void cameras() {
        List<Path> nodes = VideoDevice.nodes();
        if (nodes.isEmpty()) {
            facts.add(new Fact(
                    "video nodes",
                    false,
                    "no camera; for one in software: " + modules.advice("vivid", "CONFIG_VIDEO_VIVID")));
        }
        for (Path node : nodes) {
            String name = node.getFileName().toString();
            add(name, () -> VideoFacts.look(name, node));
        }
    }
}
