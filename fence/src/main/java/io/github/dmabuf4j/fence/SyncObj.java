package io.github.dmabuf4j.fence;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A container for a fence that can be replaced: the kernel's drm_syncobj, within one process and without a device. Used
 * as <em>binary</em> it holds at most one fence; used as <em>timeline</em> it holds the newest node of a
 * {@link FenceChain}, and its points can be waited for before they exist ({@link SyncObjWait}).
 *
 * <p>All methods may be called from any thread.
 *
 * @see <a href="https://docs.kernel.org/gpu/drm-mm.html#drm-sync-objects">DRM sync objects</a>
 */
public final class SyncObj {
    private final AtomicReference<@Nullable DmaFence> held = new AtomicReference<>();

    /** Those who wait for a point that is not there yet. */
    private final Set<Watcher> watchers = ConcurrentHashMap.newKeySet();

    /** When to walk the chain again, so that walking costs O(1) for each point added; a guess, so racy. */
    private int addedSinceWalk;

    private int lengthAtWalk;

    private SyncObj() {}

    /** Somebody who wants to hear once when a point exists. */
    abstract static class Watcher {
        final long point;

        Watcher(long point) {
            this.point = point;
        }

        /** Called once, without a lock. */
        abstract void materialized(DmaFence fence);
    }

    /**
     * An object without a fence.
     *
     * @return a new object
     */
    public static SyncObj create() {
        return new SyncObj();
    }

    /**
     * An object with a fence that is signalled as of now.
     *
     * @return a new object
     */
    public static SyncObj createSignaled() {
        SyncObj object = new SyncObj();
        object.signal();
        return object;
    }

    /**
     * The fence held.
     *
     * @return the fence or the newest chain node, or null
     * @see <a href="https://docs.kernel.org/gpu/drm-mm.html#c.drm_syncobj_fence_get">drm_syncobj_fence_get</a>
     */
    public @Nullable DmaFence fence() {
        return held.get();
    }

    /**
     * The fence that stands for a point at this moment.
     *
     * @param point the number; 0 for whatever is held
     * @return the fence: for a point that is signalled and collected, the stub; null if the point was not added yet
     * @see <a href="https://docs.kernel.org/gpu/drm-mm.html#c.drm_syncobj_find_fence">drm_syncobj_find_fence</a>
     */
    public @Nullable DmaFence findFence(long point) {
        DmaFence now = held.get();
        if (now == null || point == 0) {
            return now;
        }
        if (!(now instanceof FenceChain chain) || Long.compareUnsigned(chain.seqno(), point) < 0) {
            return null;
        }
        DmaFence found = chain.findSeqno(point);
        return found == null ? DmaFence.stub() : found;
    }

    private DmaFence findOrThrow(long point) {
        DmaFence found = findFence(point);
        if (found == null) {
            throw new IllegalStateException(
                    "nothing was submitted for point " + Long.toUnsignedString(point) + " of this sync object yet");
        }
        return found;
    }

    /**
     * Puts another fence in. Whoever waits for a fence to be submitted sees it; whoever waits for the old one goes on.
     *
     * @param fence the fence, or null for none
     * @see <a href="https://docs.kernel.org/gpu/drm-mm.html#c.drm_syncobj_replace_fence">drm_syncobj_replace_fence</a>
     */
    @SuppressWarnings("ReferenceEquality")
    public void replaceFence(@Nullable DmaFence fence) {
        if (held.getAndSet(fence) != fence) {
            tellWatchers();
        }
    }

    /** Takes the fence out: {@link #replaceFence} with null. */
    public void reset() {
        replaceFence(null);
    }

    /** Puts in a fence that is signalled as of now. */
    public void signal() {
        replaceFence(DmaFence.stub(System.nanoTime()));
    }

    /**
     * Adds a point to the timeline.
     *
     * @param point its number; one that does not rise is accepted, as in the kernel, and then stands for the number of
     *     the newest point
     * @param fence when it is reached; a chain is taken apart and merged
     * @see <a href="https://docs.kernel.org/gpu/drm-mm.html#c.drm_syncobj_add_point">drm_syncobj_add_point</a>
     */
    public void addPoint(long point, DmaFence fence) {
        Objects.requireNonNull(fence, "fence");
        DmaFence flat = fence instanceof FenceChain ? FenceUnwrap.merge(fence) : fence;
        FenceChain node;
        DmaFence before;
        do {
            before = held.get();
            node = FenceChain.of(before, flat, point);
        } while (!held.compareAndSet(before, node));
        tellWatchers();
        if (++addedSinceWalk > lengthAtWalk) {
            collect(node);
        }
    }

    private void collect(FenceChain newest) {
        int length = 0;
        for (DmaFence at = newest; at != null; at = FenceChain.walk(at)) {
            length++;
        }
        lengthAtWalk = length;
        addedSinceWalk = 0;
    }

    /**
     * Adds a point that is signalled.
     *
     * @param point its number
     * @see <a href="https://docs.kernel.org/gpu/drm-mm.html#drm-sync-objects">DRM_IOCTL_SYNCOBJ_TIMELINE_SIGNAL</a>
     */
    public void signalPoint(long point) {
        addPoint(point, DmaFence.stub());
    }

    /**
     * The point the timeline has reached.
     *
     * @return the highest number up to which all points are signalled, 0 if this is no timeline. Rises as long as the
     *     points were added in order
     * @see <a href="https://docs.kernel.org/gpu/drm-mm.html#drm-sync-objects">DRM_IOCTL_SYNCOBJ_QUERY</a>
     */
    public long query() {
        return held.get() instanceof FenceChain chain ? chain.reachedSeqno() : 0;
    }

    /**
     * The newest point that was added.
     *
     * @return its number, 0 if this is no timeline
     */
    public long lastSubmitted() {
        return held.get() instanceof FenceChain chain ? chain.seqno() : 0;
    }

    /**
     * Copies a fence from one object to another.
     *
     * @param from what to copy
     * @param to where: point 0 replaces the fence, another is added with the leaves of the source merged
     * @throws IllegalStateException if nothing was submitted for the source
     * @see <a href="https://docs.kernel.org/gpu/drm-mm.html#drm-sync-objects">DRM_IOCTL_SYNCOBJ_TRANSFER</a>
     */
    public static void transfer(SyncPoint from, SyncPoint to) {
        to.object().put(to.point(), from.object().findOrThrow(from.point()));
    }

    /**
     * Copies a fence from one object to another, and waits for it to be submitted if need be.
     *
     * @param from what to copy
     * @param to where, as in {@link #transfer(SyncPoint, SyncPoint)}
     * @param patience the longest wait (the kernel waits 5 seconds)
     * @return false if nothing was submitted in that time; then nothing is changed
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public static boolean transfer(SyncPoint from, SyncPoint to, Duration patience) throws InterruptedException {
        if (!SyncObjWait.forAny(List.of(from)).available().await(patience).done()) {
            return false;
        }
        transfer(from, to);
        return true;
    }

    private void put(long point, DmaFence fence) {
        if (point == 0) {
            replaceFence(fence);
        } else {
            addPoint(point, FenceUnwrap.merge(fence));
        }
    }

    /**
     * A sync file with the fence of a point as it is now.
     *
     * @param point the number; 0 for whatever is held
     * @return the file; later changes of this object do not reach it
     * @throws IllegalStateException if nothing was submitted for the point
     */
    public SyncFile exportSyncFile(long point) {
        return SyncFile.of(findOrThrow(point));
    }

    /**
     * Takes the fence of a sync file.
     *
     * @param file the file; it stays as it is
     * @param point 0 replaces the fence held, another number adds a point
     */
    public void importSyncFile(SyncFile file, long point) {
        if (point == 0) {
            replaceFence(file.fence());
        } else {
            addPoint(point, file.fence());
        }
    }

    /**
     * Runs an action once, when a point is signalled: what the kernel does with an eventfd.
     *
     * @param point the number; 0 for the fence held or the first that is put in
     * @param action what to do; must not block. Runs at once, on this thread, if the point is signalled
     * @return closing it takes the action back
     * @see <a href="https://docs.kernel.org/gpu/drm-mm.html#drm-sync-objects">DRM_IOCTL_SYNCOBJ_EVENTFD</a>
     */
    public SyncObjEvent onSignaled(long point, Runnable action) {
        return SyncObjEvent.register(this, point, false, action);
    }

    /**
     * Runs an action once, when a point exists, signalled or not.
     *
     * @param point the number; 0 for the fence held or the first that is put in
     * @param action what to do; must not block. Runs at once, on this thread, if the point exists
     * @return closing it takes the action back
     */
    public SyncObjEvent onAvailable(long point, Runnable action) {
        return SyncObjEvent.register(this, point, true, action);
    }

    /** Tells a watcher about its point, at once or later; exactly once unless it is taken back. */
    void watch(Watcher watcher) {
        watchers.add(watcher);
        tell(watcher);
    }

    boolean unwatch(Watcher watcher) {
        return watchers.remove(watcher);
    }

    private void tellWatchers() {
        // Without a lock: looking a point up can complete fences. Each watcher is told by who takes it out of the set.
        for (Watcher watcher : watchers) {
            tell(watcher);
        }
    }

    private void tell(Watcher watcher) {
        DmaFence found = findFence(watcher.point);
        if (found != null && watchers.remove(watcher)) {
            watcher.materialized(found);
        }
    }
}
