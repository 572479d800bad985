package io.github.dmabuf4j.local;

import io.github.dmabuf4j.domain.spi.PeerIdentity;
import io.github.dmabuf4j.domain.spi.PeerSyncPage;
import io.github.dmabuf4j.domain.spi.SyncGeometry;
import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.fence.Timeline;
import io.github.dmabuf4j.linux.PeerTimeline;
import io.github.dmabuf4j.linux.PeerTimelinePage;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** A peer's sync page: the lines of a {@link PeerTimelinePage}, divided as the peer said. */
final class LocalPeerSyncPage implements PeerSyncPage {
    private final PeerTimelinePage page;
    private final SyncGeometry geometry;
    private final PeerTimeline[] timelines;

    private LocalPeerSyncPage(
            PeerTimelinePage page, SyncGeometry geometry, LocalSyncPage own, int interestLine, PeerIdentity peer) {
        this.page = page;
        this.geometry = geometry;
        this.timelines = new PeerTimeline[geometry.timelines()];
        for (int i = 0; i < timelines.length; i++) {
            timelines[i] =
                    page.timeline(geometry.firstTimeline() + i, peer + ", timeline " + i, own.page(), interestLine + i);
        }
    }

    static LocalPeerSyncPage map(
            FdAttachment attachment, SyncGeometry geometry, LocalSyncPage own, int interestLine, PeerIdentity peer)
            throws IOException {
        if (!(attachment instanceof FdAttachment.Arrived arrived)) {
            throw new IOException("only a descriptor that came with a message can be mapped, not " + attachment);
        }
        PeerTimelinePage page = PeerTimelinePage.map(arrived.take(), geometry.lines());
        try {
            return new LocalPeerSyncPage(page, geometry, own, interestLine, peer);
        } catch (IllegalStateException closed) {
            page.close();
            throw new IOException("our sync page is closed", closed);
        }
    }

    PeerTimelinePage page() {
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
    public Timeline timeline(int index) {
        return timelines[index];
    }

    @Override
    public void fail(Errno error) {
        page.fail(error);
    }

    @Override
    public void close() {
        page.close();
    }

    @Override
    public String toString() {
        return "sync page of a peer, " + geometry.lines() + " lines";
    }
}
