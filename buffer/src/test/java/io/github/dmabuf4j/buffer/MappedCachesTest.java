package io.github.dmabuf4j.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.dmabuf4j.memory.CacheMaintenance;
import io.github.dmabuf4j.memory.Caching;
import io.github.dmabuf4j.memory.DmaDirection;
import io.github.dmabuf4j.memory.DmaTable;
import io.github.dmabuf4j.memory.Pages;
import io.github.dmabuf4j.memory.SgEntry;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Exactly which bytes are maintained, and when. */
@Timeout(60)
class MappedCachesTest {
    private final RecordingMaintenance caches = new RecordingMaintenance();
    private final FakeDevice snooping = new FakeDevice("snooping", true);
    private final FakeDevice blind = new FakeDevice("blind", false);
    private final List<DmaBuf> open = new ArrayList<>();

    @AfterEach
    void close() {
        open.forEach(DmaBuf::close);
    }

    /** A buffer of 4 pages, in two pieces of two runs: [0, 4096) and [4096, 16384). */
    private DmaBuf buffer(Caching caching) {
        Pages first = new CachedAs(caching, 3 * 4096);
        Pages second = new CachedAs(caching, 5 * 4096);
        FakeExporter exporter = new FakeExporter(
                new CachedAs(caching, 4 * 4096),
                new SgEntry.Memory(first, 8192, 4096),
                new SgEntry.Memory(second, 4096, 3 * 4096));
        exporter.maintenance = caches;
        DmaBuf buffer = DmaBuf.export(exporter);
        open.add(buffer);
        return buffer;
    }

    private static void access(DmaBuf buffer, AccessMode mode, long offset, long length) {
        buffer.beginCpuAccess(mode, AccessScope.CONFINED, offset, length).close();
    }

    @Test
    void nothingIsDoneWhileNoDeviceHasTheBuffer() throws Exception {
        DmaBuf buffer = buffer(Caching.CACHED);
        try (DmaAttachment attachment = buffer.attach(blind)) {
            access(buffer, AccessMode.READ_WRITE, 0, 16384);
            assertThat(caches.calls()).isEmpty();
            attachment.unmap(attachment.map(DmaDirection.BIDIRECTIONAL), DmaDirection.BIDIRECTIONAL);
            caches.calls();
            access(buffer, AccessMode.READ_WRITE, 0, 16384);
            assertThat(caches.calls()).isEmpty();
        }
    }

    @Test
    void nothingIsDoneForADeviceThatLooksIntoTheCaches() throws Exception {
        DmaBuf buffer = buffer(Caching.CACHED);
        try (DmaAttachment attachment = buffer.attach(snooping)) {
            for (DmaDirection direction : DmaDirection.values()) {
                DmaTable table = attachment.map(direction);
                access(buffer, AccessMode.READ_WRITE, 0, 16384);
                attachment.unmap(table, direction);
            }
        }
        assertThat(caches.calls()).isEmpty();
    }

    @Test
    void aDeviceThatReadsFindsWhatTheCpuWrote() throws Exception {
        DmaBuf buffer = buffer(Caching.CACHED);
        try (DmaAttachment attachment = buffer.attach(blind)) {
            DmaTable table = attachment.map(DmaDirection.TO_DEVICE);
            assertThat(caches.calls()).containsExactly("clean 0+8192:4096", "clean 1+4096:12288");
            access(buffer, AccessMode.READ, 0, 16384);
            assertThat(caches.calls()).isEmpty();
            access(buffer, AccessMode.WRITE, 0, 16384);
            assertThat(caches.calls()).containsExactly("clean 0+8192:4096", "clean 1+4096:12288");
            attachment.unmap(table, DmaDirection.TO_DEVICE);
            assertThat(caches.calls()).isEmpty();
        }
    }

    @Test
    void theCpuFindsWhatADeviceWrote() throws Exception {
        for (DmaDirection direction : List.of(DmaDirection.FROM_DEVICE, DmaDirection.BIDIRECTIONAL)) {
            DmaBuf buffer = buffer(Caching.CACHED);
            try (DmaAttachment attachment = buffer.attach(blind)) {
                DmaTable table = attachment.map(direction);
                List<String> whole = caches.calls();
                assertThat(whole).hasSize(2).allMatch(call -> call.startsWith("flush"));
                access(buffer, AccessMode.READ, 0, 16384);
                assertThat(caches.calls()).isEqualTo(whole);
                attachment.unmap(table, direction);
                assertThat(caches.calls()).isEqualTo(whole);
            }
        }
    }

    @Test
    void onlyThePartThatIsAccessedIsMaintained() throws Exception {
        DmaBuf buffer = buffer(Caching.CACHED);
        try (DmaAttachment attachment = buffer.attach(blind)) {
            DmaTable table = attachment.map(DmaDirection.BIDIRECTIONAL);
            caches.calls();
            CpuAccess inside = buffer.beginCpuAccess(AccessMode.WRITE, AccessScope.CONFINED, 5000, 100);
            assertThat(caches.calls()).containsExactly("flush 1+5000:100");
            inside.close();
            assertThat(caches.calls()).containsExactly("clean 1+5000:100");
            CpuAccess across = buffer.beginCpuAccess(AccessMode.WRITE, AccessScope.ANY_THREAD, 4000, 200);
            assertThat(caches.calls()).containsExactly("flush 0+12192:96", "flush 1+4096:104");
            across.close();
            assertThat(caches.calls()).containsExactly("clean 0+12192:96", "clean 1+4096:104");
            access(buffer, AccessMode.READ, 16383, 1);
            assertThat(caches.calls()).containsExactly("flush 1+16383:1");
            attachment.unmap(table, DmaDirection.BIDIRECTIONAL);
        }
    }

    @Test
    void aBracketThatWasBegunBeforeTheMappingIsCleanedWhenItEnds() throws Exception {
        DmaBuf buffer = buffer(Caching.CACHED);
        try (DmaAttachment attachment = buffer.attach(blind)) {
            CpuAccess access = buffer.beginCpuAccess(AccessMode.WRITE);
            DmaTable table = attachment.map(DmaDirection.TO_DEVICE);
            caches.calls();
            access.close();
            assertThat(caches.calls()).containsExactly("clean 0+8192:4096", "clean 1+4096:12288");
            attachment.unmap(table, DmaDirection.TO_DEVICE);
        }
    }

    @Test
    void maintenanceIsDoneOnceForAllDevices() throws Exception {
        DmaBuf buffer = buffer(Caching.CACHED);
        try (DmaAttachment one = buffer.attach(blind);
                DmaAttachment two = buffer.attach(new FakeDevice("other", false));
                DmaAttachment three = buffer.attach(snooping)) {
            DmaTable read = one.map(DmaDirection.TO_DEVICE);
            DmaTable written = two.map(DmaDirection.FROM_DEVICE);
            DmaTable coherent = three.map(DmaDirection.BIDIRECTIONAL);
            caches.calls();
            access(buffer, AccessMode.READ_WRITE, 0, 64);
            assertThat(caches.calls()).containsExactly("flush 0+8192:64", "clean 0+8192:64");
            two.unmap(written, DmaDirection.FROM_DEVICE);
            caches.calls();
            // What is left only reads.
            access(buffer, AccessMode.READ_WRITE, 0, 64);
            assertThat(caches.calls()).containsExactly("clean 0+8192:64");
            one.unmap(read, DmaDirection.TO_DEVICE);
            access(buffer, AccessMode.READ_WRITE, 0, 64);
            assertThat(caches.calls()).isEmpty();
            three.unmap(coherent, DmaDirection.BIDIRECTIONAL);
        }
    }

    @Test
    void gatheredStoresAreDrainedForEveryDevice() throws Exception {
        for (FakeDevice device : List.of(blind, snooping)) {
            DmaBuf buffer = buffer(Caching.WRITE_COMBINED);
            try (DmaAttachment attachment = buffer.attach(device)) {
                // Also without a mapping: another processor may be the next to look.
                access(buffer, AccessMode.WRITE, 0, 16384);
                assertThat(caches.calls()).containsExactly("drain");
                DmaTable table = attachment.map(DmaDirection.BIDIRECTIONAL);
                assertThat(caches.calls()).containsExactly("drain");
                access(buffer, AccessMode.READ, 0, 16384);
                assertThat(caches.calls()).isEmpty();
                access(buffer, AccessMode.WRITE, 0, 16384);
                assertThat(caches.calls()).containsExactly("drain");
                attachment.unmap(table, DmaDirection.BIDIRECTIONAL);
                assertThat(caches.calls()).isEmpty();
            }
        }
    }

    @Test
    void uncachedMemoryNeedsNothing() throws Exception {
        DmaBuf buffer = buffer(Caching.UNCACHED);
        try (DmaAttachment attachment = buffer.attach(blind)) {
            DmaTable table = attachment.map(DmaDirection.BIDIRECTIONAL);
            access(buffer, AccessMode.READ_WRITE, 0, 16384);
            attachment.unmap(table, DmaDirection.BIDIRECTIONAL);
        }
        assertThat(caches.calls()).isEmpty();
    }

    @Test
    void memoryThatTheCpuNeverReachesNeedsNothing() throws Exception {
        Pages hidden = new CachedAs(Caching.CACHED, 4096);
        FakeExporter exporter = new FakeExporter(null, new SgEntry.Memory(hidden, 0, 4096));
        exporter.maintenance = caches;
        try (DmaBuf buffer = DmaBuf.export(exporter);
                DmaAttachment attachment = buffer.attach(blind)) {
            attachment.unmap(attachment.map(DmaDirection.BIDIRECTIONAL), DmaDirection.BIDIRECTIONAL);
        }
        assertThat(caches.calls()).isEmpty();
    }

    @Test
    void maintenanceThatFailsLeavesNothingMapped() throws Exception {
        Pages pages = new CachedAs(Caching.CACHED, 4096);
        FakeExporter exporter = new FakeExporter(pages, new SgEntry.Memory(pages, 0, 4096));
        exporter.maintenance = new CacheMaintenance() {
            @Override
            public void clean(Pages run, long offset, long length) {
                throw new IllegalStateException("broken");
            }

            @Override
            public void invalidate(Pages run, long offset, long length) {}

            @Override
            public void drain() {}
        };
        try (DmaBuf buffer = DmaBuf.export(exporter);
                DmaAttachment attachment = buffer.attach(blind)) {
            assertThat(catchThrowable(() -> attachment.map(DmaDirection.TO_DEVICE)))
                    .hasMessage("broken");
            assertThat(blind.mapped).isEmpty();
            assertThat(attachment.mappings()).isZero();
            assertThat(exporter.link().isPinned()).isFalse();
            // Or this would fail as well.
            access(buffer, AccessMode.WRITE, 0, 4096);
        }
    }

    /** Memory that says how it is mapped. */
    private static final class CachedAs implements Pages {
        private final MemorySegment memory;
        private final Caching caching;

        CachedAs(Caching caching, long size) {
            this.caching = caching;
            this.memory = Arena.ofAuto().allocate(size, 4096);
        }

        @Override
        public long size() {
            return memory.byteSize();
        }

        @Override
        public Caching caching() {
            return caching;
        }

        @Override
        public MemorySegment lease(Arena arena, boolean writable) {
            return memory;
        }

        @Override
        public boolean writable() {
            return true;
        }

        @Override
        public void zero() {
            memory.fill((byte) 0);
        }

        @Override
        public void close() {}
    }
}
