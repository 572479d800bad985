package io.github.dmabuf4j.linux.dmabuf;

import io.github.dmabuf4j.buffer.DmaBuf;
import io.github.dmabuf4j.buffer.ImageLayout;
import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.memory.Pages;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A picture in buffers that a foreign producer made: taken in once by {@link DmaBufs#wrap}, used for as many frames as the producer
 * draws into it.
 *
 * <p>Its buffers are {@link DmaBuf}s like any other. Closing the image closes its handles on them; the memory stays for whoever has a
 * handle or an access of his own, and for the producer in any case. So the next picture can come in, and be refused, before this one
 * is dropped.
 *
 * <p>All methods may be called from any thread.
 */
public final class ForeignImage implements AutoCloseable {
    private final ImageLayout layout;
    private final List<DmaBuf> buffers;

    ForeignImage(ImageLayout layout, List<DmaBuf> buffers) {
        this.layout = layout;
        this.buffers = List.copyOf(buffers);
    }

    /**
     * What the bytes mean. Planes that came with descriptors of the same buffer lie in the same buffer here.
     *
     * @return the layout
     */
    public ImageLayout layout() {
        return layout;
    }

    /**
     * The buffers, in the order of the layout.
     *
     * @return one to four handles; they stay the image's
     */
    public List<DmaBuf> buffers() {
        return buffers;
    }

    /**
     * Begins a frame whose contents the buffers' implicit fences tell of, if they have any, and the producer's word otherwise.
     *
     * @param done how the producer learns that we no longer look
     * @return the frame, owned by the caller
     */
    public ForeignFrame begin(DoneSignal done) {
        return new ForeignFrame(this, null, done);
    }

    /**
     * Begins a frame whose contents are there once a fence is signalled, that came with it: a sync file's, an eventfd's. Every CPU access
     * to the buffers waits for it, in addition to the implicit fences.
     *
     * @param contents the fence
     * @param done how the producer learns that we no longer look
     * @return the frame, owned by the caller
     */
    public ForeignFrame begin(DmaFence contents, DoneSignal done) {
        return new ForeignFrame(this, contents, done);
    }

    /** The dma-buf of the kernel behind a buffer; null for a memory file. */
    static @Nullable KernelDmaBuf kernelBuffer(DmaBuf buffer) {
        Pages pages = buffer.pages();
        return pages instanceof KernelPages kernel ? kernel.dmaBuf() : null;
    }

    /** Closes the handles. Idempotent. */
    @Override
    public void close() {
        buffers.forEach(DmaBuf::close);
    }

    @Override
    public String toString() {
        return "foreign image " + layout;
    }
}
