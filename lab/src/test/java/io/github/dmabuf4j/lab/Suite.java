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
    /** DRM: buffers, fences of vgem, sync objects. */
    GRAPHICS(GraphicsSuite.class),
    /** V4L2: a camera in software captures into memory of every origin. */
    CAMERA(CameraSuite.class),
    /** Buffers of the kernel in three processes. */
    PROCESSES(ProcessesSuite.class),
    /** Programs of others on the same devices. */
    PROGRAMS(ProgramsSuite.class),
    /** Software timelines; only on kernels that have them. */
    SW_SYNC(SwSyncSuite.class),
    /** The compatibility kit, put to the running kernel. */
    TCK(null);

    private final LauncherDiscoveryRequest tests;

    Suite(@Nullable Class<?> type) {
        LauncherDiscoveryRequestBuilder builder = LauncherDiscoveryRequestBuilder.request();
        // Two of the kit's classes hold the documents against the sources, which are not in the guest.
        tests = type == null
                ? builder.selectors(selectPackage("io.github.dmabuf4j.tck"))
                        .filters(excludeClassNamePatterns(".*(Guide|Page)Test"))
                        .build()
                : builder.selectors(selectClass(type)).build();
    }

    LauncherDiscoveryRequest tests() {
        return tests;
    }

    /** Whether this kernel has what the suite is about. */
    boolean runsHere() {
        return (this != SW_SYNC && this != TCK) || SwSyncTimeline.isAvailable();
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
