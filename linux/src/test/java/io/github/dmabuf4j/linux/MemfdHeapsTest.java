package io.github.dmabuf4j.linux;

import io.github.dmabuf4j.buffer.SystemHeap;
import io.github.dmabuf4j.buffer.testing.HeapContract;
import io.github.dmabuf4j.linux.testing.LeakCheck;
import io.github.dmabuf4j.memory.PageBacking;
import java.io.IOException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
class MemfdHeapsTest extends HeapContract {
    /** The first buffer of a process starts a thread that stays. */
    @BeforeAll
    static void startLeakFinder() throws IOException {
        try (SystemHeap heap = new SystemHeap(new MemfdBacking())) {
            heap.allocate(1).close();
        }
    }

    @Override
    protected PageBacking freshBacking() {
        return new MemfdBacking();
    }

    @Override
    protected long outBytes() {
        return 0; // the leak check counts descriptors
    }

    @Override
    protected int operations() {
        return 150;
    }
}
