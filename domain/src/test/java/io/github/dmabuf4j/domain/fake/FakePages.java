package io.github.dmabuf4j.domain.fake;

import io.github.dmabuf4j.memory.Pages;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;

/** Another domain's pages, mapped here. */
final class FakePages implements Pages {
    private final FakeBackend backend;
    private final MemorySegment memory;
    private final boolean writable;
    private final AtomicBoolean closed = new AtomicBoolean();

    FakePages(FakeBackend backend, Pages target, boolean writable) {
        this.backend = backend;
        this.memory = target.lease(Arena.ofAuto(), writable);
        this.writable = writable;
        backend.openMappings.incrementAndGet();
    }

    @Override
    public long size() {
        return memory.byteSize();
    }

    @Override
    public MemorySegment lease(Arena arena, boolean writing) {
        if (closed.get()) {
            throw new IllegalStateException("these pages are closed");
        }
        return writing ? memory : memory.asReadOnly();
    }

    @Override
    public boolean writable() {
        return writable;
    }

    @Override
    public void zero() {
        memory.fill((byte) 0);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            backend.openMappings.decrementAndGet();
        }
    }
}
