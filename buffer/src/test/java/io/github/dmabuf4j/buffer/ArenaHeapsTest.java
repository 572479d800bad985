package io.github.dmabuf4j.buffer;

import io.github.dmabuf4j.buffer.testing.HeapContract;
import io.github.dmabuf4j.memory.ArenaBacking;
import io.github.dmabuf4j.memory.PageBacking;

class ArenaHeapsTest extends HeapContract {
    private ArenaBacking arena = new ArenaBacking();

    @Override
    protected PageBacking freshBacking() {
        arena = new ArenaBacking(16 << 20);
        return arena;
    }

    @Override
    protected long outBytes() {
        return arena.given();
    }
}
