package io.github.dmabuf4j.cli.litmus;

import io.github.dmabuf4j.memory.CacheMaintenance;
import io.github.dmabuf4j.memory.Pages;
import java.util.concurrent.atomic.AtomicLong;

/** Passes everything on and counts the bytes for which something was done. */
final class CountedMaintenance implements CacheMaintenance {
    private final CacheMaintenance real;
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong uncachedBytes = new AtomicLong();

    CountedMaintenance(CacheMaintenance real) {
        this.real = real;
    }

    /** Bytes that were cleaned or invalidated, or both. */
    long bytes() {
        return bytes.get();
    }

    /** Bytes that became uncached. */
    long uncachedBytes() {
        return uncachedBytes.get();
    }

    @Override
    public void clean(Pages pages, long offset, long length) {
        bytes.addAndGet(length);
        real.clean(pages, offset, length);
    }

    @Override
    public void invalidate(Pages pages, long offset, long length) {
        bytes.addAndGet(length);
        real.invalidate(pages, offset, length);
    }

    @Override
    public void flush(Pages pages, long offset, long length) {
        bytes.addAndGet(length);
        real.flush(pages, offset, length);
    }

    @Override
    public void drain() {
        real.drain();
    }

    @Override
    public long becomeUncached(Pages run) {
        long done = real.becomeUncached(run);
        bytes.addAndGet(done);
        uncachedBytes.addAndGet(done);
        return done;
    }

    @Override
    public void leaveUncached(Pages run) {
        bytes.addAndGet(run.size());
        real.leaveUncached(run);
    }

    @Override
    public void zero(Pages run) {
        real.zero(run);
    }
}
