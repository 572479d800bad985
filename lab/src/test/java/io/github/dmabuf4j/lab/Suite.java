package io.github.dmabuf4j.lab;

import static org.junit.platform.engine.discovery.ClassNameFilter.excludeClassNamePatterns;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectPackage;

import io.github.dmabuf4j.linux.sync.SwSyncTimeline;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;

/** The suites by the names that {@code lab/run} takes, each with the tests it runs. */
enum Suite {
    /** That the guest is a machine on which the others can run. */
    MACHINE(MachineSuite.class),
    /** Heaps of the kernel, memory files as dma-bufs, what a dma-buf tells. */
    DMA_BUF(DmaBufSuite.class),
    /** What the kernel's own programs test of heaps and memory files. */
    UPSTREAM(UpstreamSuite.class),
    /** DRM: buffers, fences of vgem, sync objects. */
    GRAPHICS(GraphicsSuite.class),
    /** V4L2: a camera in software captures into memory of every origin. */
    CAMERA(CameraSuite.class),
    /** KMS: the screen, its pictures, fences and events. */
    DISPLAY(DisplaySuite.class),
    /** From the camera to a display in the same memory, compared pixel by pixel. */
    CAMERA_DISPLAY(CameraDisplaySuite.class),
    /** The command that shows videos. */
    PRESENT(PresentSuite.class),
    /** V4L2: planes, outputs, converters, unplugged devices. */
    VIDEO(VideoSuite.class),
    /** Buffers of the kernel in three processes. */
    PROCESSES(ProcessesSuite.class),
    /** Buffers that a producer made which knows nothing of this library. */
    FOREIGN(ForeignSuite.class),
    /** How often a frame bothers the kernel. */
    SYSTEM_CALLS(SystemCallsSuite.class),
    /** Programs of others on the same devices. */
    PROGRAMS(ProgramsSuite.class),
    /** Software timelines; only on kernels that have them. */
    SW_SYNC(SwSyncSuite.class),
    /** The tests that the kernel brings along. */
    SELF_TESTS(SelfTestSuite.class),
    /** The compatibility kit, put to the running kernel. */
    TCK(null),
    /** The kit, put to a kernel that loses signals; when it is asked for. */
    BROKEN(null);

    private final LauncherDiscoveryRequest tests;

    Suite(@Nullable Class<?> type) {
        LauncherDiscoveryRequestBuilder builder = LauncherDiscoveryRequestBuilder.request();
        // Two of the kit's classes hold the documents against the sources, which are not in the guest.
        if (type == null) {
            builder.selectors(selectPackage("io.github.dmabuf4j.tck"))
                    .filters(excludeClassNamePatterns(".*(Guide|Page)Test"));
        } else {
            builder.selectors(selectClass(type));
        }
        // Cases that wait for a lost signal do so for a minute each: side by side.
        if (name().equals("BROKEN")) {
            builder.configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
                    .configurationParameter("junit.jupiter.execution.parallel.mode.default", "concurrent")
                    .configurationParameter(
                            "junit.jupiter.execution.parallel.config.executor-service", "WORKER_THREAD_POOL")
                    .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
                    .configurationParameter("junit.jupiter.execution.parallel.config.fixed.parallelism", "64");
        }
        tests = builder.build();
    }

    LauncherDiscoveryRequest tests() {
        return tests;
    }

    /** Whether the suite runs unless others are named: this kernel has what it is about. */
    boolean runsHere() {
        return switch (this) {
            case SW_SYNC, TCK -> SwSyncTimeline.isAvailable();
            case SELF_TESTS -> SelfTestSuite.isAvailable();
            case BROKEN -> false;
            default -> true;
        };
    }

    static Suite named(String name) {
        return Arrays.stream(values())
                .filter(suite -> suite.toString().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no suite " + name + ", only "
                        + Arrays.stream(values()).map(Suite::toString).collect(Collectors.joining(", "))));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
