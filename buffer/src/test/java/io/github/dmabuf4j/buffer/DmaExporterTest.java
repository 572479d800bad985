package io.github.dmabuf4j.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.dmabuf4j.memory.BareAddressException;
import io.github.dmabuf4j.memory.DmaAddress;
import io.github.dmabuf4j.memory.DmaDomain;
import io.github.dmabuf4j.memory.Pages;
import io.github.dmabuf4j.memory.SgEntry;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DmaExporterTest {
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

    private final RevokingBacking backing = new RevokingBacking();

    @Test
    void aBufferOfOnePieceOfPagesHasATableOfOneEntry() {
        Pages pages = backing.give(3 * 4096, "plain");
        DmaExporter exporter = new PagesExporter(pages, "plain", (returned, shared) -> returned.close());
        assertThat(exporter.table().entry(0)).isEqualTo(new SgEntry.Memory(pages, 0, 3 * 4096));
        assertThat(exporter.table().entries()).isEqualTo(1);
        try (DmaBuf buffer = DmaBuf.export(exporter)) {
            assertThat(buffer.exporterName()).isEqualTo("plain");
            assertThat(buffer.size()).isEqualTo(3 * 4096);
            assertThat(buffer.pages()).isSameAs(pages);
        }
        assertThat(backing.given).hasValue(0);
    }

    @Test
    void theCpuDoesNotReachProtectedMemory() {
        Pages hidden = backing.give(4096, "hidden");
        FakeExporter exporter = new FakeExporter(null, new SgEntry.Memory(hidden, 0, 4096));
        DmaBuf buffer = DmaBuf.export(exporter);
        List<Runnable> uses = List.of(
                buffer::pages,
                () -> buffer.beginCpuAccess(AccessMode.READ),
                () -> buffer.beginCpuAccess(AccessMode.WRITE, AccessScope.ANY_THREAD),
                () -> buffer.rawView(AccessMode.READ));
        for (Runnable use : uses) {
            assertThatExceptionOfType(ProtectedMemoryException.class)
                    .isThrownBy(use::run)
                    .withMessageContaining("buffer " + buffer.id())
                    .withMessageContaining("device");
        }
        buffer.close();
        assertThat(exporter.released).containsExactly(false);
    }

    @Test
    void theCpuDoesNotReachABareAddress() {
        SgEntry.Resource bare = new SgEntry.Resource(new DmaAddress(new DmaDomain("card"), 0x1000), 4096);
        FakeExporter exporter = new FakeExporter(null, bare);
        DmaBuf buffer = DmaBuf.export(exporter);
        assertThatExceptionOfType(BareAddressException.class)
                .isThrownBy(() -> buffer.beginCpuAccess(AccessMode.READ))
                .withMessageContaining("0x1000");
        assertThatExceptionOfType(BareAddressException.class).isThrownBy(() -> buffer.rawView(AccessMode.WRITE));
        buffer.markShared();
        buffer.close();
        assertThat(exporter.released).containsExactly(true);
    }

    @Test
    void nothingIsNoBuffer() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DmaBuf.export(new FakeExporter(null) {
                    @Override
                    public long size() {
                        return 0;
                    }
                }))
                .withMessageContaining("0 bytes");
    }

    @Test
    void aLeaseIsSettledWhenItEndsWhoeverEndsIt() {
        CopyingPages pages = new CopyingPages();
        DmaBuf buffer = DmaBuf.export(pages, "copying", (returned, shared) -> {});
        try (CpuAccess access = buffer.beginCpuAccess(AccessMode.WRITE)) {
            access.segment().set(BYTE, 1, (byte) 7);
            assertThat(pages.memory[1]).isZero();
        }
        assertThat(pages.memory[1]).isEqualTo((byte) 7);
        try (CpuAccess access = buffer.beginCpuAccess(AccessMode.WRITE, AccessScope.ANY_THREAD)) {
            access.segment().set(BYTE, 2, (byte) 8);
        }
        RawView raw = buffer.rawView(AccessMode.READ_WRITE);
        raw.segment().set(BYTE, 3, (byte) 9);
        assertThat(pages.memory).startsWith(0, 7, 8, 0);
        raw.close();
        raw.close();
        buffer.beginCpuAccess(AccessMode.READ).close();
        // A part is settled as well.
        buffer.beginCpuAccess(AccessMode.READ, AccessScope.CONFINED, 64, 64).close();
        buffer.rawView(AccessMode.READ, 64, 64).close();
        buffer.close();
        assertThat(pages.memory).startsWith(0, 7, 8, 9);
        assertThat(pages.settled).containsExactly(true, true, true, false, false, false);
    }

    /** Pages whose leases are copies. */
    private static final class CopyingPages implements Pages {
        final byte[] memory = new byte[4096];
        final List<Boolean> settled = new ArrayList<>();

        @Override
        public long size() {
            return memory.length;
        }

        @Override
        public MemorySegment lease(Arena arena, boolean writable) {
            MemorySegment copy = Arena.ofAuto().allocate(memory.length).copyFrom(MemorySegment.ofArray(memory));
            return copy.reinterpret(arena, null);
        }

        @Override
        public void settle(MemorySegment view, boolean written) {
            assertThat(view.scope().isAlive()).isTrue();
            settled.add(written);
            if (written) {
                MemorySegment.ofArray(memory).copyFrom(view);
            }
        }

        @Override
        public boolean writable() {
            return true;
        }

        @Override
        public void zero() {}

        @Override
        public void close() {}
    }
}
