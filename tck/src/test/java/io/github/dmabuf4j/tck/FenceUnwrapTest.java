package io.github.dmabuf4j.tck;

import static io.github.dmabuf4j.tck.Case.SIGNALED;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.fence.FenceArray;
import io.github.dmabuf4j.fence.FenceChain;
import io.github.dmabuf4j.fence.FenceContext;
import io.github.dmabuf4j.fence.FenceUnwrap;
import io.github.dmabuf4j.tck.Engine.FenceFile;
import io.github.dmabuf4j.tck.Engine.FileInfo;
import io.github.dmabuf4j.tck.Engine.Timeline;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rules of dma_fence_unwrap: flattening and merging. */
@Family("unwrap")
class FenceUnwrapTest {
    private final MockFence first = MockFence.alone();
    private final MockFence second = MockFence.alone();

    @Test
    @DisplayName("a plain fence is its own leaf")
    void plain(Engine engine) {
        assertThat(engine.timeline("t").fence(1).info().fences()).hasSize(1);
    }

    @Test
    @DisplayName("merging what is signalled gives one fence with the time of the latest")
    void allSignaled(Engine engine) {
        Timeline early = engine.timeline("early");
        Timeline late = engine.timeline("late");
        FenceFile one = early.fence(1);
        FenceFile other = late.fence(1);
        early.increment(1);
        late.increment(1);
        long latest = other.info().fences().getFirst().timestampNanos();
        FileInfo merged = engine.merge("m", other, one).info();
        assertThat(merged.fences()).hasSize(1);
        assertThat(merged.status()).isEqualTo(SIGNALED);
        assertThat(merged.fences().getFirst().timestampNanos()).isEqualTo(latest);
    }

    @Test
    @DisplayName("errors of inputs that are signalled are lost")
    void errorsLost(Engine engine) {
        Timeline failing = engine.timeline("failing");
        FenceFile failed = failing.fence(1);
        failing.close();
        FenceFile merged = engine.merge("m", failed, engine.buffer().exportFile(true));
        assertThat(merged.status()).isEqualTo(SIGNALED);
        assertThat(merged.info().status()).isEqualTo(SIGNALED);
    }

    @Test
    @DisplayName("merging with what is signalled leaves the other fence alone")
    void oneLeft(Engine engine) {
        Timeline done = engine.timeline("done");
        FenceFile signaled = done.fence(1);
        done.increment(1);
        FenceFile merged = engine.merge("m", signaled, engine.timeline("t").fence(3));
        assertThat(merged.info().timelines()).containsExactly("t");
    }

    @Test
    @DisplayName("one fence left is that very fence; nothing merged is a stub of time 0")
    @InProcessOnly("user space sees no identity of fences")
    void identity() {
        second.end(null);
        assertThat(FenceUnwrap.merge(first, second, first)).isSameAs(first);
        DmaFence nothing = FenceUnwrap.merge(List.of());
        assertThat(nothing.isSignaled()).isTrue();
        assertThat(nothing.timestampNanos()).isZero();
    }

    @Test
    @DisplayName("several fences left are an array in a new context with number 1, sorted by context")
    @InProcessOnly("user space sees only a name of its own")
    void array() {
        DmaFence merged = FenceUnwrap.merge(second, first);
        assertThat(merged).isInstanceOfSatisfying(FenceArray.class, array -> {
            assertThat(array.seqno()).isEqualTo(1);
            assertThat(array.context()).isGreaterThan(second.context());
            assertThat(array.fences()).containsExactly(first, second);
        });
    }

    @Test
    @DisplayName("flattening opens chains from the newest node, and arrays in their order")
    @InProcessOnly("user space sees no identity of fences")
    void leaves() {
        MockFence third = MockFence.alone();
        FenceChain old = FenceChain.of(null, third, 1);
        FenceChain chain = FenceChain.of(old, FenceArray.of(List.of(second, first)), 2);
        assertThat(FenceUnwrap.leaves(chain)).containsExactly(second, first, third);
    }

    @Test
    @DisplayName("removing doubles sorts by context and keeps the latest of each")
    @InProcessOnly("dma_fence_dedup_array is for drivers")
    void dedup() {
        FenceContext context = FenceContext.create("driver", "ring");
        DmaFence one = context.newFence();
        DmaFence two = context.newFence();
        assertThat(FenceUnwrap.dedup(List.of(two, second, one, first, second))).containsExactly(first, second, two);
        assertThat(FenceUnwrap.dedup(List.of())).isEmpty();
    }

    @Test
    @DisplayName("merging asks the fences: what proves done on the way is left out")
    @InProcessOnly("hooks are functions of the kernel")
    void asks() {
        first.workDone = true;
        assertThat(FenceUnwrap.merge(first, second)).isSameAs(second);
        second.end(Errno.EIO);
    }
}
