package io.github.dmabuf4j.fence;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
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
    /** Changed by the holder of this object's monitor, together with the watchers. */
    private volatile @Nullable DmaFence held;

    /** Those who wait for a point that is not there yet; guarded by this. */
    private final Set<Watcher> watchers = new LinkedHashSet<>();

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
        return held;
    }

    /**
     * The fence that stands for a point at this moment.
     *
     * @param point the number; 0 for whatever is held
     * @return the fence: for a point that is signalled and collected, the stub; null if the point was not added yet
     * @see <a href="https://docs.kernel.org/gpu/drm-mm.html#c.drm_syncobj_find_fence">drm_syncobj_find_fence</a>
     */
    public @Nullable DmaFence findFence(long point) {
        DmaFence now = held;
        return now != null && has(now, point) ? find(now, point) : null;
    }

    private static boolean has(DmaFence fence, long point) {
        return point == 0 || (fence instanceof FenceChain chain && Long.compareUnsigned(chain.seqno(), point) >= 0);
    }

    /** Finds a point that is there. May complete fences, so without a lock. */
    private static DmaFence find(DmaFence fence, long point) {
        DmaFence found = fence instanceof FenceChain chain ? chain.findSeqno(point) : fence;
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
        List<Watcher> told;
        synchronized (this) {
            if (held == fence) {
                return;
            }
            held = fence;
            told = takeWatchers(fence);
        }
        tell(told, fence);
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
        List<Watcher> told;
        synchronized (this) {
            node = FenceChain.of(held, flat, point);
            held = node;
            told = takeWatchers(node);
        }
        tell(told, node);
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
        return held instanceof FenceChain chain ? chain.reachedSeqno() : 0;
    }

    /**
     * The newest point that was added.
     *
     * @return its number, 0 if this is no timeline
     */
    public long lastSubmitted() {
        return held instanceof FenceChain chain ? chain.seqno() : 0;
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
        DmaFence now;
        synchronized (this) {
            now = held;
            if (now == null || !has(now, watcher.point)) {
                watchers.add(watcher);
                return;
            }
        }
        watcher.materialized(find(now, watcher.point));
    }

    synchronized boolean unwatch(Watcher watcher) {
        return watchers.remove(watcher);
    }

    /**
     * Takes those out whose point a fence brings, in the same step that puts it in: they learn of it even if it is
     * replaced at once.
     */
    private List<Watcher> takeWatchers(@Nullable DmaFence fence) {
        if (fence == null || watchers.isEmpty()) {
            return List.of();
        }
        List<Watcher> taken = new ArrayList<>();
        watchers.removeIf(watcher -> has(fence, watcher.point) && taken.add(watcher));
        return taken;
    }

    private static void tell(List<Watcher> watchers, @Nullable DmaFence fence) {
        if (fence != null) {
            watchers.forEach(watcher -> watcher.materialized(find(fence, watcher.point)));
        }
    }
}
