package io.github.dmabuf4j.domain.fake;

import io.github.dmabuf4j.domain.spi.PeerSyncPage;
import io.github.dmabuf4j.domain.spi.SyncGeometry;
import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.fence.PointStatus;
import io.github.dmabuf4j.fence.Timeline;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Another domain's page, seen from here. */
final class FakePeerPage implements PeerSyncPage {
    private final FakeBackend backend;
    private final FakePage target;
    private final SyncGeometry geometry;
    private final MemorySegment memory;
    private final PeerTimeline[] timelines;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile @Nullable Errno over;

    FakePeerPage(FakeBackend backend, FakePage target, SyncGeometry geometry) {
        this.backend = backend;
        this.target = target;
        this.geometry = geometry;
        this.memory = target.memory().asReadOnly();
        this.timelines = new PeerTimeline[geometry.timelines()];
        for (int i = 0; i < timelines.length; i++) {
            timelines[i] = new PeerTimeline(i);
        }
        backend.openMappings.incrementAndGet();
    }

    @Override
    public SyncGeometry geometry() {
        return geometry;
    }

    @Override
    public MemorySegment memory() {
        if (closed.get()) {
            throw new IllegalStateException("this page is closed");
        }
        return memory;
    }

    @Override
    public Timeline timeline(int index) {
        return timelines[index];
    }

    @Override
    public void fail(Errno error) {
        if (over == null) {
            over = error;
            target.ring();
        }
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            fail(Errno.ECANCELED);
            backend.openMappings.decrementAndGet();
        }
    }

    /** Remembers the greatest value; believes nothing. */
    private final class PeerTimeline implements Timeline, FakePage.Eye {
        private final int index;
        private volatile long greatest;
        private volatile boolean backwards;

        PeerTimeline(int index) {
            this.index = index;
        }

        @Override
        public String name() {
            return "peer-" + index;
        }

        /** One look at a time: of two that overlap, the one that stores later may have read earlier. */
        @Override
        public synchronized long value() {
            long seen = target.value(index);
            if (seen < greatest) {
                backwards = true;
            } else {
                greatest = seen;
            }
            return greatest;
        }

        @Override
        public PointStatus status(long point) {
            if (!backwards && value() >= point) {
                return PointStatus.SIGNALED;
            }
            FakeTimeline owner = target.own(index);
            return backwards || over != null || point >= owner.firstFailed ? PointStatus.FAILED : PointStatus.PENDING;
        }

        @Override
        public PointStatus look(long point) {
            return status(point);
        }

        @Override
        public @Nullable Errno why() {
            return error();
        }

        @Override
        public @Nullable Errno error() {
            if (backwards) {
                return Errno.EPROTO;
            }
            Errno owners = target.own(index).error;
            return owners != null ? owners : over;
        }

        @Override
        public PointStatus awaitPoint(long point, long timeoutNanos) throws InterruptedException {
            return target.await(this, point, timeoutNanos);
        }

        @Override
        public DmaFence fence(long point) {
            return target.fence(this, name(), point);
        }
    }
}
