package io.github.dmabuf4j.linux;

import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.FenceContext;
import io.github.dmabuf4j.fence.PointStatus;
import org.jspecify.annotations.Nullable;

/**
 * The fence of one point of a timeline. Until somebody needs to be told, it is only a way of looking: nobody but itself
 * knows of it.
 */
final class PointFence extends DmaFence {
    private final FutexTimeline timeline;
    private final FenceContext names;
    private volatile @Nullable Reporter reporter;

    PointFence(FenceContext context, FutexTimeline timeline, long point) {
        super(context, point);
        this.names = context;
        this.timeline = timeline;
    }

    @Override
    public String driverName() {
        return names.driverName();
    }

    @Override
    public String timelineName() {
        return names.timelineName();
    }

    @Override
    protected boolean enableSignaling() {
        Reporter added = new Reporter(this);
        reporter = added;
        if (timeline.pending.add(added)) {
            return true;
        }
        completeAsTimelineSays();
        return false;
    }

    @Override
    protected boolean pollSignaled() {
        if (timeline.status(seqno()) == PointStatus.PENDING) {
            return false;
        }
        completeAsTimelineSays();
        return true;
    }

    @Override
    protected boolean waitForCompletion(long timeoutNanos) throws InterruptedException {
        if (timeline.awaitPoint(seqno(), timeoutNanos) == PointStatus.PENDING) {
            return isSignaled();
        }
        completeAsTimelineSays();
        return true;
    }

    @Override
    protected void released() {
        Reporter added = reporter;
        if (added != null) {
            timeline.pending.remove(added);
        }
    }

    private void completeAsTimelineSays() {
        long now = System.nanoTime();
        // What another process wrote is believed only as far as it makes sense.
        long stamped = timeline.timestampNanos();
        complete(timeline.errorOf(seqno()), stamped > 0 && stamped < now ? stamped : now);
    }

    private static final class Reporter extends PendingPoints.Node {
        private final PointFence fence;

        Reporter(PointFence fence) {
            super(fence.seqno());
            this.fence = fence;
        }

        @Override
        void decided() {
            fence.completeAsTimelineSays();
        }
    }
}
