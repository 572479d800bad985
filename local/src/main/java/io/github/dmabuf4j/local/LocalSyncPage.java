package io.github.dmabuf4j.local;

import io.github.dmabuf4j.domain.spi.Attachment;
import io.github.dmabuf4j.domain.spi.PeerSyncPage;
import io.github.dmabuf4j.domain.spi.SyncGeometry;
import io.github.dmabuf4j.domain.spi.SyncPage;
import io.github.dmabuf4j.fence.PointStatus;
import io.github.dmabuf4j.fence.SignalingTimeline;
import io.github.dmabuf4j.fence.Timeline;
import io.github.dmabuf4j.linux.PeerTimeline;
import io.github.dmabuf4j.linux.PeerTimelinePage;
import io.github.dmabuf4j.linux.SharedTimeline;
import io.github.dmabuf4j.linux.TimelinePage;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;

/** A sync page of our own: the lines of a {@link TimelinePage}, divided as a geometry says. */
final class LocalSyncPage implements SyncPage {
    private final TimelinePage page;
    private final SyncGeometry geometry;
    private final SharedTimeline[] timelines;
    // Lent to one wait at a time, so that a wait allocates nothing unless several threads wait at once.
    private final AtomicReference<PeerTimeline @Nullable []> waitedFor = new AtomicReference<>();

    private LocalSyncPage(TimelinePage page, SyncGeometry geometry, String name) {
        this.page = page;
        this.geometry = geometry;
        this.timelines = new SharedTimeline[geometry.timelines()];
        for (int i = 0; i < timelines.length; i++) {
            timelines[i] = page.timeline(geometry.firstTimeline() + i, name + " " + i);
        }
    }

    static LocalSyncPage create(SyncGeometry geometry, String name) throws IOException {
        return new LocalSyncPage(TimelinePage.create(name, geometry.lines()), geometry, name);
    }

    TimelinePage page() {
        return page;
    }

    @Override
    public SyncGeometry geometry() {
        return geometry;
    }

    @Override
    public MemorySegment memory() {
        return page.memory();
    }

    @Override
    public SignalingTimeline timeline(int index) {
        return timelines[index];
    }

    @Override
    public void watch(PeerSyncPage peer) {
        forEachWatched(peer, (waiter, index) -> timelines[index].addWatcher(waiter, interestLine(peer, index)));
    }

    @Override
    public void unwatch(PeerSyncPage peer) {
        forEachWatched(peer, (waiter, index) -> timelines[index].removeWatcher(waiter, interestLine(peer, index)));
    }

    private static int interestLine(PeerSyncPage peer, int index) {
        return peer.geometry().interestLine() + index;
    }

    private void forEachWatched(PeerSyncPage peer, ObjIntConsumer<PeerTimelinePage> action) {
        if (!(peer instanceof LocalPeerSyncPage local)) {
            throw new IllegalArgumentException(
                    "a page of the local backend is watched by another of its kind, not " + peer);
        }
        int count = Math.min(timelines.length, peer.geometry().interestLines());
        for (int i = 0; i < count; i++) {
            action.accept(local.page(), i);
        }
    }

    @Override
    public Attachment attachment() {
        return new FdAttachment.Lent(page.fd());
    }

    /** {@inheritDoc} One sleep on the words of all timelines; allocates nothing while one thread at a time waits. */
    @Override
    public int awaitAny(Timeline[] peers, long[] points, int count, long timeoutNanos) throws InterruptedException {
        if (count == 1) {
            return peers[0].awaitPoint(points[0], timeoutNanos) == PointStatus.PENDING ? -1 : 0;
        }
        PeerTimeline @Nullable [] lent = waitedFor.getAndSet(null);
        if (lent == null || lent.length < count) {
            lent = new PeerTimeline[count];
        }
        for (int i = 0; i < count; i++) {
            if (!(peers[i] instanceof PeerTimeline peer)) {
                return SyncPage.super.awaitAny(peers, points, count, timeoutNanos);
            }
            lent[i] = peer;
        }
        try {
            return PeerTimeline.awaitAny(lent, points, count, timeoutNanos);
        } finally {
            waitedFor.set(lent);
        }
    }

    @Override
    public void close() {
        page.close();
    }

    @Override
    public String toString() {
        return "sync page of " + geometry.lines() + " lines";
    }
}
