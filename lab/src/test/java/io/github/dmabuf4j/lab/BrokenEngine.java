package io.github.dmabuf4j.lab;

import io.github.dmabuf4j.linux.sync.SwSyncTimeline;

/** A kernel that loses every signal: the kit must notice. */
public final class BrokenEngine extends KernelEngine {
    /** An engine with nothing in it. */
    public BrokenEngine() {}

    @Override
    protected void increment(SwSyncTimeline timeline, int amount) {}
}
