package io.github.dmabuf4j.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.fence.FenceArray;
import io.github.dmabuf4j.fence.FenceContext;
import io.github.dmabuf4j.fence.FenceStatus;
import io.github.dmabuf4j.fence.UserFence;
import io.github.dmabuf4j.linux.sync.KernelSyncFile;
import io.github.dmabuf4j.linux.sync.SwSyncTimeline;
import io.github.dmabuf4j.linux.testing.LeakCheck;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Fences of the kernel that this process signals, as fences of this library. */
@Timeout(60)
@ExtendWith(LeakCheck.class)
class SwSyncSuite {
    private static final Duration LONG = Duration.ofSeconds(50);

    @Test
    void callbacksRunWhenTheKernelSignals() throws Exception {
        try (SwSyncTimeline timeline = SwSyncTimeline.open()) {
            List<Long> order = new ArrayList<>();
            CountDownLatch all = new CountDownLatch(2);
            try (KernelSyncFile one = timeline.createFence(1);
                    KernelSyncFile two = timeline.createFence(2)) {
                one.fence().onSignaled(_ -> {
                    order.add(1L);
                    all.countDown();
                });
                timeline.increment(1);
                assertThat(one.fence().await(LONG)).isTrue();
                two.fence().onSignaled(_ -> {
                    order.add(2L);
                    all.countDown();
                });
                assertThat(two.fence().poll()).isFalse();
                timeline.increment(1);
                all.await();
            }
            assertThat(order).containsExactly(1L, 2L);
        }
    }

    @Test
    void aFenceOutlivesItsFile() throws Exception {
        try (SwSyncTimeline timeline = SwSyncTimeline.open()) {
            DmaFence fence;
            try (KernelSyncFile file = timeline.createFence(1)) {
                fence = file.fence();
            }
            timeline.increment(1);
            assertThat(fence.await(LONG)).isTrue();
            assertThat(fence.status()).isEqualTo(FenceStatus.SIGNALED);
        }
    }

    @Test
    void anErrorOfTheKernelIsTheErrorOfTheFence() throws Exception {
        DmaFence fence;
        try (SwSyncTimeline timeline = SwSyncTimeline.open();
                KernelSyncFile file = timeline.createFence(1)) {
            fence = file.fence();
        }
        assertThat(fence.await(LONG)).isTrue();
        assertThat(fence.error()).isEqualTo(Errno.ENOENT);
        assertThat(fence.status()).isEqualTo(FenceStatus.FAILED);
    }

    @Test
    void fencesOfTheKernelAndOfThisProcessMix() throws Exception {
        try (SwSyncTimeline timeline = SwSyncTimeline.open();
                KernelSyncFile file = timeline.createFence(1);
                UserFence own = FenceContext.create("lab", "own").newFence()) {
            DmaFence both = FenceArray.of(List.of(file.fence(), own));
            assertThat(DmaFence.awaitAny(List.of(file.fence(), own), Duration.ofMillis(1)))
                    .isNull();
            own.signal();
            assertThat(DmaFence.awaitAny(List.of(file.fence(), own), LONG)).isSameAs(own);
            assertThat(both.poll()).isFalse();
            timeline.increment(1);
            assertThat(both.await(LONG)).isTrue();
        }
    }

    @Test
    void deadlinesReachTheDriver() throws Exception {
        try (SwSyncTimeline timeline = SwSyncTimeline.open();
                KernelSyncFile file = timeline.createFence(1)) {
            assertThat(timeline.deadline(file)).isEmpty();
            file.fence().setDeadline(2_000_000);
            file.setDeadline(3_000_000);
            assertThat(timeline.deadline(file)).hasValue(2_000_000);
        }
    }

    @Test
    void manyFencesAreWatchedByOneThread() throws Exception {
        int count = 200;
        List<KernelSyncFile> files = new ArrayList<>();
        CountDownLatch all = new CountDownLatch(count);
        try (SwSyncTimeline timeline = SwSyncTimeline.open()) {
            for (int i = 1; i <= count; i++) {
                KernelSyncFile file = timeline.createFence(i);
                files.add(file);
                file.fence().onSignaled(_ -> all.countDown());
            }
            timeline.increment(count);
            all.await();
        } finally {
            files.forEach(KernelSyncFile::close);
        }
    }

    @Test
    void aClosedFileIsRefusedInWords() throws Exception {
        try (SwSyncTimeline timeline = SwSyncTimeline.open()) {
            KernelSyncFile file = timeline.createFence(1);
            file.close();
            assertThatExceptionOfType(IllegalStateException.class).isThrownBy(file::status);
            KernelSyncFile reached = timeline.createFence(0);
            assertThat(reached.status()).isOne();
            reached.close();
        }
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> {
            SwSyncTimeline closed = SwSyncTimeline.open();
            closed.close();
            closed.increment(1);
        });
    }
}
