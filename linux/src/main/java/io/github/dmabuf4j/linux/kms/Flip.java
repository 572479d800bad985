package io.github.dmabuf4j.linux.kms;

import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.fence.UserFence;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A picture on its way to the screen of a {@link KmsOutput}.
 *
 * <p>All methods may be called from any thread.
 */
public final class Flip {
    private final long number;
    private final int crtc;
    private final @Nullable FrameBuffer replaced;
    private final UserFence reported;
    private volatile @Nullable FlipEvent event;
    private @Nullable DmaFence shown;
    private @Nullable DmaFence written;

    Flip(long number, int crtc, @Nullable FrameBuffer replaced, UserFence reported) {
        this.number = number;
        this.crtc = crtc;
        this.replaced = replaced;
        this.reported = reported;
    }

    int crtc() {
        return crtc;
    }

    /** Set before anybody else sees the flip. */
    void fences(@Nullable DmaFence ofTheKernel, @Nullable DmaFence ofWriteback) {
        shown = ofTheKernel;
        written = ofWriteback;
    }

    void completed(FlipEvent what) {
        event = what;
        reported.signal(what.timestampNanos());
    }

    /** Shown already, without an event: a mode was set. */
    void completed() {
        reported.signal();
    }

    void failed(Errno error) {
        reported.fail(error);
    }

    /**
     * The number of the picture.
     *
     * @return 1 for the first of its output
     */
    public long number() {
        return number;
    }

    /**
     * When the picture is on the screen: the kernel's own fence where the driver has it, otherwise one that is signalled when the
     * event comes.
     *
     * @return the fence; when it is signalled, {@link #replaced()} is free
     */
    public DmaFence shown() {
        return shown == null ? reported : shown;
    }

    /**
     * When this program has read the event that says so, or knows that none will come.
     *
     * @return the fence; fails with EPROTO for an event of another CRTC and with ENODEV when the device is gone
     */
    public DmaFence reported() {
        return reported;
    }

    /**
     * What the kernel says about the picture.
     *
     * @return the event; empty until {@link #reported()} is signalled, and for the first picture without atomic commits
     */
    public Optional<FlipEvent> event() {
        return Optional.ofNullable(event);
    }

    /**
     * The picture that was on the screen before. The screen reads it until {@link #shown()} is signalled.
     *
     * @return the frame buffer; empty for the first
     */
    public Optional<FrameBuffer> replaced() {
        return Optional.ofNullable(replaced);
    }

    /**
     * When what is on the screen is in memory too.
     *
     * @return the kernel's fence; empty without a {@link Writeback}
     */
    public Optional<DmaFence> written() {
        return Optional.ofNullable(written);
    }

    @Override
    public String toString() {
        return "flip " + number + " of CRTC " + crtc;
    }
}
