package io.github.dmabuf4j.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.dmabuf4j.memory.DmaDirection;
import io.github.dmabuf4j.memory.DmaTable;
import io.github.dmabuf4j.memory.Pages;
import io.github.dmabuf4j.memory.SgEntry;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Storage that moves, and importers that follow. */
@Timeout(60)
class BufferMoveTest {
    private final Pages pages = new RevokingBacking().give(4096, "movable");
    private final FakeExporter exporter = new FakeExporter(pages, new SgEntry.Memory(pages, 0, 4096));
    private final FakeDevice device = new FakeDevice("display", true);
    private final List<String> told = new ArrayList<>();

    @Test
    void everyImporterThatCanBeToldIsTold() throws Exception {
        try (DmaBuf buffer = DmaBuf.export(exporter);
                DmaAttachment first = buffer.attach(device, new ImporterCallbacks(false, a -> told.add("first")));
                DmaAttachment deaf = buffer.attach(device, new ImporterCallbacks(false, null));
                DmaAttachment plain = buffer.attach(device);
                DmaAttachment failing = buffer.attach(device, new ImporterCallbacks(false, a -> {
                    throw new IllegalStateException("on purpose");
                }));
                DmaAttachment last = buffer.attach(device, new ImporterCallbacks(false, a -> told.add("last")))) {
            assertThat(List.of(first.isRevocable(), deaf.isRevocable(), plain.isRevocable(), last.isRevocable()))
                    .containsExactly(true, false, false, true);
            assertThat(failing.isRevocable()).isTrue();
            BufferLink link = exporter.link();
            link.resv().lock();
            link.invalidateMappings();
            link.resv().unlock();
            assertThat(told).containsExactly("first", "last");
        }
    }

    @Test
    void anImporterUnmapsAndMapsAgainWhileItIsTold() throws Exception {
        List<DmaTable> tables = new ArrayList<>();
        ImporterCallbacks follows = new ImporterCallbacks(false, attachment -> {
            attachment.unmap(tables.removeFirst(), DmaDirection.BIDIRECTIONAL);
            told.add("unmapped " + attachment.mappings());
        });
        try (DmaBuf buffer = DmaBuf.export(exporter);
                DmaAttachment attachment = buffer.attach(device, follows)) {
            tables.add(attachment.map(DmaDirection.BIDIRECTIONAL));
            exporter.link().resv().lock();
            exporter.link().checkMovable();
            exporter.link().invalidateMappings();
            exporter.link().resv().unlock();
            assertThat(told).containsExactly("unmapped 0");
            assertThat(device.mapped).isEmpty();
            attachment.unmap(attachment.map(DmaDirection.TO_DEVICE), DmaDirection.TO_DEVICE);
        }
    }

    @Test
    void pinnedStorageIsNotMoved() throws Exception {
        try (DmaBuf buffer = DmaBuf.export(exporter);
                DmaAttachment scanout = buffer.attach(device, new ImporterCallbacks(false, null));
                DmaAttachment plain = buffer.attach(new FakeDevice("camera", true))) {
            BufferLink link = exporter.link();
            link.resv().lock();
            link.checkMovable();
            scanout.pin();
            assertThatExceptionOfType(BufferPinnedException.class)
                    .isThrownBy(link::checkMovable)
                    .withMessageContaining("display")
                    .withMessageNotContaining("camera");
            scanout.unpin();
            link.checkMovable();
            DmaTable table = plain.map(DmaDirection.TO_DEVICE);
            assertThatExceptionOfType(BufferPinnedException.class)
                    .isThrownBy(link::checkMovable)
                    .withMessageContaining("camera");
            plain.unmap(table, DmaDirection.TO_DEVICE);
            link.checkMovable();
            link.resv().unlock();
        }
    }

    @Test
    void movingNeedsTheLock() {
        try (DmaBuf buffer = DmaBuf.export(exporter)) {
            BufferLink link = exporter.link();
            assertThat(link.id()).isEqualTo(buffer.id());
            assertThat(link.resv()).isSameAs(buffer.resv());
            assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(link::checkMovable);
            assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(link::invalidateMappings);
        }
    }

    @Test
    void aLinkKeepsNothingAlive() {
        DmaBuf.export(exporter).close();
        assertThat(exporter.released).containsExactly(false);
        BufferLink link = exporter.link();
        link.resv().lock();
        link.checkMovable();
        link.invalidateMappings();
        link.resv().unlock();
    }

    @Test
    void theExporterIsToldOfAccessesAndOfTheFirstAndLastView() {
        try (DmaBuf buffer = DmaBuf.export(exporter)) {
            buffer.beginCpuAccess(AccessMode.READ).close();
            buffer.beginCpuAccess(AccessMode.WRITE, AccessScope.ANY_THREAD, 8, 16)
                    .close();
            RawView one = buffer.rawView(AccessMode.READ);
            RawView two = buffer.rawView(AccessMode.READ);
            one.close();
            one.close();
            two.close();
        }
        assertThat(exporter.asked)
                .containsExactly(
                        "begin READ 0:4096", "end READ 0:4096", "begin WRITE 8:16", "end WRITE 8:16", "vmap", "vunmap");
    }
}
