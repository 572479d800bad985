package io.github.dmabuf4j.buffer.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.dmabuf4j.buffer.AllocationRequest;
import io.github.dmabuf4j.buffer.DmaBuf;
import io.github.dmabuf4j.buffer.DmaHeap;
import io.github.dmabuf4j.buffer.HeapExhaustedException;
import io.github.dmabuf4j.buffer.HeapLimits;
import io.github.dmabuf4j.buffer.HeapStats;
import io.github.dmabuf4j.buffer.OwnerUsage;
import io.github.dmabuf4j.memory.Caching;
import io.github.dmabuf4j.memory.PageBacking;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Random operations on a heap, compared with a model that only adds up what is out. */
final class HeapModel {
    private static final List<String> OWNERS = List.of("", "camera", "display");

    private final HeapMaker maker;
    private final Supplier<PageBacking> backings;

    private record Out(DmaBuf buffer, String owner, Caching caching) {}

    HeapModel(HeapMaker maker, Supplier<PageBacking> backings) {
        this.maker = maker;
        this.backings = backings;
    }

    void runAll(int runs, int operations) throws IOException {
        long first = new Random().nextLong();
        for (int i = 0; i < runs; i++) {
            run(first + i, operations);
        }
    }

    private void run(long seed, int operations) throws IOException {
        Random random = new Random(seed);
        PageBacking backing = backings.get();
        long page = backing.pageSize();
        CountingMaintenance maintenance = new CountingMaintenance(backing.maintenance());
        HeapLimits limits = new HeapLimits(random.nextInt(60) * page, 200 * page, (20 + random.nextInt(60)) * page);
        List<Out> out = new ArrayList<>();
        DmaHeap heap = maker.make(backing, limits, maintenance);
        try (heap) {
            for (int step = 0; step < operations; step++) {
                String where = maker + ", seed " + seed + ", operation " + step;
                int dice = random.nextInt(100);
                if (dice < 50) {
                    allocate(heap, random, backing, limits, out, where);
                } else if (dice < 94 && !out.isEmpty()) {
                    Out one = out.remove(random.nextInt(out.size()));
                    if (!maker.hasRegion() && random.nextInt(12) == 0) {
                        one.buffer.markShared(); // in a region it would be lost for good
                    }
                    one.buffer.close();
                    one.buffer.close();
                } else if (dice < 97) {
                    long bytes = random.nextLong(20 * page);
                    long kept = heap.stats().pooledBytes();
                    assertThat(heap.shrink(bytes)).as(where).isLessThanOrEqualTo(kept);
                } else {
                    heap.awaitIdle();
                }
                check(heap, limits, page, out, maintenance, where);
            }
            out.forEach(each -> each.buffer.close());
            out.clear();
            heap.awaitIdle();
            check(heap, limits, page, out, maintenance, maker + ", seed " + seed + ", at the end");
        }
    }

    private void allocate(
            DmaHeap heap, Random random, PageBacking backing, HeapLimits limits, List<Out> out, String where)
            throws IOException {
        List<Caching> offered =
                List.of(Caching.values()).stream().filter(heap::offers).toList();
        Caching caching = offered.get(random.nextInt(offered.size()));
        String owner = OWNERS.get(random.nextInt(OWNERS.size()));
        long size = 1 + random.nextLong(18 * backing.pageSize());
        long rounded = maker.rounded(backing, size);
        AllocationRequest request = AllocationRequest.of(size).with(caching).onAccountOf(owner);
        long live = bytes(out);
        long own = usage(out).getOrDefault(owner, new OwnerUsage(0, 0)).bytes();
        boolean overQuota = !owner.isEmpty() && rounded > limits.quotaBytes() - own;
        if (rounded > limits.limitBytes() - live || overQuota) {
            assertThatExceptionOfType(HeapExhaustedException.class).as(where).isThrownBy(() -> heap.allocate(request));
            return;
        }
        try {
            DmaBuf buffer = heap.allocate(request);
            HeapContract.assertZero(maker, buffer, where);
            out.add(new Out(HeapContract.soil(maker, buffer), owner, caching));
        } catch (HeapExhaustedException full) {
            assertThat(maker.hasRegion()).as(where + ": " + full.getMessage()).isTrue();
            assertThat(full.largestRun()).as(where).isLessThan(Math.max(rounded, 2 * largestFit(rounded)));
            assertThat(full.free()).as(where).isEqualTo(HeapMaker.REGION_PAGES * backing.pageSize() - live);
        }
    }

    /** A run of this length has an aligned part of the size, wherever it begins. */
    private static long largestFit(long rounded) {
        return Long.highestOneBit(Math.max(1, 2 * rounded - 1));
    }

    private static long bytes(List<Out> out) {
        return out.stream().mapToLong(each -> each.buffer.size()).sum();
    }

    private static Map<String, OwnerUsage> usage(List<Out> out) {
        Map<String, OwnerUsage> usage = new TreeMap<>();
        for (Out each : out) {
            OwnerUsage one = new OwnerUsage(1, each.buffer.size());
            usage.merge(each.owner, one, (a, b) -> new OwnerUsage(a.buffers() + b.buffers(), a.bytes() + b.bytes()));
        }
        return usage;
    }

    private void check(
            DmaHeap heap, HeapLimits limits, long page, List<Out> out, CountingMaintenance maintenance, String where) {
        HeapStats stats = heap.stats();
        assertThat(stats.liveBuffers()).as(where).isEqualTo(out.size());
        assertThat(stats.liveBytes()).as(where).isEqualTo(bytes(out));
        assertThat(heap.owners()).as(where).isEqualTo(usage(out));
        assertThat(stats.maintainedBytes()).as(where).isEqualTo(maintenance.maintained.get());
        if (maker.hasRegion()) {
            assertThat(stats.pooledBytes()).as(where).isEqualTo(HeapMaker.REGION_PAGES * page - bytes(out));
            assertThat(stats.mostPooledBytes()).as(where).isEmpty();
            assertThat(heap.reclaimableBytes()).as(where).isZero();
            return;
        }
        assertThat(stats.pooledBytes())
                .as(where)
                .isLessThanOrEqualTo(Caching.values().length * limits.highWaterBytes());
        long most = maker.keeps() ? limits.highWaterBytes() : 0;
        assertThat(stats.mostPooledBytes().values())
                .as(where)
                .allSatisfy(kept -> assertThat(kept).isBetween(0L, most));
        assertThat(stats.mostPooledBytes().values().stream()
                        .mapToLong(Long::longValue)
                        .sum())
                .as(where)
                .isGreaterThanOrEqualTo(stats.pooledBytes());
    }
}
