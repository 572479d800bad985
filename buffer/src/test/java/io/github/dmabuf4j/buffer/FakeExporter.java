package io.github.dmabuf4j.buffer;

import io.github.dmabuf4j.memory.CacheMaintenance;
import io.github.dmabuf4j.memory.Pages;
import io.github.dmabuf4j.memory.SgEntry;
import io.github.dmabuf4j.memory.SgTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An exporter of whatever a test wants to see as storage. */
class FakeExporter implements DmaExporter {
    final List<Boolean> released = new ArrayList<>();
    /** What the exporter was asked, in order. */
    final List<String> asked = Collections.synchronizedList(new ArrayList<>());

    CacheMaintenance maintenance = CacheMaintenance.COHERENT;

    @Nullable BufferLink link;
    /** What attaching and pinning throw. */
    @Nullable IOException refusal;

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
    public CacheMaintenance maintenance() {
        return maintenance;
    }

    @Override
    public void release(boolean shared) {
        released.add(shared);
    }

    @Override
    public void exported(BufferLink to) {
        link = to;
    }

    BufferLink link() {
        return Objects.requireNonNull(link);
    }

    private void ask(String what) throws IOException {
        asked.add(what);
        if (refusal != null) {
            throw refusal;
        }
    }

    @Override
    public void attach(DmaImporter importer) throws IOException {
        ask("attach " + importer.device().name());
    }

    @Override
    public void detach(DmaImporter importer) {
        asked.add("detach " + importer.device().name());
    }

    @Override
    public void pin() throws IOException {
        ask("pin");
    }

    @Override
    public void unpin() {
        asked.add("unpin");
    }

    @Override
    public void beginCpuAccess(AccessMode mode, long offset, long length) {
        asked.add("begin " + mode + " " + offset + ":" + length);
    }

    @Override
    public void endCpuAccess(AccessMode mode, long offset, long length) {
        asked.add("end " + mode + " " + offset + ":" + length);
    }

    @Override
    public void vmap() {
        asked.add("vmap");
    }

    @Override
    public void vunmap() {
        asked.add("vunmap");
    }
}
