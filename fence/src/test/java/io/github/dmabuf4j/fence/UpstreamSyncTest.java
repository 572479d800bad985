package io.github.dmabuf4j.fence;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The kernel's own cases for sync files on sw_sync, tools/testing/selftests/sync, by their names. */
@Timeout(60)
class UpstreamSyncTest {
    private static SyncFile fence(SyncTimeline timeline, int value) {
        return SyncFile.of(timeline.createPoint(value));
    }

    private static int active(SyncFile file) {
        return file.info().count(FenceStatus.ACTIVE);
    }

    private static int signaled(SyncFile file) {
        return file.info().count(FenceStatus.SIGNALED);
    }

    @Test
    @DisplayName("alloc_timeline, alloc_fence")
    void allocate() {
        try (SyncTimeline timeline = SyncTimeline.create("alloc_timeline")) {
            SyncFile file = fence(timeline, 1);
            assertThat(file.poll()).isFalse();
            assertThat(file.name()).isEqualTo("sw_sync-alloc_timeline" + timeline.context() + "-1");
        }
    }

    @Test
    @DisplayName("alloc_fence_negative: a closed timeline makes no points")
    void allocateNegative() {
        SyncTimeline timeline = SyncTimeline.create("closed");
        timeline.close();
        org.assertj.core.api.Assertions.assertThatIllegalStateException().isThrownBy(() -> fence(timeline, 1));
    }

    @Test
    @DisplayName("fence_one_timeline_wait")
    void oneTimelineWait() throws InterruptedException {
        try (SyncTimeline timeline = SyncTimeline.create("wait")) {
            SyncFile file = fence(timeline, 5);
            assertThat(file.await(Duration.ZERO)).isFalse();
            timeline.increment(1);
            assertThat(file.await(Duration.ZERO)).isFalse();
            timeline.increment(4);
            assertThat(file.await(Duration.ZERO)).isTrue();
            timeline.increment(10);
            assertThat(file.await(Duration.ZERO)).isTrue();
        }
    }

    @Test
    @DisplayName("fence_one_timeline_merge")
    void oneTimelineMerge() {
        try (SyncTimeline timeline = SyncTimeline.create("merge")) {
            SyncFile a = fence(timeline, 1);
            SyncFile b = fence(timeline, 2);
            SyncFile c = fence(timeline, 3);
            SyncFile d = SyncFile.merge("mergeFence", b, a);
            SyncFile e = SyncFile.merge("mergeFence", c, d);
            for (SyncFile file : List.of(a, b, c, d, e)) {
                assertThat(active(file)).isEqualTo(1);
            }
            timeline.increment(1);
            assertThat(signaled(a)).isEqualTo(1);
            assertThat(active(e)).isEqualTo(1);
            timeline.increment(1);
            assertThat(signaled(b)).isEqualTo(1);
            assertThat(active(e)).isEqualTo(1);
            timeline.increment(1);
            assertThat(signaled(c)).isEqualTo(1);
            assertThat(active(e)).isZero();
            assertThat(signaled(e)).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("fence_merge_same_fence")
    void mergeSame() {
        try (SyncTimeline timeline = SyncTimeline.create("same")) {
            SyncFile file = fence(timeline, 5);
            SyncFile merged = SyncFile.merge("mergeFence", file, file);
            assertThat(signaled(merged)).isZero();
            timeline.increment(5);
            assertThat(signaled(merged)).isEqualTo(1);
            assertThat(merged.info().fences()).hasSize(1);
        }
    }

    @Test
    @DisplayName("fence_multi_timeline_wait")
    void multiTimelineWait() throws InterruptedException {
        try (SyncTimeline a = SyncTimeline.create("a");
                SyncTimeline b = SyncTimeline.create("b");
                SyncTimeline c = SyncTimeline.create("c")) {
            SyncFile merged = SyncFile.merge("all", SyncFile.merge("ab", fence(a, 5), fence(b, 5)), fence(c, 5));
            assertThat(active(merged)).isEqualTo(3);
            assertThat(merged.await(Duration.ZERO)).isFalse();
            int done = 0;
            for (SyncTimeline timeline : List.of(a, b, c)) {
                timeline.increment(5);
                done++;
                assertThat(active(merged)).isEqualTo(3 - done);
                assertThat(signaled(merged)).isEqualTo(done);
            }
            assertThat(merged.await(Duration.ofMillis(100))).isTrue();
        }
    }

    @Test
    @DisplayName("stress_two_threads_shared_timeline")
    void twoThreadsSharedTimeline() throws Exception {
        int rounds = 8192;
        int[] counter = new int[1];
        try (SyncTimeline timeline = SyncTimeline.create("shared");
                ExecutorService threads = Executors.newFixedThreadPool(2)) {
            List<Future<?>> results = new ArrayList<>();
            for (int id = 0; id < 2; id++) {
                int own = id;
                results.add(threads.submit(() -> {
                    for (int i = 0; i < rounds; i++) {
                        timeline.createPoint(i * 2 + own).await();
                        assertThat(counter[0]).isEqualTo(i * 2 + own);
                        counter[0]++;
                        timeline.increment(1);
                    }
                    return null;
                }));
            }
            for (Future<?> result : results) {
                result.get();
            }
        }
        assertThat(counter[0]).isEqualTo(2 * rounds);
    }

    @Test
    @DisplayName("consumer_stress_multi_producer_single_consumer")
    void multiProducerSingleConsumer() throws Exception {
        int producers = 5;
        int rounds = 512;
        java.util.concurrent.atomic.AtomicInteger counter = new java.util.concurrent.atomic.AtomicInteger();
        SyncTimeline consumer = SyncTimeline.create("consumer");
        List<SyncTimeline> timelines = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(producers)) {
            List<Future<?>> results = new ArrayList<>();
            for (int id = 0; id < producers; id++) {
                SyncTimeline own = SyncTimeline.create("producer" + id);
                timelines.add(own);
                results.add(threads.submit(() -> {
                    for (int i = 0; i < rounds; i++) {
                        consumer.createPoint(i).await();
                        counter.incrementAndGet();
                        own.increment(1);
                    }
                    return null;
                }));
            }
            for (int round = 1; round <= rounds; round++) {
                SyncFile merged = fence(timelines.getFirst(), round);
                for (SyncTimeline timeline : timelines.subList(1, producers)) {
                    merged = SyncFile.merge("merged", merged, fence(timeline, round));
                }
                if (round % 2 == 0) {
                    assertThat(merged.await(Duration.ofSeconds(30))).isTrue();
                } else {
                    while (merged.status() == FenceStatus.ACTIVE) {
                        Thread.onSpinWait();
                    }
                }
                assertThat(merged.status()).isEqualTo(FenceStatus.SIGNALED);
                assertThat(counter).hasValue(producers * round);
                consumer.increment(1);
            }
            for (Future<?> result : results) {
                result.get();
            }
        }
    }

    @Test
    @DisplayName("merge_stress_random_merge")
    void randomMerge() throws InterruptedException {
        int count = 32;
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int[] latest = new int[count];
        List<SyncTimeline> timelines = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            timelines.add(SyncTimeline.create("t" + i));
        }
        SyncFile merged = fence(timelines.getFirst(), 1);
        latest[0] = 1;
        for (int i = 0; i < 4096; i++) {
            int which = random.nextInt(count);
            int point = random.nextInt(Integer.MAX_VALUE - 1) + 1;
            latest[which] = Math.max(latest[which], point);
            merged = SyncFile.merge("merge", merged, fence(timelines.get(which), point));
        }
        int used = 0;
        for (int i = 0; i < count; i++) {
            used += latest[i] > 0 ? 1 : 0;
        }
        assertThat(merged.info().fences()).as("seed %d", seed).hasSize(used);
        for (int i = 0; i < count; i++) {
            assertThat(merged.await(Duration.ZERO)).as("seed %d", seed).isFalse();
            timelines.get(i).increment(latest[i]);
        }
        assertThat(merged.await(Duration.ZERO)).as("seed %d", seed).isTrue();
    }

    @Test
    @DisplayName("file information: names, folded status, and what a merge forgets")
    void information() {
        SyncTimeline failing = SyncTimeline.create("failing");
        SyncTimeline working = SyncTimeline.create("working");
        SyncFile bad = fence(failing, 1);
        SyncFile good = fence(working, 1);
        SyncFile merged = SyncFile.merge("a name that is much longer than a kernel keeps", bad, good);
        assertThat(merged.name()).isEqualTo("a name that is much longer than").hasSize(31);
        FenceInfo first = merged.info().fences().getFirst();
        assertThat(first).isEqualTo(new FenceInfo("failing", "sw_sync", FenceStatus.ACTIVE, null, 0));
        failing.close();
        working.increment(1);
        assertThat(merged.status()).isEqualTo(FenceStatus.FAILED);
        assertThat(merged.info().status()).isEqualTo(FenceStatus.FAILED);
        assertThat(merged.info().fences().getFirst().error()).isEqualTo(Errno.ENOENT);
        assertThat(merged.info().fences().getFirst().driverName()).isEqualTo("detached-driver");
        assertThat(bad.name()).isEqualTo("detached-driver-signaled-timeli");
        assertThat(SyncFile.merge("late", bad, good).status())
                .as("a merge of signalled fences forgets errors")
                .isEqualTo(FenceStatus.SIGNALED);
        SyncFile chained = SyncFile.of(FenceChain.of(null, bad.fence(), 1));
        assertThat(chained.status()).as("a chain carries no error").isEqualTo(FenceStatus.SIGNALED);
        assertThat(chained.info().status()).isEqualTo(FenceStatus.FAILED);
        merged.close();
        org.assertj.core.api.Assertions.assertThatIllegalStateException().isThrownBy(merged::info);
    }
}
