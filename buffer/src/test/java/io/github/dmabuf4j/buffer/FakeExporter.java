package io.github.dmabuf4j.buffer;

import io.github.dmabuf4j.memory.Pages;
import io.github.dmabuf4j.memory.SgEntry;
import io.github.dmabuf4j.memory.SgTable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An exporter of whatever a test wants to see as storage. */
class FakeExporter implements DmaExporter {
    final List<Boolean> released = new ArrayList<>();
    private final @Nullable Pages pages;
    private final SgEntry[] entries;

    FakeExporter(@Nullable Pages pages, SgEntry... entries) {
        this.pages = pages;
        this.entries = entries;
    }

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public long size() {
        return table().size();
    }

    @Override
    public @Nullable Pages pages() {
        return pages;
    }

    @Override
    public SgTable table() {
        SgTable.Builder table = SgTable.builder(Long.MAX_VALUE, 4096);
        for (SgEntry entry : entries) {
            if (entry instanceof SgEntry.Memory memory) {
                table.add(memory);
            } else if (entry instanceof SgEntry.Resource resource) {
                table.add(resource);
            }
        }
        return table.build();
    }

    @Override
    public void release(boolean shared) {
        released.add(shared);
    }
}
