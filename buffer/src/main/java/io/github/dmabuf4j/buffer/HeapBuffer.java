package io.github.dmabuf4j.buffer;

import io.github.dmabuf4j.memory.CacheMaintenance;
import io.github.dmabuf4j.memory.Pages;
import io.github.dmabuf4j.memory.SgTable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The storage of one buffer of a heap. */
final class HeapBuffer implements DmaExporter {
    private final String name;
    private final String owner;
    private final long size;
    private final @Nullable Pages pages;
    private final Supplier<SgTable> layout;
    private final CacheMaintenance maintenance;
    private final Release whenReleased;
    /** Made when a device asks, which for most buffers never happens; made twice if two ask at the same time. */
    private @Nullable SgTable table;

    /** Takes the storage back. */
    @FunctionalInterface
    interface Release {
        void release(boolean shared);
    }

    /**
     * Describes a storage.
     *
     * @param name the heap's name
     * @param owner whose account it is on
     * @param size bytes
     * @param pages what the CPU can lease, or null
     * @param layout where it lies
     * @param maintenance the heap's
     * @param whenReleased takes the storage back
     */
    HeapBuffer(
            String name,
            String owner,
            long size,
            @Nullable Pages pages,
            Supplier<SgTable> layout,
            CacheMaintenance maintenance,
            Release whenReleased) {
        this.name = name;
        this.owner = owner;
        this.size = size;
        this.pages = pages;
        this.layout = layout;
        this.maintenance = maintenance;
        this.whenReleased = whenReleased;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String owner() {
        return owner;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public @Nullable Pages pages() {
        return pages;
    }

    @Override
    public SgTable table() {
        SgTable made = table;
        if (made == null) {
            made = layout.get();
            table = made;
        }
        return made;
    }

    @Override
    public CacheMaintenance maintenance() {
        return maintenance;
    }

    @Override
    public void release(boolean shared) {
        whenReleased.release(shared);
    }
}
