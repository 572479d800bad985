package io.github.dmabuf4j.linux.dmabuf;

import io.github.dmabuf4j.buffer.AllocationRequest;
import io.github.dmabuf4j.buffer.DmaBuf;
import io.github.dmabuf4j.buffer.DmaHeap;
import io.github.dmabuf4j.buffer.HeapStats;
import io.github.dmabuf4j.buffer.OwnerUsage;
import io.github.dmabuf4j.buffer.SystemHeap;
import io.github.dmabuf4j.memory.Caching;
import io.github.dmabuf4j.memory.PageBacking;
import java.io.IOException;
import java.util.Map;

/** A heap on a device node, which it closes with itself. */
final class DeviceHeap implements DmaHeap {
    private final PageBacking device;
    private final Runnable closing;
    private final SystemHeap heap;

    DeviceHeap(PageBacking device, Runnable closing) {
        this.device = device;
        this.closing = closing;
        this.heap = new SystemHeap(device);
    }

    @Override
    public String name() {
        return device.name();
    }

    @Override
    public boolean offers(Caching caching) {
        return heap.offers(caching);
    }

    @Override
    public DmaBuf allocate(AllocationRequest request) throws IOException {
        return heap.allocate(request);
    }

    @Override
    public Map<String, OwnerUsage> owners() {
        return heap.owners();
    }

    @Override
    public long shrink(long bytes) {
        return heap.shrink(bytes);
    }

    @Override
    public void awaitIdle() {
        heap.awaitIdle();
    }

    @Override
    public HeapStats stats() {
        return heap.stats();
    }

    @Override
    public void close() {
        heap.close();
        closing.run();
    }
}
