package io.github.dmabuf4j.tck;

import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.fence.FenceContext;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A fence of an own kind whose hooks a case commands. */
class MockFence extends DmaFence {
    boolean willSignal = true;
    volatile boolean workDone;
    int enabled;
    int released;
    final List<Long> deadlines = new ArrayList<>();

    /** As the upstream cases make them: context 0, number 0. */
    MockFence() {
        super(0, 0);
    }

    MockFence(long context, long seqno) {
        super(context, seqno);
    }

    static MockFence alone() {
        return new MockFence(FenceContext.allocate(1), 1);
    }

    boolean end(@Nullable Errno error) {
        return complete(error, System.nanoTime());
    }

    @Override
    public String driverName() {
        return "mock";
    }

    @Override
    public String timelineName() {
        return "mock";
    }

    @Override
    protected boolean enableSignaling() {
        enabled++;
        return willSignal;
    }

    @Override
    protected boolean pollSignaled() {
        return workDone;
    }

    @Override
    protected void released() {
        released++;
    }

    @Override
    protected void deadlineRequested(long deadlineNanos) {
        deadlines.add(deadlineNanos);
    }
}
