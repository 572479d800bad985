package io.github.dmabuf4j.linux.dmabuf;

import io.github.dmabuf4j.buffer.AccessMode;
import io.github.dmabuf4j.buffer.DmaBuf;
import io.github.dmabuf4j.buffer.FenceUsage;
import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.fence.FenceArray;
import io.github.dmabuf4j.linux.SystemCallException;
import io.github.dmabuf4j.linux.sync.KernelSyncFile;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One turn of a {@link ForeignImage}: from the producer's word that the picture is ours to our word that it is the producer's again,
 * which is given exactly once.
 *
 * <p>All methods may be called from any thread.
 */
public final class ForeignFrame implements AutoCloseable {
    private static final Logger LOGGER = System.getLogger(ForeignFrame.class.getName());

    private final ForeignImage image;
    private final @Nullable DmaFence contents;
    private final DoneSignal signal;
    private final AtomicBoolean done = new AtomicBoolean();

    ForeignFrame(ForeignImage image, @Nullable DmaFence contents, DoneSignal signal) {
        this.image = image;
        this.contents = contents;
        this.signal = signal;
        if (contents != null && !contents.isSignaled()) {
            image.buffers().forEach(buffer -> buffer.resv().importFence(contents, FenceUsage.WRITE));
        }
    }

    /**
     * The picture.
     *
     * @return the image; it stays that of whoever wrapped it
     */
    public ForeignImage image() {
        return image;
    }

    /**
     * When the picture may be used: the fence that came with the frame, and the implicit fences of the buffers as of now, taken out as
     * sync files, or watched by poll where the kernel is older than 6.0. Memory files have no implicit fences.
     *
     * @param mode what will be done; a writer waits for other readers, too
     * @return the fence; signalled already if there is nothing to wait for
     * @throws SystemCallException if the kernel refuses, such as for the limit of open files
     */
    public DmaFence ready(AccessMode mode) throws IOException {
        List<DmaFence> fences = new ArrayList<>();
        if (contents != null) {
            fences.add(contents);
        }
        for (DmaBuf buffer : image.buffers()) {
            KernelDmaBuf kernel = ForeignImage.kernelBuffer(buffer);
            if (kernel != null) {
                fences.add(implicitFence(kernel, mode));
            }
        }
        return switch (fences.size()) {
            case 0 -> DmaFence.stub();
            case 1 -> fences.getFirst();
            default -> FenceArray.of(fences);
        };
    }

    private static DmaFence implicitFence(KernelDmaBuf buffer, AccessMode mode) throws IOException {
        try (KernelSyncFile file = buffer.exportSyncFile(mode)) {
            return file.fence();
        } catch (SystemCallException e) {
            if (!e.errno().equals(Errno.ENOTTY)) {
                throw e;
            }
            return buffer.pollFence(mode);
        }
    }

    /**
     * Says that we no longer look: all work on the picture is over.
     *
     * @throws IOException if the producer cannot be told
     * @throws IllegalStateException if it was said before
     */
    public void done() throws IOException {
        finish();
        signal.done(null);
    }

    /**
     * Says that we no longer look once work is over. The producer is told when the fence is signalled and not before: it is a fence of
     * this program, and does not become one of the kernel.
     *
     * @param work the work; if it fails, the producer is told why
     * @throws IllegalStateException if it was said before
     */
    public void done(DmaFence work) {
        finish();
        work.onSignaled(over -> tell(over.error()));
    }

    /**
     * Says that we no longer look once a device's work is over, which a fence of the kernel stands for. It goes into the reservation of
     * each buffer, where the producer's driver waits for it, and the producer is told at once. Where a buffer has no reservation (a
     * memory file, a kernel before 6.0), the producer is told when the work is over.
     *
     * @param work the work; it stays the caller's
     * @param mode what the work does with the picture
     * @return whether the producer was told at once, and waits by its buffers' fences
     * @throws IOException if the kernel refuses the fence for another reason, or the producer cannot be told
     * @throws IllegalStateException if it was said before
     */
    public boolean done(KernelSyncFile work, AccessMode mode) throws IOException {
        finish();
        boolean everywhere = true;
        try {
            for (DmaBuf buffer : image.buffers()) {
                KernelDmaBuf kernel = ForeignImage.kernelBuffer(buffer);
                everywhere &= kernel != null && hasFence(kernel, work, mode);
            }
        } catch (SystemCallException e) {
            // Not at once, since the work goes on; but a producer is never left without a word.
            work.fence().onSignaled(over -> tell(over.error()));
            throw e;
        }
        if (everywhere) {
            signal.done(null);
        } else {
            work.fence().onSignaled(over -> tell(over.error()));
        }
        return everywhere;
    }

    private static boolean hasFence(KernelDmaBuf buffer, KernelSyncFile work, AccessMode mode)
            throws SystemCallException {
        try {
            buffer.importSyncFile(work, mode);
            return true;
        } catch (SystemCallException e) {
            if (!e.errno().equals(Errno.ENOTTY)) {
                throw e;
            }
            return false;
        }
    }

    private void finish() {
        if (!done.compareAndSet(false, true)) {
            throw new IllegalStateException("the producer of " + image + " was told before that this frame is done");
        }
    }

    private void tell(@Nullable Errno error) {
        try {
            signal.done(error);
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "the producer of " + image + " cannot be told that a frame is done", e);
        }
    }

    /** Says that we no longer look, unless that was said before: a frame that is given up must not stop its producer. Idempotent. */
    @Override
    public void close() {
        if (done.compareAndSet(false, true)) {
            tell(null);
        }
    }

    @Override
    public String toString() {
        return (done.get() ? "done frame of " : "frame of ") + image;
    }
}
