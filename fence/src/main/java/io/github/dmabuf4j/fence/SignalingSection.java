package io.github.dmabuf4j.fence;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A section of code that must reach its end for fences to signal; made by {@link FenceValidator#beginSignaling}. Close
 * it on the thread that began it.
 *
 * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#c.dma_fence_begin_signalling">
 *     dma_fence_begin_signalling</a>
 */
public final class SignalingSection implements AutoCloseable {
    /** What there is when the validator is off. */
    static final SignalingSection OFF = new SignalingSection(null, List.of());

    private final @Nullable SignalingSection outer;
    private final List<DmaFence> fences;
    private final Thread owner = Thread.currentThread();
    private final @Nullable Throwable begun;

    SignalingSection(@Nullable SignalingSection outer, List<DmaFence> fences) {
        this.outer = outer;
        this.fences = fences;
        this.begun = FenceValidator.ENABLED ? new Throwable("the section began here") : null;
    }

    @Nullable SignalingSection outer() {
        return outer;
    }

    List<DmaFence> fences() {
        return fences;
    }

    Thread owner() {
        return owner;
    }

    @Nullable Throwable begun() {
        return begun;
    }

    /** Ends the section. */
    @Override
    public void close() {
        if (FenceValidator.ENABLED) {
            FenceValidator.endSignaling(this);
        }
    }
}
