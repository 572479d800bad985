package io.github.dmabuf4j.jcstress;

import io.github.dmabuf4j.memory.Pages;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicInteger;

/** Pages that are an array: enough for races about who holds a buffer. */
final class HeapPages implements Pages {
    private final MemorySegment memory = MemorySegment.ofArray(new byte[8]);

    /** How many hold these pages at this moment, for tests of their pool. */
    final AtomicInteger owners = new AtomicInteger();

    byte first() {
        return memory.get(ValueLayout.JAVA_BYTE, 0);
    }

    void dirty() {
        memory.fill((byte) 1);
    }

    @Override
    public long size() {
        return memory.byteSize();
    }

    @Override
    public MemorySegment lease(Arena arena, boolean writable) {
        return memory;
    }

    @Override
    public boolean writable() {
        return true;
    }

    @Override
    public void zero() {
        memory.fill((byte) 0);
    }

    @Override
    public void close() {}
}
