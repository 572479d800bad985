package io.github.dmabuf4j.memory;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Fresh runs for a pool, mapped in one way: the one place where a run of a pool becomes uncached, and where it stops
 * being so.
 */
final class RunSource {
    final PageBacking backing;
    private final Caching caching;
    private final CacheMaintenance maintenance;
    private final AtomicLong maintainedBytes = new AtomicLong();

    RunSource(PageBacking backing, Caching caching, CacheMaintenance maintenance) {
        if (!backing.offers(caching)) {
            throw new UnsupportedCachingException(backing.name(), caching);
        }
        this.backing = backing;
        this.caching = caching;
        this.maintenance = maintenance;
    }

    Pages give(long size, String label) throws IOException {
        Pages run = backing.give(size, label);
        if (caching == Caching.CACHED) {
            return run;
        }
        try {
            run = backing.remap(run, caching);
            maintainedBytes.addAndGet(maintenance.becomeUncached(run));
            return run;
        } catch (Throwable failed) {
            run.close();
            throw failed;
        }
    }

    void zero(Pages run) {
        maintenance.zero(run);
    }

    void takeBack(Pages run) {
        try {
            if (caching != Caching.CACHED) {
                maintenance.leaveUncached(run);
            }
        } finally {
            run.close();
        }
    }

    /** How many bytes a run that need not be fresh saves. */
    long savedBy(long size) {
        return caching == Caching.CACHED ? 0 : size;
    }

    long maintainedBytes() {
        return maintainedBytes.get();
    }
}
