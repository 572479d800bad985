package io.github.dmabuf4j.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dmabuf4j.fence.FenceContext;
import io.github.dmabuf4j.fence.UserFence;
import io.github.dmabuf4j.memory.DmaDirection;
import io.github.dmabuf4j.memory.DmaTable;
import io.github.dmabuf4j.memory.Pages;
import io.github.dmabuf4j.memory.SgEntry;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BufferRegistryTest {
    private final Pages pages = new RevokingBacking().give(8192, "listed");
    private final FakeExporter exporter = new FakeExporter(pages, new SgEntry.Memory(pages, 0, 8192)) {
        @Override
        public String owner() {
            return "pipeline";
        }
    };

    @Test
    void everyLiveBufferIsListedNewestFirst() {
        DmaBuf older = DmaBuf.export(exporter);
        older.name("older");
        DmaBuf newer = DmaBuf.export(new PagesExporter(pages, "plain", (returned, shared) -> {}));
        List<Long> ids = BufferRegistry.buffers().stream().map(BufferInfo::id).toList();
        assertThat(ids).containsSubsequence(newer.id(), older.id());
        assertThat(BufferRegistry.size()).isEqualTo(ids.size());
        BufferInfo info = older.info();
        assertThat(info.name()).isEqualTo("older");
        assertThat(info.exporterName()).isEqualTo("fake");
        assertThat(info.owner()).isEqualTo("pipeline");
        assertThat(info.size()).isEqualTo(8192);
        assertThat(info.shared()).isFalse();
        assertThat(newer.info().owner()).isEmpty();
        newer.markShared();
        assertThat(newer.info().shared()).isTrue();
        long gone = newer.id();
        newer.close();
        assertThat(BufferRegistry.buffers()).noneMatch(buffer -> buffer.id() == gone);
        older.close();
    }

    @Test
    void itSaysWhoKeepsABufferAlive() throws Exception {
        FakeDevice device = new FakeDevice("camera", true);
        DmaBuf buffer = DmaBuf.export(exporter);
        DmaBuf other = buffer.dup();
        CpuAccess access = buffer.beginCpuAccess(AccessMode.READ);
        RawView view = buffer.rawView(AccessMode.READ);
        DmaAttachment attachment = buffer.attach(device, new ImporterCallbacks(false, null));
        DmaTable table = attachment.map(DmaDirection.TO_DEVICE);
        attachment.pin();
        List<String> keepers =
                buffer.info().keepers().stream().map(Keeper::toString).toList();
        assertThat(keepers)
                .containsExactly(
                        "2 × DmaBuf handle",
                        "1 × CPU access",
                        "1 × raw view",
                        "1 × attachment (camera)",
                        "1 × mapping (TO_DEVICE for camera)",
                        "1 × pin (camera)");
        assertThat(buffer.info().attachments()).containsExactly("camera");
        // The last one that is left says so, also when no handle does.
        attachment.unpin();
        attachment.unmap(table, DmaDirection.TO_DEVICE);
        attachment.close();
        access.close();
        long id = buffer.id();
        buffer.close();
        other.close();
        BufferInfo kept = BufferRegistry.buffers().stream()
                .filter(info -> info.id() == id)
                .findFirst()
                .orElseThrow();
        assertThat(kept.keepers()).extracting(Keeper::kind).containsExactly(Keeper.Kind.RAW_VIEW);
        view.close();
        assertThat(exporter.released).hasSize(1);
    }

    @Test
    void theTextForPeopleHasEverything() throws Exception {
        try (DmaBuf buffer = DmaBuf.export(exporter);
                DmaAttachment attachment = buffer.attach(new FakeDevice("display", true));
                UserFence work = FenceContext.create("gpu", "render").newFence()) {
            buffer.name("frame 7");
            buffer.resv().importFence(work, FenceUsage.WRITE);
            assertThat(attachment.isClosed()).isFalse();
            String text = BufferRegistry.describe();
            assertThat(text)
                    .contains("00008192\tfake\t")
                    .contains("pipeline\tframe 7")
                    .contains("write fence: ", "gpu", "render")
                    .contains("attached devices: display")
                    .contains("1 × DmaBuf handle, 1 × attachment (display)")
                    .contains("total " + BufferRegistry.size() + " buffers, ");
            work.signal();
        }
    }
}
