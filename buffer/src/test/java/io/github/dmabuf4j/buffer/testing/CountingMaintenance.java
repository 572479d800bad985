package io.github.dmabuf4j.buffer.testing;

import io.github.dmabuf4j.memory.CacheMaintenance;
import io.github.dmabuf4j.memory.Pages;
import java.util.concurrent.atomic.AtomicLong;

/** A platform's maintenance, with a count of what became uncached. */
public final class CountingMaintenance implements CacheMaintenance {
    /** How many bytes became uncached. */
    public final AtomicLong uncached = new AtomicLong();
    /** How many of them the platform maintained. */
    public final AtomicLong maintained = new AtomicLong();

    private final CacheMaintenance platform;

    /** Counts what goes to a platform. */
    public CountingMaintenance(CacheMaintenance platform) {
        this.platform = platform;
    }

    @Override
    public void clean(Pages pages, long offset, long length) {
        platform.clean(pages, offset, length);
    }

    @Override
    public void invalidate(Pages pages, long offset, long length) {
        platform.invalidate(pages, offset, length);
    }

    @Override
    public void drain() {
        platform.drain();
    }

    @Override
    public long becomeUncached(Pages run) {
        long bytes = platform.becomeUncached(run);
        uncached.addAndGet(run.size());
        maintained.addAndGet(bytes);
        return bytes;
    }

    @Override
    public void leaveUncached(Pages run) {
        platform.leaveUncached(run);
    }

    @Override
    public void zero(Pages run) {
        platform.zero(run);
    }
}
