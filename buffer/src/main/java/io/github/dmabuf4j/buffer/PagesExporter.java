package io.github.dmabuf4j.buffer;

import io.github.dmabuf4j.memory.Pages;
import io.github.dmabuf4j.memory.SgEntry;
import io.github.dmabuf4j.memory.SgTable;

/** The exporter of a buffer that is one run of ordinary pages. */
record PagesExporter(Pages pages, String name, PageRelease whenReleased) implements DmaExporter {
    private static final long PAGE_SIZE = 4096;

    @Override
    public long size() {
        return pages.size();
    }

    @Override
    public SgTable table() {
        // Made when a device asks, which for most buffers never happens.
        return SgTable.builder(Long.MAX_VALUE, PAGE_SIZE)
                .add(new SgEntry.Memory(pages, 0, pages.size()))
                .build();
    }

    @Override
    public void release(boolean shared) {
        whenReleased.release(pages, shared);
    }
}
