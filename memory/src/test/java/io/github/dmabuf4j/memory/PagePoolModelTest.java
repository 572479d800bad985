package io.github.dmabuf4j.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Random operations on a pool, compared number by number with a model that is too simple to be wrong. */
@Timeout(60)
class PagePoolModelTest {
    private static final long PAGE = 4096;
    private static final byte[] ZEROS = new byte[(int) (8 * PAGE)];

    /** What a pool should do when its thread is always done before the next operation. */
    private static final class Model {
        final long highWater;
        final List<Long> sizesByAge = new ArrayList<>();
        final Map<Long, Integer> pooled = new HashMap<>();
        long live;
        long liveBytes;
        long hits;
        long misses;
        long dropped;

        Model(long highWater) {
            this.highWater = highWater;
        }

        void take(long size) {
            if (pooled.getOrDefault(size, 0) > 0) {
                touch(size);
                add(size, -1);
                hits++;
            } else {
                misses++;
            }
            live++;
            liveBytes += size;
        }

        void retire(long size, boolean reusable) {
            live--;
            liveBytes -= size;
            if (!reusable || size > highWater) {
                dropped++;
                return;
            }
            while (pooledBytes() + size > highWater) {
                drop();
            }
            touch(size);
            add(size, 1);
        }

        long shrink(long bytes) {
            long freed = 0;
            while (freed < bytes && !sizesByAge.isEmpty()) {
                freed += drop();
            }
            return freed;
        }

        private long drop() {
            long oldest = sizesByAge.getFirst();
            add(oldest, -1);
            dropped++;
            return oldest;
        }

        private void touch(long size) {
            sizesByAge.remove(size);
            sizesByAge.add(size);
        }

        private void add(long size, int change) {
            int count = pooled.merge(size, change, Integer::sum);
            if (count == 0) {
                pooled.remove(size);
                sizesByAge.remove(size);
            }
        }

        long pooledBytes() {
            return pooled.entrySet().stream()
                    .mapToLong(each -> each.getKey() * each.getValue())
                    .sum();
        }

        PoolStats stats() {
            long runs = pooled.values().stream().mapToInt(Integer::intValue).sum();
            return new PoolStats(live, liveBytes, runs, pooledBytes(), 0, 0, hits, misses, dropped, 0, 0);
        }
    }

    @Test
    void randomOperationsAgreeWithTheModel() throws IOException {
        long first = new Random().nextLong();
        for (long seed = first; seed < first + 40; seed++) {
            run(seed);
        }
    }

    private void run(long seed) throws IOException {
        Random random = new Random(seed);
        ArenaBacking backing = new ArenaBacking();
        long highWater = random.nextInt(24) * PAGE;
        Model model = new Model(highWater);
        List<Pages> live = new ArrayList<>();
        PagePool pool = new PagePool(backing, highWater);
        try (pool) {
            for (int step = 0; step < 200; step++) {
                String where = "seed " + seed + ", step " + step;
                int dice = random.nextInt(100);
                if (live.isEmpty() || dice < 48) {
                    long size = 1 + random.nextLong(8 * PAGE);
                    Pages pages = pool.take(size, where);
                    model.take(backing.roundUp(size));
                    MemorySegment bytes = pages.lease(Arena.global(), true);
                    assertThat(bytes.mismatch(MemorySegment.ofArray(ZEROS).asSlice(0, bytes.byteSize())))
                            .as(where)
                            .isEqualTo(-1);
                    bytes.fill((byte) random.nextInt());
                    live.add(pages);
                } else if (dice < 96) {
                    Pages pages = live.remove(random.nextInt(live.size()));
                    boolean reusable = random.nextInt(8) > 0;
                    pool.retire(pages, reusable);
                    model.retire(pages.size(), reusable);
                } else {
                    long bytes = random.nextLong(6 * PAGE);
                    assertThat(pool.shrink(bytes)).as(where).isEqualTo(model.shrink(bytes));
                }
                PagePoolTest.settle(pool);
                assertThat(pool.stats()).as(where).isEqualTo(model.stats());
                assertThat(backing.given()).as(where).isEqualTo(model.liveBytes + model.pooledBytes());
            }
        }
        live.forEach(each -> pool.retire(each, true));
        assertThat(backing.given()).as("seed " + seed).isZero();
    }
}
