package io.github.dmabuf4j.tck;

import static io.github.dmabuf4j.tck.Case.ACTIVE;
import static io.github.dmabuf4j.tck.Case.LONG;
import static io.github.dmabuf4j.tck.Case.NOW;
import static io.github.dmabuf4j.tck.Case.SIGNALED;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.tck.Engine.FenceFile;
import io.github.dmabuf4j.tck.Engine.Timeline;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The kernel's tools/testing/selftests/sync; the three stress cases are shorter here. */
@Family("sw_sync")
class UpstreamSyncTest {
    @Test
    @DisplayName("test_alloc_timeline")
    void allocTimeline(Engine engine) {
        Timeline timeline = engine.timeline("t");
        timeline.increment(0);
        timeline.close();
    }

    @Test
    @DisplayName("test_alloc_fence")
    void allocFence(Engine engine) {
        FenceFile fence = engine.timeline("t").fence(1);
        assertThat(fence.status()).isEqualTo(ACTIVE);
        fence.close();
    }

    @Test
    @DisplayName("test_alloc_fence_negative")
    void allocFenceNegative(Engine engine) {
        Timeline timeline = engine.timeline("t");
        timeline.close();
        Case.refused(Errno.EBADF, () -> timeline.fence(1));
    }

    @Test
    @DisplayName("test_fence_one_timeline_wait")
    void fenceOneTimelineWait(Engine engine) throws Exception {
        Timeline timeline = engine.timeline("t");
        FenceFile fence = timeline.fence(5);
        assertThat(fence.poll(NOW)).isFalse();
        timeline.increment(1);
        assertThat(fence.poll(NOW)).isFalse();
        timeline.increment(4);
        assertThat(fence.poll(NOW)).isTrue();
        timeline.increment(10);
        assertThat(fence.poll(NOW)).isTrue();
    }

    @Test
    @DisplayName("test_fence_one_timeline_merge")
    void fenceOneTimelineMerge(Engine engine) {
        Timeline timeline = engine.timeline("t");
        FenceFile a = timeline.fence(1);
        FenceFile b = timeline.fence(2);
        FenceFile c = timeline.fence(3);
        FenceFile d = engine.merge("mergeFence", b, a);
        FenceFile merged = engine.merge("mergeFence", c, d);
        for (FenceFile each : List.of(a, b, c, d, merged)) {
            assertThat(each.info().count(ACTIVE)).isEqualTo(1);
        }
        for (FenceFile ends : List.of(a, b, c)) {
            assertThat(merged.info().count(SIGNALED)).isZero();
            timeline.increment(1);
            assertThat(ends.info().count(SIGNALED)).isEqualTo(1);
        }
        assertThat(merged.info().count(ACTIVE)).isZero();
        assertThat(merged.info().count(SIGNALED)).isEqualTo(1);
    }

    @Test
    @DisplayName("test_fence_merge_same_fence")
    void fenceMergeSameFence(Engine engine) {
        Timeline timeline = engine.timeline("t");
        FenceFile fence = timeline.fence(5);
        FenceFile merged = engine.merge("foo", fence, fence);
        assertThat(merged.info().count(SIGNALED)).isZero();
        timeline.increment(5);
        assertThat(merged.info().count(SIGNALED)).isEqualTo(1);
    }

    @Test
    @DisplayName("test_fence_multi_timeline_wait")
    void fenceMultiTimelineWait(Engine engine) throws Exception {
        List<Timeline> timelines = List.of(engine.timeline("A"), engine.timeline("B"), engine.timeline("C"));
        FenceFile merged = engine.merge(
                "mergeFence", timelines.get(1).fence(5), timelines.get(0).fence(5));
        merged = engine.merge("mergeFence", timelines.get(2).fence(5), merged);
        assertThat(merged.info().count(ACTIVE)).isEqualTo(3);
        assertThat(merged.poll(NOW)).isFalse();
        for (int done = 1; done <= 3; done++) {
            timelines.get(done - 1).increment(5);
            assertThat(merged.info().count(ACTIVE)).isEqualTo(3 - done);
            assertThat(merged.info().count(SIGNALED)).isEqualTo(done);
        }
        assertThat(merged.poll(LONG)).isTrue();
    }

    @Test
    @DisplayName("test_stress_two_threads_shared_timeline")
    void stressTwoThreadsSharedTimeline(Engine engine) throws Exception {
        int rounds = 4_096;
        Timeline timeline = engine.timeline("t");
        int[] counter = {0}; // guarded by the timeline alone
        List<Case.Work> works = new ArrayList<>();
        for (int thread = 0; thread < 2; thread++) {
            int id = thread;
            works.add(() -> {
                for (int i = 0; i < rounds; i++) {
                    FenceFile fence = timeline.fence(i * 2 + id);
                    assertThat(fence.poll(LONG)).isTrue();
                    assertThat(counter[0]).isEqualTo(i * 2 + id);
                    counter[0]++;
                    timeline.increment(1);
                    fence.close();
                }
            });
        }
        Case.inParallel(works);
        assertThat(counter[0]).isEqualTo(rounds * 2);
    }

    @Test
    @DisplayName("test_consumer_stress_multi_producer_single_consumer")
    void consumerStress(Engine engine) throws Exception {
        int producers = 5;
        int rounds = 512;
        List<Timeline> produced = new ArrayList<>();
        for (int i = 0; i < producers; i++) {
            produced.add(engine.timeline("p" + i));
        }
        Timeline consumed = engine.timeline("c");
        AtomicInteger counter = new AtomicInteger();
        List<Case.Work> works = new ArrayList<>();
        for (Timeline own : produced) {
            works.add(() -> {
                for (int i = 0; i < rounds; i++) {
                    FenceFile room = consumed.fence(i);
                    assertThat(room.poll(LONG)).isTrue();
                    assertThat(room.status()).isEqualTo(SIGNALED);
                    room.close();
                    counter.incrementAndGet();
                    own.increment(1);
                }
            });
        }
        works.add(() -> {
            for (int i = 1; i <= rounds; i++) {
                FenceFile merged = produced.getFirst().fence(i);
                for (Timeline other : produced.subList(1, producers)) {
                    FenceFile next = other.fence(i);
                    FenceFile both = engine.merge("name", merged, next);
                    merged.close();
                    next.close();
                    merged = both;
                }
                if (i % 8 == 0) {
                    while (merged.status() == ACTIVE) {
                        Thread.yield();
                    }
                } else {
                    assertThat(merged.poll(LONG)).isTrue();
                }
                assertThat(merged.status()).isEqualTo(SIGNALED);
                assertThat(counter).hasValue(producers * i);
                merged.close();
                consumed.increment(1);
            }
        });
        Case.inParallel(works);
    }

    @Test
    @DisplayName("test_merge_stress_random_merge")
    void mergeStressRandomMerge(Engine engine) throws Exception {
        int count = 32;
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<Timeline> timelines = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            timelines.add(engine.timeline("t" + i));
        }
        int[] latest = new int[count];
        FenceFile merged = timelines.getFirst().fence(1);
        latest[0] = 1;
        for (int i = 0; i < 4_096; i++) {
            int which = random.nextInt(count);
            int point = 1 + random.nextInt(Integer.MAX_VALUE);
            FenceFile fence = timelines.get(which).fence(point);
            FenceFile both = engine.merge("merge", merged, fence);
            merged.close();
            fence.close();
            merged = both;
            latest[which] = Math.max(latest[which], point);
        }
        long used = java.util.Arrays.stream(latest).filter(point -> point > 0).count();
        assertThat(merged.info().fences()).as("seed %d", seed).hasSize((int) used);
        for (int i = 0; i < count; i++) {
            if (latest[i] > 0) {
                assertThat(merged.poll(NOW)).as("seed %d", seed).isFalse();
                timelines.get(i).increment(latest[i]);
            }
        }
        assertThat(merged.poll(NOW)).as("seed %d", seed).isTrue();
    }
}
