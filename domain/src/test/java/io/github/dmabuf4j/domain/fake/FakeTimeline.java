package io.github.dmabuf4j.domain.fake;

import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.fence.PointStatus;
import io.github.dmabuf4j.fence.SignalingTimeline;
import org.jspecify.annotations.Nullable;

/** The owner's end. */
final class FakeTimeline implements SignalingTimeline, FakePage.Eye {
    private final FakePage page;
    private final String name;
    private final int index;
    volatile long firstFailed = Long.MAX_VALUE;
    volatile @Nullable Errno error;

    FakeTimeline(FakePage page, String name, int index) {
        this.page = page;
        this.name = name;
        this.index = index;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long value() {
        return page.value(index);
    }

    @Override
    public PointStatus status(long point) {
        return value() >= point
                ? PointStatus.SIGNALED
                : point >= firstFailed ? PointStatus.FAILED : PointStatus.PENDING;
    }

    @Override
    public PointStatus look(long point) {
        return status(point);
    }

    @Override
    public @Nullable Errno why() {
        return error;
    }

    @Override
    public @Nullable Errno error() {
        return error;
    }

    @Override
    public PointStatus awaitPoint(long point, long timeoutNanos) throws InterruptedException {
        return page.await(this, point, timeoutNanos);
    }

    @Override
    public DmaFence fence(long point) {
        return page.fence(this, name, point);
    }

    @Override
    public void signal(long value) {
        if (value <= value()) {
            throw new IllegalArgumentException("timeline " + name + " is at " + value() + ", it cannot go to " + value);
        }
        if (error != null) {
            throw new IllegalStateException("timeline " + name + " has failed");
        }
        page.force(index, value);
    }

    @Override
    public void fail(long point, Errno why) {
        error = why;
        firstFailed = point;
        page.ring();
    }

    void cancel() {
        if (error == null) {
            fail(value() + 1, Errno.ECANCELED);
        }
    }
}
