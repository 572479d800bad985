package io.github.dmabuf4j.tck;

import io.github.dmabuf4j.buffer.AccessMode;
import io.github.dmabuf4j.buffer.BufferLink;
import io.github.dmabuf4j.buffer.DmaExporter;
import io.github.dmabuf4j.buffer.DmaImporter;
import io.github.dmabuf4j.memory.ArenaBacking;
import io.github.dmabuf4j.memory.DmaAddress;
import io.github.dmabuf4j.memory.DmaDevice;
import io.github.dmabuf4j.memory.DmaDirection;
import io.github.dmabuf4j.memory.DmaDomain;
import io.github.dmabuf4j.memory.DmaTable;
import io.github.dmabuf4j.memory.Pages;
import io.github.dmabuf4j.memory.SgEntry;
import io.github.dmabuf4j.memory.SgTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An exporter that writes down what it is asked, and whether the reservation was locked then; and a device. */
final class MockStorage implements DmaExporter, DmaDevice {
    /** Each call, with {@code locked} behind it if the reservation was. */
    final List<String> calls = new ArrayList<>();
    /** What is mapped for the device. */
    final List<DmaTable> mapped = new ArrayList<>();

    private final DmaDomain domain = new DmaDomain("mock");
    private final Pages pages;
    private @Nullable BufferLink link;
    private long next = 4096;

    MockStorage() {
        try {
            pages = new ArenaBacking().give(8192, "mock");
        } catch (IOException full) {
            throw new UncheckedIOException(full);
        }
    }

    BufferLink link() {
        return Objects.requireNonNull(link);
    }

    private void called(String what) {
        calls.add(link().resv().isLocked() ? what + " locked" : what);
    }

    @Override
    public String name() {
        return "mock";
    }

    @Override
    public long size() {
        return pages.size();
    }

    @Override
    public Pages pages() {
        return pages;
    }

    @Override
    public SgTable table() {
        return SgTable.builder(Long.MAX_VALUE, 4096)
                .add(new SgEntry.Memory(pages, 0, pages.size()))
                .build();
    }

    @Override
    public void exported(BufferLink to) {
        link = to;
    }

    @Override
    public void release(boolean shared) {
        called("release");
    }

    @Override
    public void attach(DmaImporter importer) {
        called("attach");
    }

    @Override
    public void detach(DmaImporter importer) {
        called("detach");
    }

    @Override
    public DmaTable map(DmaImporter importer, DmaDirection direction) throws IOException {
        called("map");
        return DmaExporter.super.map(importer, direction);
    }

    @Override
    public void unmap(DmaImporter importer, DmaTable table, DmaDirection direction) {
        called("unmap");
        DmaExporter.super.unmap(importer, table, direction);
    }

    @Override
    public void pin() {
        called("pin");
    }

    @Override
    public void unpin() {
        called("unpin");
    }

    @Override
    public void beginCpuAccess(AccessMode mode, long offset, long length) {
        called("begin");
    }

    @Override
    public void endCpuAccess(AccessMode mode, long offset, long length) {
        called("end");
    }

    @Override
    public void vmap() {
        called("vmap");
    }

    @Override
    public void vunmap() {
        called("vunmap");
    }

    @Override
    public DmaDomain domain() {
        return domain;
    }

    @Override
    public boolean coherent() {
        return true;
    }

    @Override
    public DmaTable map(SgTable table, DmaDirection direction) {
        DmaTable mapping = DmaTable.builder(domain, Long.MAX_VALUE, 0)
                .add(new DmaAddress(domain, next), table.size())
                .build();
        next += 2 * table.size();
        mapped.add(mapping);
        return mapping;
    }

    @Override
    public void unmap(DmaTable table, DmaDirection direction) {
        mapped.remove(table);
    }
}
