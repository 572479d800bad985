package io.github.dmabuf4j.linux.drm;

import io.github.dmabuf4j.linux.dmabuf.KernelDmaBuf;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A buffer as a {@link DrmDevice} knows it: a handle, made by the device or for a buffer that came in.
 *
 * <p>All methods may be called from any thread.
 */
public final class GemBuffer implements AutoCloseable {
    private final DrmDevice device;
    private final int handle;
    private final long size;
    private final int stride;
    private final AtomicBoolean closed = new AtomicBoolean();

    GemBuffer(DrmDevice device, int handle, long size, int stride) {
        this.device = device;
        this.handle = handle;
        this.size = size;
        this.stride = stride;
    }

    /**
     * The number of the buffer in its device. The same buffer taken in twice has the same number.
     *
     * @return the handle
     */
    public int handle() {
        return handle;
    }

    /**
     * The size of the buffer.
     *
     * @return bytes
     */
    public long size() {
        return size;
    }

    /**
     * From one row to the next, as the device chose it.
     *
     * @return bytes; 0 for a buffer that came in
     */
    public int stride() {
        return stride;
    }

    /**
     * Gives the buffer out.
     *
     * @return a dma-buf, the same one in every call and the original one for a buffer that came in; owned by the caller
     * @throws IOException if the device does not give buffers out
     */
    public KernelDmaBuf export() throws IOException {
        return device.export(this);
    }

    /** Gives up the handle. Idempotent; dma-bufs that were made of it stay. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            device.close(this);
        }
    }

    @Override
    public String toString() {
        return "buffer " + handle + " of " + device;
    }
}
