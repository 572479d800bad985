package io.github.dmabuf4j.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dmabuf4j.memory.ArenaBacking;
import io.github.dmabuf4j.memory.CacheMaintenance;
import io.github.dmabuf4j.memory.Pages;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A region that is full of memory that is just being zeroed. */
@Timeout(60)
class CarveoutHeapTest {
    @Test
    void memoryThatIsBeingZeroedIsWaitedForHoweverItRaces() throws IOException {
        ArenaBacking backing = new ArenaBacking();
        try (CarveoutHeap heap =
                new CarveoutHeap("one page", backing, backing.pageSize(), HeapLimits.DEFAULT, new SlowZeroing())) {
            for (int round = 0; round < 50_000; round++) {
                heap.allocate(1).close(); // the only page: it is free only when the cleaner is done with it
            }
            heap.awaitIdle();
            assertThat(heap.stats().liveBytes()).isZero();
        }
        assertThat(backing.given()).isZero();
    }

    /** Takes a little longer each time, so that the cleaner ends at every moment of an allocation. */
    private static final class SlowZeroing implements CacheMaintenance {
        private int round;

        @Override
        public void zero(Pages run) {
            run.zero();
            for (int i = round++ % 500; i > 0; i--) {
                Thread.onSpinWait();
            }
        }

        @Override
        public void clean(Pages pages, long offset, long length) {}

        @Override
        public void invalidate(Pages pages, long offset, long length) {}

        @Override
        public void drain() {}
    }
}
