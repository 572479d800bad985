package io.github.dmabuf4j.fence;

import java.util.OptionalLong;

/** The fence of one point of a {@link SyncTimeline}. */
final class TimelinePoint extends DmaFence {
    private long deadlineNanos;
    private boolean hasDeadline;

    TimelinePoint(FenceContext context, long point) {
        super(context, point, true);
    }

    /** The earliest deadline ever asked for. */
    synchronized OptionalLong deadline() {
        return hasDeadline ? OptionalLong.of(deadlineNanos) : OptionalLong.empty();
    }

    @Override
    protected synchronized void deadlineRequested(long nanos) {
        deadlineNanos = hasDeadline ? Math.min(deadlineNanos, nanos) : nanos;
        hasDeadline = true;
    }

    @Override
    public String driverName() {
        return fenceContext().driverName();
    }

    @Override
    public String timelineName() {
        return fenceContext().timelineName();
    }
}
