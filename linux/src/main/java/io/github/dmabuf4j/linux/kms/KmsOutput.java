package io.github.dmabuf4j.linux.kms;

import io.github.dmabuf4j.buffer.ImageLayout;
import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.fence.FenceContext;
import io.github.dmabuf4j.linux.SystemCallException;
import io.github.dmabuf4j.linux.sync.KernelSyncFile;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A display that shows picture after picture: a connector, a CRTC that drives it, and the primary plane of that.
 *
 * <p>Pictures are shown in the order in which they come, each when the one before it is on the screen, and nothing is copied. Where
 * the driver commits atomically, a picture need not be there yet when it is given: the kernel waits for its sync file. Otherwise
 * this class waits.
 *
 * <p>A program needs two frame buffers at least: the screen reads the one that is shown until the next is. All methods may be
 * called from any thread; they exclude each other.
 *
 * @see <a href="https://docs.kernel.org/gpu/drm-kms.html#atomic-mode-setting">Atomic mode setting</a>
 */
public final class KmsOutput implements AutoCloseable {
    /** How long a picture may take to the screen, the work that it waits for included: more than the kernel gives any fence. */
    public static final Duration PATIENCE = Duration.ofSeconds(15);

    private final KmsDevice device;
    private final OutputRoute route;
    private final Commits commits;
    private final FenceContext timeline;
    private long shown;
    private @Nullable Flip last;
    private @Nullable FrameBuffer picture;
    private @Nullable KernelSyncFile outFence;
    private boolean closed;

    /** How a picture is put on the screen. */
    sealed interface Commits permits AtomicCommits, LegacyCommits {
        /**
         * Commits a picture, and gives the flip its fences.
         *
         * @return the kernel's sync file for the flip, null if there is none
         */
        @Nullable KernelSyncFile commit(
                Flip flip, FrameBuffer picture, @Nullable KernelSyncFile ready, @Nullable WritebackJob job)
                throws IOException, InterruptedException;

        /** The next picture sets the mode again. */
        void forgetMode();

        /** Makes the screen dark. */
        void end() throws IOException;
    }

    /** Where what is on the screen is written to. */
    record WritebackJob(Writeback writeback, FrameBuffer target) {}

    private KmsOutput(KmsDevice device, OutputRoute route) {
        this.device = device;
        this.route = route;
        this.commits = device.isAtomic() ? new AtomicCommits(device, route) : new LegacyCommits(device, route);
        this.timeline = FenceContext.create("kms", route.connector().name());
    }

    /**
     * The first display that is connected, in the mode that it likes best.
     *
     * @param device the device; it stays the caller's
     * @return the output, owned by the caller; nothing is shown yet
     * @throws NoDisplayException if no display is connected
     * @throws IOException if the device was unplugged
     */
    public static KmsOutput open(KmsDevice device) throws IOException {
        for (Connector connector : device.connectors()) {
            Optional<DisplayMode> mode = connector.preferredMode();
            if (connector.state() == Connector.State.CONNECTED && !connector.writesBack() && mode.isPresent()) {
                return open(device, connector, mode.get());
            }
        }
        throw new NoDisplayException("no display is connected to " + device + "; it has " + device.connectors());
    }

    /**
     * A display of one's choice.
     *
     * @param device the device; it stays the caller's
     * @param connector where the display is plugged in
     * @param mode one of its modes
     * @return the output, owned by the caller; nothing is shown yet
     * @throws NoDisplayException if nothing is plugged in there, or nothing can drive it
     * @throws IOException if the device was unplugged
     */
    public static KmsOutput open(KmsDevice device, Connector connector, DisplayMode mode) throws IOException {
        if (connector.state() == Connector.State.DISCONNECTED) {
            throw new NoDisplayException("no display is connected to " + connector.name() + " of " + device);
        }
        return new KmsOutput(device, OutputRoute.find(device, connector, mode));
    }

    /**
     * Where the display is plugged in.
     *
     * @return the connector, as it was when the output was opened
     */
    public Connector connector() {
        return route.connector();
    }

    /**
     * How the display is driven.
     *
     * @return the mode
     */
    public DisplayMode mode() {
        return route.mode();
    }

    /**
     * From where the picture is taken.
     *
     * @return the plane, which says what formats it shows
     */
    public Plane plane() {
        return route.plane();
    }

    /**
     * What drives the display.
     *
     * @return the CRTC
     */
    public Crtc crtc() {
        return route.crtc();
    }

    /**
     * Shows a picture that is there.
     *
     * @param next the picture, at least as large as the mode; its upper left part is shown
     * @return the picture on its way
     * @throws IOException see {@link #show(FrameBuffer, KernelSyncFile)}
     * @throws InterruptedException if the thread is interrupted while the picture before is not on the screen yet
     */
    public Flip show(FrameBuffer next) throws IOException, InterruptedException {
        return show(next, null);
    }

    /**
     * Shows a picture as soon as it is there.
     *
     * @param next the picture, at least as large as the mode; its upper left part is shown
     * @param ready what the picture waits for; it stays the caller's and may be closed behind this call; null for nothing
     * @return the picture on its way
     * @throws NotMasterException if another program shows pictures on the device
     * @throws DisplayGoneException if the device was unplugged
     * @throws SystemCallException if the driver does not show such a picture (EINVAL)
     * @throws IOException if the picture before did not come to the screen within {@link #PATIENCE}
     * @throws InterruptedException if the thread is interrupted while the picture before is not on the screen yet
     */
    public Flip show(FrameBuffer next, @Nullable KernelSyncFile ready) throws IOException, InterruptedException {
        return commit(next, ready, null);
    }

    /**
     * Shows a picture as soon as it is there, and writes what is on the screen then into memory.
     *
     * @param next the picture, at least as large as the mode
     * @param ready what the picture waits for; null for nothing
     * @param writeback the connector that writes
     * @param target where to: of the size of the mode and one of the {@linkplain Writeback#formats formats}
     * @return the picture on its way; its {@link Flip#written()} says when the target is complete
     * @throws IOException see {@link #show(FrameBuffer, KernelSyncFile)}
     * @throws InterruptedException if the thread is interrupted while the picture before is not on the screen yet
     * @throws IllegalStateException if the device does not commit atomically
     */
    public Flip showAndWrite(FrameBuffer next, @Nullable KernelSyncFile ready, Writeback writeback, FrameBuffer target)
            throws IOException, InterruptedException {
        return commit(next, ready, new WritebackJob(writeback, target));
    }

    private synchronized Flip commit(FrameBuffer next, @Nullable KernelSyncFile ready, @Nullable WritebackJob job)
            throws IOException, InterruptedException {
        if (closed) {
            throw new IllegalStateException("the output " + this + " is closed");
        }
        ImageLayout layout = next.layout();
        if (layout.width() < mode().width() || layout.height() < mode().height()) {
            throw new IllegalArgumentException("a picture of " + layout.width() + "x" + layout.height()
                    + " does not fill " + this + "; choose a smaller mode or a larger picture");
        }
        if (last != null && !last.reported().await(PATIENCE)) {
            throw new IOException(last + " did not come to the screen within " + PATIENCE.toSeconds() + " s");
        }
        settle();
        Flip flip = new Flip(shown + 1, crtc().id(), picture, timeline.newFence());
        KernelSyncFile file;
        try {
            file = commits.commit(flip, next, ready, job);
        } catch (IOException | InterruptedException | RuntimeException e) {
            flip.failed(Errno.ECANCELED);
            throw e;
        }
        if (outFence != null) {
            outFence.close();
        }
        outFence = file;
        shown++;
        last = flip;
        picture = next;
        return flip;
    }

    /** Fences of the kernel that nobody waits for have a descriptor until somebody looks. */
    private void settle() {
        if (last != null) {
            last.shown().poll();
            last.written().ifPresent(DmaFence::poll);
        }
    }

    /**
     * The sync file of the last picture, for whoever waits in the kernel: signalled when the picture is on the screen.
     *
     * @return the file; it stays the output's and is valid until the next picture; empty without atomic commits
     */
    public synchronized Optional<KernelSyncFile> outFence() {
        return Optional.ofNullable(outFence);
    }

    /**
     * How many pictures were shown or are on their way.
     *
     * @return the number
     */
    public synchronized long pictures() {
        return shown;
    }

    /**
     * The next picture sets the mode again: for a program that becomes the device's master again, when another one has changed
     * what the display does.
     */
    public synchronized void resetMode() {
        commits.forgetMode();
    }

    /** Waits for the last picture, a second at most, and makes the screen dark. Idempotent; the frame buffers stay. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        DmaFence end = last == null ? DmaFence.stub() : last.reported();
        end.awaitUninterruptibly(Duration.ofSeconds(1));
        settle();
        try {
            commits.end();
        } catch (IOException | IllegalStateException gone) {
            // Closed, unplugged, or another program's by now.
        } finally {
            if (outFence != null) {
                outFence.close();
            }
        }
    }

    /**
     * The connectors that can write what is on this screen into memory.
     *
     * @return the connectors; empty if the device has none, or does not commit atomically
     * @throws IOException if the device was unplugged
     */
    public List<Writeback> writebacks() throws IOException {
        return Writeback.of(device, crtc());
    }

    @Override
    public String toString() {
        return route.connector().name() + " at " + route.mode();
    }
}
