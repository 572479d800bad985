package io.github.dmabuf4j.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dmabuf4j.memory.ArenaBacking;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A long life of a heap: a million times a buffer is had or given back, and all is accounted for at every moment. */
@Timeout(120)
class HeapEnduranceTest {
    private static final int TIMES = 1_000_000;
    private static final int PAGE = 4096;
    private static final int MOST_PAGES = 20;
    private static final MemorySegment ZEROS = MemorySegment.ofArray(new byte[MOST_PAGES * PAGE]);

    @Test
    void aMillionTimesHadAndGivenBack() throws IOException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        ArenaBacking memory = new ArenaBacking();
        long registered = BufferRegistry.size();
        long highWater = 200L * PAGE;
        DmaBuf[] live = new DmaBuf[32];
        long buffers = 0;
        long bytes = 0;
        long allocated = 0;
        try (SystemHeap heap = new SystemHeap(memory, highWater, Long.MAX_VALUE)) {
            for (int i = 0; i < TIMES; i++) {
                int slot = random.nextInt(live.length);
                DmaBuf old = live[slot];
                if (old == null) {
                    long size = (1L + random.nextInt(random.nextInt(MOST_PAGES) + 1)) * PAGE;
                    live[slot] = used(heap.allocate(size), random, seed);
                    buffers++;
                    allocated++;
                    bytes += size;
                } else {
                    old.close();
                    live[slot] = null;
                    buffers--;
                    bytes -= old.size();
                }
                HeapStats stats = heap.stats();
                boolean exact = stats.liveBuffers() == buffers
                        && stats.liveBytes() == bytes
                        && stats.hits() + stats.misses() == allocated
                        && stats.misses() == buffers + stats.pooledBuffers() + stats.dropped()
                        && memory.given() == bytes + stats.pooledBytes();
                if (!exact || stats.pooledBytes() > highWater) {
                    throw new AssertionError("seed %d, step %d: %d buffers, %d bytes, of memory %d, and yet %s"
                            .formatted(seed, i, buffers, bytes, memory.given(), stats));
                }
            }
            for (DmaBuf each : live) {
                if (each != null) {
                    each.close();
                }
            }
            heap.awaitIdle();
            HeapStats end = heap.stats();
            assertThat(end.liveBuffers()).isZero();
            assertThat(end.liveBytes()).isZero();
            assertThat(end.pooledBytes()).isLessThanOrEqualTo(highWater).isEqualTo(memory.given());
            assertThat(end.hits())
                    .as("most were served from the pool, seed " + seed)
                    .isGreaterThan(end.misses());
        }
        assertThat(memory.given()).isZero();
        assertThat(BufferRegistry.size()).isEqualTo(registered);
    }

    /** Every byte must be zero; afterwards some are not. */
    private static DmaBuf used(DmaBuf buffer, Random random, long seed) {
        try (CpuAccess access = buffer.beginCpuAccess(AccessMode.READ_WRITE)) {
            MemorySegment all = access.segment();
            if (MemorySegment.mismatch(all, 0, all.byteSize(), ZEROS, 0, all.byteSize()) >= 0) {
                throw new AssertionError(buffer + " is not zero, seed " + seed);
            }
            all.set(ValueLayout.JAVA_BYTE, random.nextLong(all.byteSize()), (byte) 1);
            all.set(ValueLayout.JAVA_BYTE, all.byteSize() - 1, (byte) 1);
        }
        return buffer;
    }
}
