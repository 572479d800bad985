package io.github.dmabuf4j.domain.fake;

import io.github.dmabuf4j.domain.spi.Attachment;
import io.github.dmabuf4j.domain.spi.PeerSyncPage;
import io.github.dmabuf4j.domain.spi.SyncGeometry;
import io.github.dmabuf4j.domain.spi.SyncPage;
import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.fence.PointStatus;
import io.github.dmabuf4j.fence.SignalingTimeline;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Lines of plain memory. The value of a timeline lies where the wire format has it, so that a hostile test can change it
 * behind everybody's back; its error is kept beside.
 */
public final class FakePage implements SyncPage {
    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();

    private final FakeBackend backend;
    private final SyncGeometry geometry;
    private final MemorySegment memory;
    private final FakeTimeline[] timelines;
    private final Set<PeerSyncPage> watched = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean closed = new AtomicBoolean();
    final Object bell = new Object();
    final CopyOnWriteArrayList<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile int sleepers;

    FakePage(FakeBackend backend, SyncGeometry geometry, String name) {
        this.backend = backend;
        this.geometry = geometry;
        this.memory = Arena.ofAuto().allocate(geometry.bytes(), SyncGeometry.LINE_BYTES);
        this.timelines = new FakeTimeline[geometry.timelines()];
        for (int i = 0; i < timelines.length; i++) {
            timelines[i] = new FakeTimeline(this, name + "-" + i, i);
        }
        backend.openPages.incrementAndGet();
    }

    @Override
    public SyncGeometry geometry() {
        return geometry;
    }

    @Override
    public MemorySegment memory() {
        return memory;
    }

    @Override
    public SignalingTimeline timeline(int index) {
        return timelines[index];
    }

    FakeTimeline own(int index) {
        return timelines[index];
    }

    @Override
    public void watch(PeerSyncPage peer) {
        watched.add(peer);
    }

    @Override
    public void unwatch(PeerSyncPage peer) {
        watched.remove(peer);
    }

    /** How many peers' pages this page looks at. */
    public int watched() {
        return watched.size();
    }

    @Override
    public Attachment attachment() {
        return new FakeAttachment(backend, this, false);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            backend.openPages.decrementAndGet();
            for (FakeTimeline timeline : timelines) {
                timeline.cancel();
            }
        }
    }

    /** Stores a value that no correct owner stores. */
    public void force(int index, long value) {
        LONG.setVolatile(memory, at(index), value);
        ring();
    }

    long value(int index) {
        return (long) LONG.getAcquire(memory, at(index));
    }

    void ring() {
        VarHandle.fullFence();
        if (sleepers > 0) {
            synchronized (bell) {
                bell.notifyAll();
            }
        }
        if (!listeners.isEmpty()) {
            listeners.forEach(Runnable::run);
        }
    }

    private long at(int index) {
        return (long) (geometry.firstTimeline() + index) * SyncGeometry.LINE_BYTES;
    }

    /** What a timeline of this page looks like from one side. */
    interface Eye {
        PointStatus look(long point);

        @Nullable Errno why();
    }

    PointStatus await(Eye eye, long point, long timeoutNanos) throws InterruptedException {
        PointStatus status = eye.look(point);
        for (int spin = 0; status == PointStatus.PENDING && timeoutNanos > 0 && spin < 200; spin++) {
            Thread.onSpinWait();
            status = eye.look(point);
        }
        if (status != PointStatus.PENDING || timeoutNanos <= 0) {
            return status;
        }
        long deadline = System.nanoTime() + Math.min(timeoutNanos, Long.MAX_VALUE / 4);
        synchronized (bell) {
            sleepers++;
            try {
                while (true) {
                    VarHandle.fullFence();
                    status = eye.look(point);
                    long left = deadline - System.nanoTime();
                    if (status != PointStatus.PENDING || left <= 0) {
                        return status;
                    }
                    TimeUnit.NANOSECONDS.timedWait(bell, left);
                }
            } finally {
                sleepers--;
            }
        }
    }

    DmaFence fence(Eye eye, String name, long point) {
        return FakeFences.fence(this, eye, name, point);
    }
}
