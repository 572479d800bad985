package io.github.dmabuf4j.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.dmabuf4j.fence.FenceContext;
import io.github.dmabuf4j.fence.UserFence;
import io.github.dmabuf4j.memory.BareAddressException;
import io.github.dmabuf4j.memory.DmaAddress;
import io.github.dmabuf4j.memory.DmaDirection;
import io.github.dmabuf4j.memory.DmaDomain;
import io.github.dmabuf4j.memory.DmaTable;
import io.github.dmabuf4j.memory.Pages;
import io.github.dmabuf4j.memory.SgEntry;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DmaAttachmentTest {
    private static final ImporterCallbacks DYNAMIC = new ImporterCallbacks(false, null);

    private final RevokingBacking backing = new RevokingBacking();
    private final FakeDevice device = new FakeDevice("camera", false);
    private final Pages pages = backing.give(4 * 4096, "attached");
    private final FakeExporter exporter = new FakeExporter(pages, new SgEntry.Memory(pages, 0, 4 * 4096));
    private final FenceContext context = FenceContext.create("test", "work");

    @Test
    void aMappingIsAnotherTableEachTime() throws Exception {
        try (DmaBuf buffer = DmaBuf.export(exporter);
                DmaAttachment attachment = buffer.attach(device)) {
            DmaTable first = attachment.map(DmaDirection.TO_DEVICE);
            DmaTable second = attachment.map(DmaDirection.FROM_DEVICE);
            assertThat(first).isNotSameAs(second);
            assertThat(first.domain()).isSameAs(device.domain);
            assertThat(first.size()).isEqualTo(16384);
            assertThat(attachment.mappings()).isEqualTo(2);
            attachment.unmap(first, DmaDirection.TO_DEVICE);
            attachment.unmap(second, DmaDirection.FROM_DEVICE);
            assertThat(device.mapped).isEmpty();
            assertThat(attachment.mappings()).isZero();
        }
        assertThat(exporter.released).containsExactly(false);
    }

    @Test
    void unmappingInAnotherDirectionIsRefused() throws Exception {
        try (DmaBuf buffer = DmaBuf.export(exporter);
                DmaAttachment attachment = buffer.attach(device);
                DmaAttachment other = buffer.attach(device)) {
            DmaTable table = attachment.map(DmaDirection.TO_DEVICE);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> attachment.unmap(table, DmaDirection.BIDIRECTIONAL))
                    .withMessageContaining("TO_DEVICE")
                    .withMessageContaining("BIDIRECTIONAL");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> other.unmap(table, DmaDirection.TO_DEVICE))
                    .withMessageContaining("no mapping");
            assertThat(device.mapped).hasSize(1);
            attachment.unmap(table, DmaDirection.TO_DEVICE);
            assertThatIllegalArgumentException().isThrownBy(() -> attachment.unmap(table, DmaDirection.TO_DEVICE));
            assertThat(exporter.link().isPinned()).isFalse();
        }
    }

    @Test
    void aTableKeepsTheLimitsOfItsDevice() throws Exception {
        device.maxSegment = 4096;
        device.boundary = 8192;
        try (DmaBuf buffer = DmaBuf.export(exporter);
                DmaAttachment attachment = buffer.attach(device)) {
            DmaTable table = attachment.map(DmaDirection.TO_DEVICE);
            assertThat(table.segments()).isEqualTo(4);
            assertThat(table.size()).isEqualTo(16384);
            attachment.unmap(table, DmaDirection.TO_DEVICE);
            device.maxSegment = Long.MAX_VALUE;
            table = attachment.map(DmaDirection.TO_DEVICE);
            for (int i = 0; i < table.segments(); i++) {
                long first = table.address(i);
                assertThat(first / 8192).isEqualTo((first + table.length(i) - 1) / 8192);
            }
            assertThat(table.size()).isEqualTo(16384);
            attachment.unmap(table, DmaDirection.TO_DEVICE);
            assertThat(device.mapped).isEmpty();
        }
    }

    @Test
    void aStaticImporterPinsWhileItIsMapped() throws Exception {
        try (DmaBuf buffer = DmaBuf.export(exporter);
                DmaAttachment attachment = buffer.attach(device)) {
            DmaTable one = attachment.map(DmaDirection.TO_DEVICE);
            DmaTable two = attachment.map(DmaDirection.TO_DEVICE);
            assertThat(exporter.link().isPinned()).isTrue();
            attachment.unmap(one, DmaDirection.TO_DEVICE);
            assertThat(exporter.link().isPinned()).isTrue();
            attachment.unmap(two, DmaDirection.TO_DEVICE);
            assertThat(exporter.link().isPinned()).isFalse();
            assertThatIllegalStateException().isThrownBy(attachment::pin).withMessageContaining("static");
            assertThatIllegalStateException().isThrownBy(attachment::unpin);
        }
        assertThat(exporter.asked).containsExactly("attach camera", "pin", "unpin", "detach camera");
    }

    @Test
    void aDynamicImporterPinsWhenItSaysSo() throws Exception {
        try (DmaBuf buffer = DmaBuf.export(exporter);
                DmaAttachment attachment = buffer.attach(device, DYNAMIC)) {
            attachment.unmap(attachment.map(DmaDirection.TO_DEVICE), DmaDirection.TO_DEVICE);
            assertThat(exporter.asked).containsExactly("attach camera");
            assertThat(attachment.isDynamic()).isTrue();
            assertThat(attachment.isRevocable()).isFalse();
            attachment.pin();
            attachment.pin();
            attachment.unpin();
            assertThat(exporter.link().isPinned()).isTrue();
            attachment.unpin();
            assertThat(exporter.link().isPinned()).isFalse();
            assertThatIllegalStateException().isThrownBy(attachment::unpin).withMessageContaining("not pinned");
            attachment.pin();
        }
        assertThat(exporter.asked).containsExactly("attach camera", "pin", "unpin", "pin", "unpin", "detach camera");
        assertThat(exporter.released).containsExactly(false);
    }

    @Test
    void aStaticImporterWaitsForTheExporterAndADynamicOneDoesNot() throws Exception {
        try (DmaBuf buffer = DmaBuf.export(exporter);
                DmaAttachment patient = buffer.attach(device);
                DmaAttachment eager = buffer.attach(device, DYNAMIC);
                UserFence move = context.newFence();
                UserFence work = context.newFence()) {
            buffer.resv().importFence(move, FenceUsage.KERNEL);
            buffer.resv().importFence(work, FenceUsage.WRITE);
            eager.unmap(eager.map(DmaDirection.TO_DEVICE), DmaDirection.TO_DEVICE);
            FutureTask<DmaTable> mapping = new FutureTask<>(() -> patient.map(DmaDirection.TO_DEVICE));
            Thread thread = Thread.ofPlatform().start(mapping);
            while (thread.getState() != Thread.State.WAITING && !mapping.isDone()) {
                Thread.onSpinWait();
            }
            assertThat(mapping.isDone()).isFalse();
            move.signal();
            patient.unmap(mapping.get(), DmaDirection.TO_DEVICE);
            assertThat(work.isSignaled()).isFalse();
        }
    }

    @Test
    void anInterruptedMappingLeavesNothing() throws Exception {
        try (DmaBuf buffer = DmaBuf.export(exporter);
                DmaAttachment attachment = buffer.attach(device);
                UserFence move = context.newFence()) {
            buffer.resv().importFence(move, FenceUsage.KERNEL);
            Thread.currentThread().interrupt();
            assertThatExceptionOfType(InterruptedException.class)
                    .isThrownBy(() -> attachment.map(DmaDirection.TO_DEVICE));
            assertThat(device.mapped).isEmpty();
            assertThat(attachment.mappings()).isZero();
            assertThat(exporter.link().isPinned()).isFalse();
            assertThat(buffer.resv().isLocked()).isFalse();
        }
    }

    @Test
    void aFailureOfTheDeviceLeavesNothing() throws Exception {
        try (DmaBuf buffer = DmaBuf.export(exporter);
                DmaAttachment attachment = buffer.attach(device)) {
            device.failure = new IOException("no address space left");
            assertThatIOException()
                    .isThrownBy(() -> attachment.map(DmaDirection.TO_DEVICE))
                    .withMessage("no address space left");
            assertThat(exporter.link().isPinned()).isFalse();
            assertThat(buffer.resv().isLocked()).isFalse();
            exporter.refusal = new IOException("no room to pin");
            assertThatIOException()
                    .isThrownBy(() -> attachment.map(DmaDirection.TO_DEVICE))
                    .withMessage("no room to pin");
            assertThat(device.mapped).isEmpty();
            assertThat(exporter.link().isPinned()).isFalse();
        }
    }

    @Test
    void anExporterMayRefuseAnImporter() throws Exception {
        exporter.refusal = new IOException("the storage is where the camera cannot reach it");
        DmaBuf buffer = DmaBuf.export(exporter);
        assertThatIOException().isThrownBy(() -> buffer.attach(device)).withMessageContaining("cannot reach");
        assertThat(buffer.info().attachments()).isEmpty();
        exporter.refusal = null;
        buffer.close();
        assertThat(exporter.released).containsExactly(false);
    }

    @Test
    void nobodyAttachesWithTheLockHeld() {
        try (DmaBuf buffer = DmaBuf.export(exporter)) {
            buffer.resv().lock();
            assertThatIllegalStateException().isThrownBy(() -> buffer.attach(device));
            buffer.resv().unlock();
        }
        assertThat(exporter.asked).isEmpty();
    }

    @Test
    void mappingIsPossibleWithTheLockHeld() throws Exception {
        try (DmaBuf buffer = DmaBuf.export(exporter);
                DmaAttachment attachment = buffer.attach(device, DYNAMIC)) {
            buffer.resv().lock();
            DmaTable table = attachment.map(DmaDirection.TO_DEVICE);
            attachment.pin();
            attachment.unpin();
            attachment.unmap(table, DmaDirection.TO_DEVICE);
            assertThat(buffer.resv().isLocked()).isTrue();
            buffer.resv().unlock();
        }
    }

    @Test
    void anAttachmentKeepsTheStorage() throws Exception {
        DmaBuf buffer = DmaBuf.export(exporter);
        DmaAttachment attachment = buffer.attach(device);
        buffer.close();
        DmaTable table = attachment.map(DmaDirection.TO_DEVICE);
        assertThat(exporter.released).isEmpty();
        attachment.unmap(table, DmaDirection.TO_DEVICE);
        attachment.close();
        attachment.close();
        assertThat(exporter.released).containsExactly(false);
        assertThat(attachment.isClosed()).isTrue();
        assertThatExceptionOfType(BufferClosedException.class).isThrownBy(() -> attachment.map(DmaDirection.TO_DEVICE));
        assertThatExceptionOfType(BufferClosedException.class)
                .isThrownBy(() -> attachment.unmap(table, DmaDirection.TO_DEVICE));
    }

    @Test
    void closingEndsWhatWasForgottenAndSaysSo() throws Exception {
        long leaks = Hold.LEAKS.get();
        DmaBuf buffer = DmaBuf.export(exporter);
        DmaAttachment attachment = buffer.attach(device, DYNAMIC);
        attachment.map(DmaDirection.TO_DEVICE);
        attachment.map(DmaDirection.FROM_DEVICE);
        attachment.pin();
        attachment.close();
        assertThat(device.mapped).isEmpty();
        assertThat(exporter.link().isPinned()).isFalse();
        assertThat(Hold.LEAKS.get()).isGreaterThanOrEqualTo(leaks + 2);
        buffer.close();
        assertThat(exporter.released).containsExactly(false);
    }

    @Test
    void aForgottenAttachmentIsClosedByTheGarbageCollector() throws Exception {
        long leaks = Hold.LEAKS.get();
        DmaBuf buffer = DmaBuf.export(exporter);
        forget(buffer);
        while (!exporter.asked.contains("detach camera")) {
            System.gc();
            Thread.yield();
        }
        assertThat(device.mapped).isEmpty();
        // The attachment, and its mapping.
        assertThat(Hold.LEAKS.get()).isGreaterThanOrEqualTo(leaks + 2);
        buffer.close();
    }

    private void forget(DmaBuf buffer) throws Exception {
        DmaAttachment attachment = buffer.attach(device, new ImporterCallbacks(true, DmaAttachment::mappings));
        attachment.map(DmaDirection.TO_DEVICE);
    }

    @Test
    void aDeviceDoesNotWriteReadOnlyMemory() throws Exception {
        Pages fixed = new RevokingBacking(false).give(4096, "fixed");
        try (DmaBuf buffer = DmaBuf.export(new FakeExporter(fixed, new SgEntry.Memory(fixed, 0, 4096)));
                DmaAttachment attachment = buffer.attach(device)) {
            for (DmaDirection direction : List.of(DmaDirection.FROM_DEVICE, DmaDirection.BIDIRECTIONAL)) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> attachment.map(direction))
                        .withMessageContaining("read-only");
            }
            attachment.unmap(attachment.map(DmaDirection.TO_DEVICE), DmaDirection.TO_DEVICE);
        }
    }

    @Test
    void memoryOfAnotherDeviceNeedsAnImporterThatTakesIt() throws Exception {
        SgEntry.Resource bare = new SgEntry.Resource(new DmaAddress(new DmaDomain("card"), 0x4000), 8192);
        DmaBuf buffer = DmaBuf.export(new FakeExporter(null, bare));
        try (DmaAttachment plain = buffer.attach(device);
                DmaAttachment dynamic = buffer.attach(device, DYNAMIC);
                DmaAttachment peer = buffer.attach(device, new ImporterCallbacks(true, null))) {
            for (DmaAttachment refused : List.of(plain, dynamic)) {
                assertThatExceptionOfType(BareAddressException.class)
                        .isThrownBy(() -> refused.map(DmaDirection.TO_DEVICE))
                        .withMessageContaining("camera")
                        .withMessageContaining("0x4000");
            }
            DmaTable table = peer.map(DmaDirection.TO_DEVICE);
            assertThat(table.address(0)).isEqualTo(0xF_0000_4000L);
            assertThat(table.size()).isEqualTo(8192);
            peer.unmap(table, DmaDirection.TO_DEVICE);
        }
        buffer.close();
    }

    @Test
    void aDeviceTakesItsOwnMemoryWithoutFurtherAdo() throws Exception {
        SgEntry.Resource own = new SgEntry.Resource(new DmaAddress(device.domain, 0x4000), 8192);
        try (DmaBuf buffer = DmaBuf.export(new FakeExporter(null, own));
                DmaAttachment attachment = buffer.attach(device)) {
            attachment.unmap(attachment.map(DmaDirection.FROM_DEVICE), DmaDirection.FROM_DEVICE);
        }
    }
}
