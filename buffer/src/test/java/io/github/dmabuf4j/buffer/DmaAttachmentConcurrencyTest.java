package io.github.dmabuf4j.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dmabuf4j.memory.DmaDirection;
import io.github.dmabuf4j.memory.DmaTable;
import io.github.dmabuf4j.memory.Pages;
import io.github.dmabuf4j.memory.SgEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Races between importers, the exporter and the CPU. */
@Timeout(60)
class DmaAttachmentConcurrencyTest {
    private static final int ROUNDS = 1000;

    private final Pages pages = new RevokingBacking().give(8192, "raced");
    private final FakeExporter exporter = new FakeExporter(pages, new SgEntry.Memory(pages, 0, 8192));
    private final FakeDevice device = new FakeDevice("raced", false);
    private final RecordingMaintenance caches = new RecordingMaintenance();

    @FunctionalInterface
    private interface Work {
        void run() throws Exception;
    }

    /** All at once, to their ends. */
    private static void race(Work... works) throws Exception {
        CyclicBarrier start = new CyclicBarrier(works.length);
        List<FutureTask<Void>> tasks = new ArrayList<>();
        for (Work work : works) {
            FutureTask<Void> task = new FutureTask<>(() -> {
                start.await();
                work.run();
                return null;
            });
            tasks.add(task);
            Thread.ofPlatform().daemon().start(task);
        }
        for (FutureTask<Void> task : tasks) {
            task.get();
        }
    }

    @Test
    void closingWhileAnotherThreadMapsLeavesNothingMapped() throws Exception {
        exporter.maintenance = caches;
        AtomicInteger refused = new AtomicInteger();
        for (int round = 0; round < ROUNDS; round++) {
            DmaBuf buffer = DmaBuf.export(exporter);
            DmaAttachment attachment = buffer.attach(device);
            race(
                    () -> {
                        try {
                            DmaTable table = attachment.map(DmaDirection.BIDIRECTIONAL);
                            attachment.unmap(table, DmaDirection.BIDIRECTIONAL);
                        } catch (BufferClosedException tooLate) {
                            refused.incrementAndGet();
                        }
                    },
                    attachment::close,
                    buffer::close);
            assertThat(device.mapped).isEmpty();
            assertThat(exporter.link().isPinned()).isFalse();
            assertThat(exporter.released).hasSize(round + 1);
            assertThat(exporter.link().resv().isLocked()).isFalse();
        }
        assertThat(refused.get()).isBetween(0, ROUNDS);
        assertThat(exporter.asked.stream().filter("detach raced"::equals)).hasSize(ROUNDS);
    }

    @Test
    void invalidatingWhileTheImporterUnmapsEndsEachMappingOnce() throws Exception {
        AtomicReference<DmaTable> mapped = new AtomicReference<>();
        AtomicInteger unmapped = new AtomicInteger();
        AtomicInteger maps = new AtomicInteger();
        ImporterCallbacks follows = new ImporterCallbacks(false, attachment -> unmap(attachment, mapped, unmapped));
        try (DmaBuf buffer = DmaBuf.export(exporter);
                DmaAttachment attachment = buffer.attach(device, follows)) {
            BufferLink link = exporter.link();
            race(
                    () -> {
                        for (int i = 0; i < ROUNDS; i++) {
                            mapped.set(attachment.map(DmaDirection.FROM_DEVICE));
                            maps.incrementAndGet();
                            unmap(attachment, mapped, unmapped);
                        }
                    },
                    () -> {
                        for (int i = 0; i < ROUNDS; i++) {
                            link.resv().lock();
                            try {
                                link.checkMovable();
                                link.invalidateMappings();
                            } finally {
                                link.resv().unlock();
                            }
                        }
                    });
            assertThat(maps).hasValue(ROUNDS);
            assertThat(unmapped).hasValue(ROUNDS);
            assertThat(device.mapped).isEmpty();
        }
    }

    private static void unmap(DmaAttachment attachment, AtomicReference<DmaTable> mapped, AtomicInteger unmapped) {
        DmaTable table = mapped.getAndSet(null);
        if (table != null) {
            attachment.unmap(table, DmaDirection.FROM_DEVICE);
            unmapped.incrementAndGet();
        }
    }

    @Test
    void bracketsAndMappingsMayOverlapInAnyWay() throws Exception {
        exporter.maintenance = caches;
        try (DmaBuf buffer = DmaBuf.export(exporter);
                DmaAttachment one = buffer.attach(device);
                DmaAttachment two = buffer.attach(device, new ImporterCallbacks(false, null))) {
            race(
                    () -> mapAndUnmap(one, DmaDirection.TO_DEVICE),
                    () -> mapAndUnmap(two, DmaDirection.BIDIRECTIONAL),
                    () -> {
                        for (int i = 0; i < ROUNDS; i++) {
                            buffer.beginCpuAccess(AccessMode.WRITE, AccessScope.CONFINED, 64L * (i % 128), 64)
                                    .close();
                            buffer.beginCpuAccess(AccessMode.READ).close();
                            buffer.rawView(AccessMode.READ).close();
                        }
                    },
                    () -> {
                        for (int i = 0; i < ROUNDS; i++) {
                            assertThat(buffer.info().attachments()).hasSize(2);
                            assertThat(BufferRegistry.describe()).contains("raced");
                        }
                    });
            assertThat(device.mapped).isEmpty();
            assertThat(exporter.link().isPinned()).isFalse();
            assertThat(caches.calls()).isNotEmpty();
            // Nothing is mapped, so nothing is counted any more.
            buffer.beginCpuAccess(AccessMode.READ_WRITE).close();
            assertThat(caches.calls()).isEmpty();
        }
    }

    private static void mapAndUnmap(DmaAttachment attachment, DmaDirection direction) throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            attachment.unmap(attachment.map(direction), direction);
        }
    }
}
