package io.github.dmabuf4j.fence;

import org.jspecify.annotations.Nullable;

/** A fence that was signalled from the beginning. */
final class StubFence extends DmaFence {
    static final StubFence GLOBAL = new StubFence(null, System.nanoTime());

    StubFence(@Nullable Errno error, long timestampNanos) {
        super(FenceContext.STUB, 0, true);
        complete(error, timestampNanos);
    }

    @Override
    public String driverName() {
        return "stub";
    }

    @Override
    public String timelineName() {
        return "stub";
    }
}
