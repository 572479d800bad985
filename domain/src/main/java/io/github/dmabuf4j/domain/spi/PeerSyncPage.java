package io.github.dmabuf4j.domain.spi;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.fence.Timeline;
import java.lang.foreign.MemorySegment;

/**
 * A peer's sync page as we see it: read-only, and not to be trusted. Whatever is read there is read once into private
 * memory, checked, and then used.
 *
 * <p>All methods may be called from any thread.
 */
public interface PeerSyncPage extends AutoCloseable {
    /**
     * Where things lie, as the peer said and the constructor of {@link SyncGeometry} checked.
     *
     * @return the geometry
     */
    SyncGeometry geometry();

    /**
     * All lines.
     *
     * @return a read-only view that every thread may use, valid until {@link #close}
     */
    MemorySegment memory();

    /**
     * One of the peer's timelines. A value that runs backwards is a violation: it fails the timeline with EPROTO for
     * good and ends every wait.
     *
     * @param index 0 up to {@code geometry().timelines() - 1}
     * @return the timeline; the same object in every call
     */
    Timeline timeline(int index);

    /**
     * Ends every wait on the peer's timelines, because the peer died, left or was turned away: the values are read once
     * more, and points beyond them fail. Points that are reached stay signalled. Idempotent.
     *
     * @param error what the failed points carry, such as EOWNERDEAD
     */
    void fail(Errno error);

    /** Unmaps the page; implies {@link #fail} with ECANCELED. No thread may use {@link #memory} any more. Idempotent. */
    @Override
    void close();
}
