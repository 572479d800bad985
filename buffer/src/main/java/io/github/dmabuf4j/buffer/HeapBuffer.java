package io.github.dmabuf4j.buffer;

import io.github.dmabuf4j.memory.CacheMaintenance;
import io.github.dmabuf4j.memory.Pages;
import io.github.dmabuf4j.memory.SgTable;
import org.jspecify.annotations.Nullable;

/**
 * The storage of one buffer of a heap.
 *
 * @param name the heap's name
 * @param owner whose account it is on
 * @param size bytes
 * @param pages what the CPU can lease, or null
 * @param layout where it lies
 * @param maintenance the heap's
 * @param whenReleased takes the storage back
 */
record HeapBuffer(
        String name,
        String owner,
        long size,
        @Nullable Pages pages,
        Layout layout,
        CacheMaintenance maintenance,
        Release whenReleased)
        implements DmaExporter {
    /** Made when a device asks, which for most buffers never happens. */
    @FunctionalInterface
    interface Layout {
        SgTable table();
    }

    /** Takes the storage back. */
    @FunctionalInterface
    interface Release {
        void release(boolean shared);
    }

    @Override
    public SgTable table() {
        return layout.table();
    }

    @Override
    public void release(boolean shared) {
        whenReleased.release(shared);
    }
}
