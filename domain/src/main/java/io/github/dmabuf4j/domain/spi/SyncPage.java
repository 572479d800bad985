package io.github.dmabuf4j.domain.spi;

import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.PointStatus;
import io.github.dmabuf4j.fence.SignalingTimeline;
import io.github.dmabuf4j.fence.Timeline;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A sync page of our own: the timelines that we move, the ring that we write, and the announcement of what we wait for.
 * Peers see it and cannot write it.
 *
 * <p>All methods may be called from any thread.
 */
public interface SyncPage extends AutoCloseable {
    /**
     * Where things lie.
     *
     * @return the geometry given at creation
     */
    SyncGeometry geometry();

    /**
     * All lines, for the ring that the core keeps in them. Timelines and interest are the backend's alone.
     *
     * @return a writable view that every thread may use, valid until {@link #close}
     */
    MemorySegment memory();

    /**
     * One of our timelines. Its {@code signal} makes a system call only if a watching peer sleeps.
     *
     * @param index 0 up to {@code geometry().timelines() - 1}
     * @return the timeline; the same object in every call
     */
    SignalingTimeline timeline(int index);

    /**
     * Begins to look at a peer's interest at every signal. Timeline {@code i} looks at the peer's line
     * {@code peer.geometry().interestLine() + i}.
     *
     * @param peer the page in which the peer announces what it waits for
     */
    void watch(PeerSyncPage peer);

    /**
     * Ends what {@link #watch} began. After the return no signal touches the peer's page, so that it may be closed.
     *
     * @param peer the page; one that is not watched is ignored
     */
    void unwatch(PeerSyncPage peer);

    /**
     * What a peer needs to map the page; travels with HELLO.
     *
     * @return the attachment; borrowed, lives as long as the page
     */
    Attachment attachment();

    /**
     * Waits until one of several points of peers' timelines is signalled or failed. This form goes through fences and
     * allocates; a backend that can sleep on several words at once overrides it.
     *
     * @param timelines timelines of peer pages that were mapped with this page as their waiter's
     * @param points the point to wait for on each
     * @param count how many entries of both arrays count, at least 1
     * @param timeoutNanos the longest wait in nanoseconds; {@link Long#MAX_VALUE} has no limit
     * @return the index of one that is no longer pending, or -1 when the time is over
     * @throws InterruptedException if the thread is interrupted
     */
    default int awaitAny(Timeline[] timelines, long[] points, int count, long timeoutNanos)
            throws InterruptedException {
        List<DmaFence> fences = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            if (timelines[i].status(points[i]) != PointStatus.PENDING) {
                return i;
            }
            fences.add(timelines[i].fence(points[i]));
        }
        DmaFence first = DmaFence.awaitAny(fences, Duration.ofNanos(timeoutNanos));
        return first == null ? -1 : fences.indexOf(first);
    }

    /** Closes the page; points that are not reached fail with ECANCELED, here and for the peers. Idempotent. */
    @Override
    void close();
}
