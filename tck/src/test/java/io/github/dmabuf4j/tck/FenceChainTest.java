package io.github.dmabuf4j.tck;

import static io.github.dmabuf4j.tck.Case.ENOENT;
import static io.github.dmabuf4j.tck.Case.NOW;
import static io.github.dmabuf4j.tck.Case.SIGNALED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.fence.FenceArray;
import io.github.dmabuf4j.fence.FenceChain;
import io.github.dmabuf4j.tck.Engine.FenceFile;
import io.github.dmabuf4j.tck.Engine.SyncObject;
import io.github.dmabuf4j.tck.Engine.Timeline;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rules of dma_fence_chain. */
@Family("chain")
class FenceChainTest {
    private final MockFence first = MockFence.alone();
    private final MockFence second = MockFence.alone();
    private final MockFence third = MockFence.alone();

    @Test
    @DisplayName("names are dma_fence_chain and unbound; the fences inside come newest first")
    void names(Engine engine) {
        SyncObject object = engine.syncObject(false);
        object.importFile(engine.timeline("old").fence(1), 1);
        object.importFile(engine.timeline("new").fence(1), 5);
        FenceFile node = object.exportFile(5);
        assertThat(node.info().name()).matches("dma_fence_chain-unbound[0-9]+.*");
        assertThat(node.info().timelines()).containsExactly("new", "old");
    }

    @Test
    @DisplayName("a point signals when its fence and those of all points before have")
    void allBefore(Engine engine) throws Exception {
        Timeline old = engine.timeline("old");
        Timeline recent = engine.timeline("new");
        SyncObject object = engine.syncObject(false);
        object.importFile(old.fence(1), 1);
        object.importFile(recent.fence(1), 2);
        FenceFile node = object.exportFile(2);
        recent.increment(1);
        assertThat(node.poll(NOW)).isFalse();
        assertThat(object.query()).isZero();
        old.increment(1);
        assertThat(node.poll(NOW)).isTrue();
        assertThat(object.query()).isEqualTo(2);
    }

    @Test
    @DisplayName("a node takes over no error; the fence inside keeps it")
    void noErrors(Engine engine) {
        Timeline timeline = engine.timeline("t");
        SyncObject object = engine.syncObject(false);
        object.importFile(timeline.fence(1), 1);
        FenceFile node = object.exportFile(1);
        timeline.close();
        assertThat(node.status()).isEqualTo(SIGNALED);
        assertThat(node.info().status()).isEqualTo(ENOENT);
    }

    @Test
    @DisplayName("points that do not rise begin a new context with the highest number so far")
    void outOfOrder(Engine engine) {
        SyncObject object = engine.syncObject(false);
        long[] points = {1, 5, 3, 6, 7};
        long[] submitted = {1, 5, 5, 6, 7};
        long[] reached = {0, 0, 5, 6, 7};
        Timeline[] timelines = new Timeline[points.length];
        for (int i = 0; i < points.length; i++) {
            timelines[i] = engine.timeline("t" + i);
            object.importFile(timelines[i].fence(1), points[i]);
            assertThat(object.lastSubmitted()).isEqualTo(submitted[i]);
        }
        for (int i = 0; i < points.length; i++) {
            timelines[i].increment(1);
            assertThat(object.query()).isEqualTo(reached[i]);
        }
    }

    @Test
    @DisplayName("a point that is signalled and collected is found as signalled")
    void collected(Engine engine) throws Exception {
        Timeline timeline = engine.timeline("t");
        SyncObject object = engine.syncObject(false);
        for (int i = 1; i <= 10; i++) {
            object.importFile(timeline.fence(i), i);
        }
        timeline.increment(7);
        assertThat(object.query()).isEqualTo(7);
        assertThat(object.exportFile(3).poll(NOW)).isTrue();
        assertThat(object.exportFile(3).status()).isEqualTo(SIGNALED);
        assertThat(object.exportFile(8).poll(NOW)).isFalse();
        assertThat(object.exportFile(10).info().fences()).as("what is left").hasSize(3);
    }

    @Test
    @DisplayName("a deadline reaches every fence along the chain")
    void deadline(Engine engine) {
        Timeline timeline = engine.timeline("t");
        FenceFile one = timeline.fence(1);
        FenceFile two = timeline.fence(2);
        SyncObject object = engine.syncObject(false);
        object.importFile(one, 1);
        object.importFile(two, 2);
        object.exportFile(2).setDeadline(4_321);
        assertThat(timeline.deadline(one)).isEqualTo(4_321);
        assertThat(timeline.deadline(two)).isEqualTo(4_321);
    }

    @Test
    @DisplayName("an array may be the fence of a point")
    void arrayInside(Engine engine) throws Exception {
        Timeline one = engine.timeline("one");
        Timeline other = engine.timeline("other");
        SyncObject object = engine.syncObject(false);
        object.importFile(engine.merge("both", one.fence(1), other.fence(1)), 1);
        FenceFile node = object.exportFile(1);
        assertThat(node.info().timelines()).containsExactlyInAnyOrder("one", "other");
        one.increment(1);
        assertThat(node.poll(NOW)).isFalse();
        other.increment(1);
        assertThat(node.poll(NOW)).isTrue();
    }

    @Test
    @DisplayName("100,000 points signalled from the newest to the oldest end without deep recursion")
    @InProcessOnly("a point each would need 100,000 timelines")
    void longChain() {
        int length = 100_000;
        MockFence[] fences = new MockFence[length];
        FenceChain newest = null;
        for (int i = 0; i < length; i++) {
            fences[i] = MockFence.alone();
            newest = FenceChain.of(newest, fences[i], i + 1);
        }
        boolean[] ended = {false};
        FenceChain last = java.util.Objects.requireNonNull(newest);
        last.onSignaled(_ -> ended[0] = true);
        for (int i = length - 1; i >= 0; i--) {
            assertThat(ended[0]).isFalse();
            fences[i].end(null);
        }
        assertThat(ended[0]).isTrue();
    }

    @Test
    @DisplayName("a node with a higher number goes on in the context before it, any other begins one")
    @InProcessOnly("user space sees contexts only as part of names")
    void contexts() {
        FenceChain one = FenceChain.of(null, first, 3);
        FenceChain next = FenceChain.of(one, second, 4);
        assertThat(next.context()).isEqualTo(one.context());
        FenceChain again = FenceChain.of(next, third, 4);
        assertThat(again.context()).isNotEqualTo(one.context());
        assertThat(again.seqno()).isEqualTo(4);
        FenceChain lower = FenceChain.of(next, third, 1);
        assertThat(lower.seqno()).isEqualTo(4);
        FenceChain onPlain = FenceChain.of(MockFence.alone(), second, 9);
        assertThat(onPlain.context()).isNotEqualTo(one.context());
        assertThat(onPlain.seqno()).isEqualTo(9);
        FenceChain huge = FenceChain.of(FenceChain.of(null, first, Long.MAX_VALUE), second, Long.MIN_VALUE);
        assertThat(huge.seqno()).as("unsigned").isEqualTo(Long.MIN_VALUE);
    }

    @Test
    @DisplayName("walking goes to the next older node, and unlinks nodes whose fence is signalled")
    @InProcessOnly("user space cannot walk")
    void walk() {
        FenceChain one = FenceChain.of(null, first, 1);
        FenceChain two = FenceChain.of(one, second, 2);
        FenceChain three = FenceChain.of(two, third, 3);
        assertThat(FenceChain.walk(three)).isSameAs(two);
        second.end(null);
        assertThat(FenceChain.walk(three)).isSameAs(one);
        first.end(null);
        assertThat(FenceChain.walk(three)).isNull();
        assertThat(FenceChain.walk(first))
                .as("nothing comes before a plain fence")
                .isNull();
    }

    @Test
    @DisplayName("a plain fence may be the end of a chain; once signalled it is dropped")
    @InProcessOnly("sync objects put only nodes below nodes")
    void plainTail() {
        FenceChain node = FenceChain.of(first, second, 1);
        second.end(null);
        assertThat(node.poll()).isFalse();
        assertThat(FenceChain.walk(node)).isSameAs(first);
        first.end(null);
        assertThat(FenceChain.walk(node)).isNull();
        assertThat(node.poll()).isTrue();
    }

    @Test
    @DisplayName("looking a number up: 0 is the newest, a future one is refused, a collected one is nothing")
    @InProcessOnly("user space sees the stub in place of nothing")
    void find() {
        FenceChain one = FenceChain.of(null, first, 1);
        FenceChain two = FenceChain.of(one, second, 2);
        assertThat(two.findSeqno(0)).isSameAs(two);
        assertThat(two.findSeqno(1)).isSameAs(one);
        assertThatIllegalArgumentException().isThrownBy(() -> two.findSeqno(3));
        first.end(null);
        assertThat(two.findSeqno(1)).isNull();
    }

    @Test
    @DisplayName("a node listens to one fence at a time, the newest that is not signalled")
    @InProcessOnly("hooks are functions of the kernel")
    void oneAtATime() {
        FenceChain node = FenceChain.of(FenceChain.of(null, first, 1), second, 2);
        node.onSignaled(_ -> {});
        assertThat(List.of(first.enabled, second.enabled)).containsExactly(0, 1);
        second.end(null);
        assertThat(List.of(first.enabled, second.enabled)).containsExactly(1, 1);
        assertThat(node.isSignaled()).isFalse();
        first.end(Errno.EIO);
        assertThat(node.isSignaled()).isTrue();
        assertThat(node.error()).isNull();
    }

    @Test
    @DisplayName("the fence of a node alone; a fence that is no node is its own")
    @InProcessOnly("user space sees leaves only")
    void contained() {
        DmaFence array = FenceArray.of(List.of(first, second));
        assertThat(FenceChain.contained(FenceChain.of(null, array, 1))).isSameAs(array);
        assertThat(FenceChain.contained(array)).isSameAs(array);
    }
}
