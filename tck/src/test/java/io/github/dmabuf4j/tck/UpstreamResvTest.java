package io.github.dmabuf4j.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dmabuf4j.buffer.DmaResv;
import io.github.dmabuf4j.buffer.FenceUsage;
import io.github.dmabuf4j.buffer.ResvCursor;
import io.github.dmabuf4j.fence.DmaFence;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The kernel's drivers/dma-buf/st-dma-resv.c. */
@Family("resv")
@InProcessOnly("user space neither locks reservations nor chooses all usages; ResvTest has what it sees")
class UpstreamResvTest {
    private final DmaResv resv = new DmaResv();
    private final MockFence fence = MockFence.alone();

    private void add(FenceUsage usage) {
        resv.lock();
        resv.reserve(1);
        resv.add(fence, usage);
        resv.unlock();
    }

    @Test
    @DisplayName("test_sanitycheck")
    void sanitycheck() {
        fence.end(null);
        resv.lock();
        assertThat(resv.isLocked()).isTrue();
        resv.unlock();
        assertThat(resv.isLocked()).isFalse();
    }

    @ParameterizedTest(name = "test_signaling {0}")
    @EnumSource(FenceUsage.class)
    void signaling(FenceUsage usage) {
        add(usage);
        assertThat(resv.testSignaled(usage)).isFalse();
        fence.end(null);
        assertThat(resv.testSignaled(usage)).isTrue();
    }

    @ParameterizedTest(name = "test_for_each {0}")
    @EnumSource(FenceUsage.class)
    void forEach(FenceUsage usage) {
        add(usage);
        List<Object> seen = new ArrayList<>();
        resv.lock();
        resv.forEach(usage, (each, its) -> seen.addAll(List.of(each, its)));
        resv.unlock();
        assertThat(seen).containsExactly(fence, usage);
    }

    @ParameterizedTest(name = "test_for_each_unlocked {0}")
    @EnumSource(FenceUsage.class)
    void forEachUnlocked(FenceUsage usage) {
        add(usage);
        ResvCursor cursor = resv.cursor(usage);
        int visits = 0;
        while (cursor.next()) {
            assertThat(cursor.isRestarted()).isTrue();
            assertThat(cursor.fence()).isSameAs(fence);
            assertThat(cursor.usage()).isEqualTo(usage);
            if (++visits == 1) {
                resv.lock();
                resv.reserve(64); // publishes another list, which the walk must notice
                resv.unlock();
            }
        }
        assertThat(visits).isEqualTo(2);
    }

    @ParameterizedTest(name = "test_get_fences {0}")
    @EnumSource(FenceUsage.class)
    void getFences(FenceUsage usage) {
        add(usage);
        List<DmaFence> fences = resv.fences(usage);
        assertThat(fences).containsExactly(fence);
    }
}
