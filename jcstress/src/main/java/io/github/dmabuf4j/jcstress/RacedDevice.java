package io.github.dmabuf4j.jcstress;

import io.github.dmabuf4j.buffer.DmaAttachment;
import io.github.dmabuf4j.buffer.DmaBuf;
import io.github.dmabuf4j.buffer.DmaExporter;
import io.github.dmabuf4j.memory.CacheMaintenance;
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
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A buffer and a device that sees of it only what was cleaned: memory is a byte, and cleaning copies what the CPU wrote
 * into it.
 */
final class RacedDevice implements DmaDevice, DmaExporter, CacheMaintenance {
    final AtomicInteger released = new AtomicInteger();
    private final HeapPages cached = new HeapPages();
    private final DmaDomain domain = new DmaDomain("jcstress");
    /** Guarded by this object's lock: two who clean a line at once do not write back an older state of it. */
    private byte memory;

    DmaAttachment attachTo(DmaBuf buffer) {
        try {
            return buffer.attach(this);
        } catch (IOException never) {
            throw new UncheckedIOException(never);
        }
    }

    static DmaTable map(DmaAttachment attachment) {
        try {
            return attachment.map(DmaDirection.TO_DEVICE);
        } catch (IOException | InterruptedException never) {
            throw new IllegalStateException(never);
        }
    }

    /** What the device would read. */
    synchronized byte read() {
        return memory;
    }

    @Override
    public String name() {
        return "jcstress";
    }

    @Override
    public DmaDomain domain() {
        return domain;
    }

    @Override
    public boolean coherent() {
        return false;
    }

    @Override
    public DmaTable map(SgTable table, DmaDirection direction) {
        return DmaTable.builder(domain, Long.MAX_VALUE, 0)
                .add(new DmaAddress(domain, 4096), table.size())
                .build();
    }

    @Override
    public void unmap(DmaTable table, DmaDirection direction) {}

    @Override
    public long size() {
        return cached.size();
    }

    @Override
    public Pages pages() {
        return cached;
    }

    @Override
    public SgTable table() {
        return SgTable.builder(4096, 4096)
                .add(new SgEntry.Memory(cached, 0, cached.size()))
                .build();
    }

    @Override
    public CacheMaintenance maintenance() {
        return this;
    }

    @Override
    public void release(boolean shared) {
        released.incrementAndGet();
    }

    @Override
    public synchronized void clean(Pages pages, long offset, long length) {
        memory = cached.first();
    }

    @Override
    public void invalidate(Pages pages, long offset, long length) {}

    @Override
    public void drain() {}
}
