package io.github.dmabuf4j.jcstress;

import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.Errno;
import java.util.concurrent.atomic.AtomicInteger;

/** A fence whose work is done as soon as somebody asks, and that counts how often it completes. */
final class PolledFence extends DmaFence {
    final AtomicInteger transitions = new AtomicInteger();
    final AtomicInteger enabled = new AtomicInteger();
    private final boolean done;

    PolledFence(boolean done) {
        super(0, 1);
        this.done = done;
    }

    boolean fail(Errno error, long timestampNanos) {
        return complete(error, timestampNanos);
    }

    @Override
    protected boolean enableSignaling() {
        enabled.incrementAndGet();
        return true;
    }

    @Override
    protected boolean pollSignaled() {
        return done;
    }

    @Override
    protected void released() {
        transitions.incrementAndGet();
    }

    @Override
    public String driverName() {
        return "jcstress";
    }

    @Override
    public String timelineName() {
        return "polled";
    }
}
