package io.github.dmabuf4j.linux.v4l2;

import io.github.dmabuf4j.buffer.AllocationRequest;
import io.github.dmabuf4j.buffer.DmaBuf;
import io.github.dmabuf4j.buffer.DmaHeap;
import io.github.dmabuf4j.buffer.HeapStats;
import io.github.dmabuf4j.buffer.OwnerUsage;
import io.github.dmabuf4j.linux.dmabuf.KernelDmaBuf;
import io.github.dmabuf4j.linux.dmabuf.KernelPages;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * The buffers of a {@link CaptureQueue} as a heap: the n-th buffer that is allocated is the n-th of the queue, and there are no
 * others. So whoever takes a heap, such as a buffer queue between processes, works on the memory that the device captures into,
 * whoever made it.
 *
 * <p>The buffers hold descriptors of their own and outlive the queue. Nothing is zeroed: it is the device that writes.
 */
public final class CaptureHeap implements DmaHeap {
    private final List<KernelDmaBuf> buffers;
    private int given;
    private boolean closed;

    /**
     * Makes the heap.
     *
     * @param queue whose pictures lie in one buffer each; stays the caller's, and open until all buffers are allocated
     */
    public CaptureHeap(CaptureQueue queue) {
        buffers = queue.buffers();
    }

    @Override
    public String name() {
        return "camera";
    }

    @Override
    public long capacity() {
        return buffers.stream().mapToLong(KernelDmaBuf::size).sum();
    }

    @Override
    public synchronized DmaBuf allocate(AllocationRequest request) throws IOException {
        if (closed) {
            throw new IllegalStateException("the heap of a camera's buffers is closed");
        }
        if (given == buffers.size() || request.size() > buffers.get(given).size()) {
            throw new IOException("the camera's queue has " + buffers.size() + " buffers, and of " + request.size()
                    + " bytes there is none left");
        }
        KernelPages pages = buffers.get(given).map(true);
        given++;
        DmaBuf buffer = DmaBuf.export(pages, name(), (memory, _) -> memory.close());
        buffer.name(request.name());
        return buffer;
    }

    @Override
    public Map<String, OwnerUsage> owners() {
        return Map.of();
    }

    @Override
    public long shrink(long bytes) {
        return 0;
    }

    @Override
    public void awaitIdle() {}

    @Override
    public synchronized HeapStats stats() {
        long bytes = buffers.stream().limit(given).mapToLong(KernelDmaBuf::size).sum();
        return new HeapStats(given, bytes, 0, 0, 0, given, 0, 0, 0, Map.of());
    }

    @Override
    public synchronized void close() {
        closed = true;
    }
}
