package io.github.dmabuf4j.lab;

import io.github.dmabuf4j.linux.drm.DrmSyncObj;
import io.github.dmabuf4j.linux.sync.SwSyncTimeline;

/** A kernel that loses every signal, of timelines that move or end and of sync objects: the kit must notice. */
public final class BrokenEngine extends KernelEngine {
    /** An engine with nothing in it. */
    public BrokenEngine() {}

    @Override
    protected void increment(SwSyncTimeline timeline, int amount) {}

    @Override
    protected void end(SwSyncTimeline timeline) {}

    @Override
    public SyncObject syncObject(boolean signaled) {
        return super.syncObject(false);
    }

    @Override
    protected void signal(DrmSyncObj object) {}

    @Override
    protected void signal(DrmSyncObj object, long point) {}
}
