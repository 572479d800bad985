package io.github.dmabuf4j.tck;

import static io.github.dmabuf4j.tck.Case.ACTIVE;
import static io.github.dmabuf4j.tck.Case.ENOENT;
import static io.github.dmabuf4j.tck.Case.NOW;
import static io.github.dmabuf4j.tck.Case.SIGNALED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.fence.FenceArray;
import io.github.dmabuf4j.fence.FenceCallback;
import io.github.dmabuf4j.tck.Engine.Buffer;
import io.github.dmabuf4j.tck.Engine.FenceFile;
import io.github.dmabuf4j.tck.Engine.Timeline;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rules of dma_fence_array: merged files are arrays, and so is what a buffer with several fences exports. */
@Family("array")
class FenceArrayTest {
    private final MockFence first = MockFence.alone();
    private final MockFence second = MockFence.alone();
    private final MockFence third = MockFence.alone();

    @Test
    @DisplayName("an array signals when all of its fences have")
    void all(Engine engine) throws Exception {
        Timeline one = engine.timeline("one");
        Timeline other = engine.timeline("other");
        FenceFile array = engine.merge("both", one.fence(1), other.fence(1));
        assertThat(array.poll(NOW)).isFalse();
        other.increment(1);
        assertThat(array.poll(NOW)).isFalse();
        assertThat(array.status()).isEqualTo(ACTIVE);
        one.increment(1);
        assertThat(array.poll(NOW)).isTrue();
        assertThat(array.status()).isEqualTo(SIGNALED);
    }

    @Test
    @DisplayName("a thread that waits for an array wakes with the last of its fences")
    void wakes(Engine engine) throws Exception {
        Timeline one = engine.timeline("one");
        Timeline other = engine.timeline("other");
        FenceFile array = engine.merge("both", one.fence(1), other.fence(1));
        FutureTask<Boolean> signaller = Case.start(() -> {
            one.increment(1);
            other.increment(1);
        });
        assertThat(array.poll(Case.LONG)).isTrue();
        signaller.get();
    }

    @Test
    @DisplayName("an array with a fence that failed still waits for the others, and then fails")
    void failsAtTheEnd(Engine engine) throws Exception {
        Timeline one = engine.timeline("one");
        Timeline other = engine.timeline("other");
        FenceFile array = engine.merge("both", one.fence(1), other.fence(1));
        assertThat(array.poll(NOW)).isFalse();
        one.close();
        assertThat(array.poll(NOW)).isFalse();
        assertThat(array.status()).isEqualTo(ACTIVE);
        other.increment(1);
        assertThat(array.status()).isEqualTo(ENOENT);
        assertThat(array.info().status()).isEqualTo(ENOENT);
    }

    @Test
    @DisplayName("names are dma_fence_array and unbound")
    void names(Engine engine) {
        Buffer buffer = engine.buffer();
        buffer.importFile(engine.timeline("one").fence(1), true);
        buffer.importFile(engine.timeline("other").fence(1), true);
        FenceFile array = buffer.exportFile(true);
        assertThat(array.info().name()).matches("dma_fence_array-unbound[0-9]+.*");
        assertThat(array.info().timelines()).containsExactly("one", "other");
    }

    @Test
    @DisplayName("a deadline reaches each fence")
    void deadline(Engine engine) {
        Timeline one = engine.timeline("one");
        Timeline other = engine.timeline("other");
        FenceFile first = one.fence(1);
        FenceFile second = other.fence(1);
        engine.merge("both", first, second).setDeadline(1_234);
        assertThat(one.deadline(first)).isEqualTo(1_234);
        assertThat(one.deadline(second)).as("of any software timeline").isEqualTo(1_234);
    }

    @Test
    @DisplayName("an array has at least one fence")
    @InProcessOnly("user space cannot make an array of nothing")
    void empty() {
        assertThatIllegalArgumentException().isThrownBy(() -> FenceArray.of(List.of()));
    }

    @Test
    @DisplayName("an array is made in a given context with a given number")
    @InProcessOnly("user space cannot choose")
    void numbers() {
        FenceArray array = FenceArray.of(List.of(first), 77, 5);
        assertThat(array.context()).isEqualTo(77);
        assertThat(array.seqno()).isEqualTo(5);
        assertThat(FenceArray.of(List.of(first)).seqno()).isEqualTo(1);
    }

    @Test
    @DisplayName("the error is that of the first fence that ended with one; later ones are ignored")
    @InProcessOnly("software timelines have only one error")
    void firstError() {
        FenceArray array = FenceArray.of(List.of(first, second, third));
        array.onSignaled(_ -> {});
        third.end(null);
        second.end(Errno.ETIME);
        first.end(Errno.EIO);
        assertThat(array.isSignaled()).isTrue();
        assertThat(array.error()).isEqualTo(Errno.ETIME);
    }

    @Test
    @DisplayName("without errors there is none")
    @InProcessOnly("the mark for none lies inside the kernel")
    void noError() {
        FenceArray array = FenceArray.of(List.of(first, second));
        array.onSignaled(_ -> {});
        second.end(null);
        first.end(null);
        assertThat(array.isSignaled()).isTrue();
        assertThat(array.error()).isNull();
    }

    @Test
    @DisplayName("enabling an array enables its fences in their order, and not before")
    @InProcessOnly("hooks are functions of the kernel")
    void enabling() {
        List<DmaFence> inOrder = new ArrayList<>();
        List<DmaFence> fences = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            fences.add(new MockFence() {
                @Override
                protected boolean enableSignaling() {
                    return inOrder.add(this);
                }
            });
        }
        FenceArray array = FenceArray.of(fences);
        assertThat(inOrder).isEmpty();
        array.onSignaled(_ -> {});
        assertThat(inOrder).containsExactlyElementsOf(fences);
    }

    @Test
    @DisplayName("enabling an array whose fences are all signalled signals it at once")
    @InProcessOnly("hooks are functions of the kernel")
    void enablingFindsTheEnd() throws Exception {
        first.end(null);
        second.willSignal = false;
        FenceArray array = FenceArray.of(List.of(first, second));
        assertThat(array.isSignaled()).isFalse();
        assertThat(array.await(NOW)).isTrue();
        assertThat(array.isSignaled()).isTrue();
    }

    @Test
    @DisplayName("asking an array that is enabled counts what has signalled, and asks no fence")
    @InProcessOnly("user space does not see signalling enabled")
    void pollingEnabled() {
        FenceArray array = FenceArray.of(List.of(first, second));
        assertThat(array.addCallback(FenceCallback.of(_ -> {}))).isTrue();
        first.workDone = true;
        second.workDone = true;
        assertThat(array.poll()).isFalse();
        assertThat(first.poll()).isTrue();
        assertThat(array.poll()).isFalse();
        assertThat(second.poll()).isTrue();
        assertThat(array.isSignaled()).isTrue();
    }

    @Test
    @DisplayName("asking an array that is not enabled asks its fences and enables nothing")
    @InProcessOnly("user space does not see signalling enabled")
    void polling() {
        FenceArray array = FenceArray.of(List.of(first, second));
        first.workDone = true;
        assertThat(array.poll()).isFalse();
        second.workDone = true;
        assertThat(array.poll()).isTrue();
        assertThat(first.enabled + second.enabled).isZero();
    }

    @Test
    @DisplayName("the array completes after the callbacks of its last fence, never among them")
    @InProcessOnly("callbacks are functions of the kernel")
    void deferred() {
        FenceArray array = FenceArray.of(List.of(first));
        List<Boolean> seen = new ArrayList<>();
        first.onSignaled(_ -> seen.add(array.isSignaled()));
        array.onSignaled(_ -> seen.add(true));
        first.end(null);
        assertThat(seen).containsExactly(false, true);
    }

    @Test
    @DisplayName("an array matches a context if all of its fences do, a plain fence if it is its own")
    @InProcessOnly("the question is asked by drivers")
    void matchContext() {
        MockFence same = new MockFence(first.context(), 2);
        assertThat(FenceArray.matchContext(FenceArray.of(List.of(first, same)), first.context()))
                .isTrue();
        assertThat(FenceArray.matchContext(FenceArray.of(List.of(first, second)), first.context()))
                .isFalse();
        assertThat(FenceArray.matchContext(first, first.context())).isTrue();
        assertThat(FenceArray.matchContext(first, second.context())).isFalse();
    }

    @Test
    @DisplayName("fences come in the order they were given, doubles too")
    @InProcessOnly("user space sees merged arrays only, which are sorted")
    void iteration() {
        assertThat(FenceArray.of(List.of(second, first, second)).fences()).containsExactly(second, first, second);
    }

    @Test
    @DisplayName("fences that signal at once on several threads complete the array once")
    @InProcessOnly("callbacks are functions of the kernel")
    void race() throws Exception {
        for (int round = 0; round < 500; round++) {
            MockFence left = MockFence.alone();
            MockFence right = MockFence.alone();
            FenceArray array = FenceArray.of(List.of(left, right));
            List<DmaFence> ran = java.util.Collections.synchronizedList(new ArrayList<>());
            array.onSignaled(ran::add);
            Case.inParallel(List.of(() -> left.end(null), () -> right.end(Errno.EIO)));
            assertThat(ran).containsExactly(array);
            assertThat(array.error()).isEqualTo(Errno.EIO);
        }
    }
}
