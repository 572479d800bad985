package io.github.dmabuf4j.fence;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A fence of an own kind with every hook under the control of a test. */
class MockFence extends DmaFence {
    boolean enableAnswer = true;
    volatile boolean polledAnswer;
    volatile int enables;
    volatile int releases;
    final List<Long> deadlines = new ArrayList<>();

    MockFence() {
        this(0, 0);
    }

    MockFence(long context, long seqno) {
        super(context, seqno);
    }

    static MockFence inOwnContext(long seqno) {
        return new MockFence(FenceContext.allocate(1), seqno);
    }

    boolean signal() {
        return complete(null, System.nanoTime());
    }

    boolean fail(@Nullable Errno error) {
        return complete(error, System.nanoTime());
    }

    @Override
    public String driverName() {
        return "mock";
    }

    @Override
    public String timelineName() {
        return "test";
    }

    @Override
    protected boolean enableSignaling() {
        enables++;
        return enableAnswer;
    }

    @Override
    protected boolean pollSignaled() {
        return polledAnswer;
    }

    @Override
    protected void released() {
        releases++;
    }

    @Override
    protected void deadlineRequested(long deadlineNanos) {
        deadlines.add(deadlineNanos);
    }
}
