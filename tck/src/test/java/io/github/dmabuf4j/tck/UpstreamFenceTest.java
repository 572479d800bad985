package io.github.dmabuf4j.tck;

import static io.github.dmabuf4j.tck.Case.ACTIVE;
import static io.github.dmabuf4j.tck.Case.ENOENT;
import static io.github.dmabuf4j.tck.Case.LONG;
import static io.github.dmabuf4j.tck.Case.NOW;
import static io.github.dmabuf4j.tck.Case.SHORT;
import static io.github.dmabuf4j.tck.Case.SIGNALED;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.fence.FenceCallback;
import io.github.dmabuf4j.fence.FenceStatus;
import io.github.dmabuf4j.tck.Engine.FenceFile;
import io.github.dmabuf4j.tck.Engine.Timeline;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The kernel's drivers/dma-buf/st-dma-fence.c. */
@Family("fence")
class UpstreamFenceTest {
    @Test
    @DisplayName("test_sanitycheck")
    void sanitycheck(Engine engine) throws Exception {
        Timeline timeline = engine.timeline("t");
        FenceFile fence = timeline.fence(1);
        assertThat(fence.poll(NOW)).isFalse();
        timeline.increment(1);
        assertThat(fence.poll(NOW)).isTrue();
        fence.close();
    }

    @Test
    @DisplayName("test_signaling")
    void signaling(Engine engine) throws Exception {
        Timeline timeline = engine.timeline("t");
        FenceFile fence = timeline.fence(1);
        assertThat(fence.poll(NOW)).isFalse();
        assertThat(fence.status()).isEqualTo(ACTIVE);
        timeline.increment(1);
        assertThat(fence.poll(NOW)).isTrue();
        assertThat(fence.status()).isEqualTo(SIGNALED);
    }

    @Test
    @DisplayName("test_signaling: the first to signal is told so, the second too")
    @InProcessOnly("the answer of check_and_signal goes to the producer")
    void signalingAnswers() {
        MockFence fence = new MockFence();
        assertThat(fence.isSignaled()).isFalse();
        assertThat(fence.end(null)).isTrue();
        assertThat(fence.isSignaled()).isTrue();
        assertThat(fence.poll()).isTrue();
        assertThat(fence.end(null)).isFalse();
    }

    @Test
    @DisplayName("test_add_callback")
    @InProcessOnly("callbacks are functions of the kernel")
    void addCallback() {
        MockFence fence = new MockFence();
        AtomicBoolean seen = new AtomicBoolean();
        assertThat(fence.addCallback(FenceCallback.of(_ -> seen.set(true)))).isTrue();
        assertThat(seen).isFalse();
        fence.end(null);
        assertThat(seen).isTrue();
    }

    @Test
    @DisplayName("test_late_add_callback")
    @InProcessOnly("callbacks are functions of the kernel")
    void lateAddCallback() {
        MockFence fence = new MockFence();
        AtomicBoolean seen = new AtomicBoolean();
        fence.end(null);
        assertThat(fence.addCallback(FenceCallback.of(_ -> seen.set(true)))).isFalse();
        fence.end(null);
        assertThat(seen).isFalse();
    }

    @Test
    @DisplayName("test_rm_callback")
    @InProcessOnly("callbacks are functions of the kernel")
    void removeCallback() {
        MockFence fence = new MockFence();
        AtomicBoolean seen = new AtomicBoolean();
        FenceCallback callback = FenceCallback.of(_ -> seen.set(true));
        fence.addCallback(callback);
        assertThat(fence.removeCallback(callback)).isTrue();
        fence.end(null);
        assertThat(seen).isFalse();
    }

    @Test
    @DisplayName("test_late_rm_callback")
    @InProcessOnly("callbacks are functions of the kernel")
    void lateRemoveCallback() {
        MockFence fence = new MockFence();
        AtomicBoolean seen = new AtomicBoolean();
        FenceCallback callback = FenceCallback.of(_ -> seen.set(true));
        fence.addCallback(callback);
        fence.end(null);
        assertThat(seen).isTrue();
        assertThat(fence.removeCallback(callback)).isFalse();
    }

    @Test
    @DisplayName("test_status")
    void status(Engine engine) {
        Timeline timeline = engine.timeline("t");
        FenceFile fence = timeline.fence(3);
        assertThat(fence.status()).isEqualTo(ACTIVE);
        assertThat(fence.info().status()).isEqualTo(ACTIVE);
        timeline.increment(3);
        assertThat(fence.status()).isEqualTo(SIGNALED);
        assertThat(fence.info().status()).isEqualTo(SIGNALED);
    }

    @Test
    @DisplayName("test_error")
    void error(Engine engine) {
        Timeline timeline = engine.timeline("t");
        FenceFile fence = timeline.fence(1);
        assertThat(fence.status()).isEqualTo(ACTIVE);
        timeline.close();
        assertThat(fence.status()).isEqualTo(ENOENT);
    }

    @Test
    @DisplayName("test_error: with an error of the producer's choice")
    @InProcessOnly("user space cannot choose the error of a software timeline")
    void errorOfChoice() {
        MockFence fence = new MockFence();
        assertThat(fence.status()).isEqualTo(FenceStatus.ACTIVE);
        assertThat(fence.error()).isNull();
        fence.end(Errno.EIO);
        assertThat(fence.status()).isEqualTo(FenceStatus.FAILED);
        assertThat(fence.error()).isEqualTo(Errno.EIO);
    }

    @Test
    @DisplayName("test_wait")
    void waiting(Engine engine) throws Exception {
        Timeline timeline = engine.timeline("t");
        FenceFile fence = timeline.fence(1);
        assertThat(fence.poll(NOW)).isFalse();
        timeline.increment(1);
        assertThat(fence.poll(NOW)).isTrue();
        assertThat(fence.poll(LONG)).isTrue();
    }

    @Test
    @DisplayName("test_wait_timeout")
    void waitTimeout(Engine engine) throws Exception {
        Timeline timeline = engine.timeline("t");
        FenceFile fence = timeline.fence(1);
        assertThat(fence.poll(SHORT)).isFalse();
        FutureTask<Boolean> timer = Case.start(() -> timeline.increment(1));
        assertThat(fence.poll(LONG)).isTrue();
        timer.get();
    }

    @Test
    @DisplayName("test_stub")
    void stub(Engine engine) throws Exception {
        for (int i = 0; i < 64; i++) {
            FenceFile stub = engine.buffer().exportFile(true);
            assertThat(stub.poll(NOW)).isTrue();
            assertThat(stub.status()).isEqualTo(SIGNALED);
            stub.close();
        }
    }

    @Test
    @DisplayName("test_stub: one object, context 0, number 0")
    @InProcessOnly("numbers of signalled fences are not shown to user space")
    void stubObject() {
        DmaFence stub = DmaFence.stub();
        assertThat(DmaFence.stub()).isSameAs(stub);
        assertThat(stub.context()).isZero();
        assertThat(stub.seqno()).isZero();
        assertThat(stub.driverName()).isEqualTo("stub");
        assertThat(stub.timelineName()).isEqualTo("stub");
    }

    @Test
    @DisplayName("test_race_signal_callback")
    @InProcessOnly("callbacks are functions of the kernel")
    void raceSignalCallback() throws Exception {
        for (boolean signalFirst : new boolean[] {false, true}) {
            AtomicReference<MockFence> left = new AtomicReference<>(new MockFence());
            AtomicReference<MockFence> right = new AtomicReference<>(new MockFence());
            AtomicBoolean over = new AtomicBoolean();
            Case.inParallel(
                    List.of(() -> race(left, right, signalFirst, over), () -> race(right, left, signalFirst, over)));
        }
    }

    /** Publishes own fences and adds callbacks to the other's; each that was added must run. */
    private static void race(
            AtomicReference<MockFence> own, AtomicReference<MockFence> others, boolean signalFirst, AtomicBoolean over)
            throws InterruptedException {
        try {
            for (int i = 0; i < 5_000 && !over.get(); i++) {
                MockFence mine = new MockFence();
                own.getAndSet(mine).end(null);
                if (signalFirst) {
                    mine.end(null);
                }
                MockFence other = others.get();
                AtomicBoolean seen = new AtomicBoolean();
                FenceCallback callback = FenceCallback.of(_ -> seen.set(true));
                boolean added = other.addCallback(callback);
                if (!signalFirst) {
                    mine.end(null);
                }
                if (!added) {
                    assertThat(other.isSignaled()).isTrue();
                    continue;
                }
                while (!other.await(SHORT)) {
                    if (over.get()) {
                        other.end(null);
                    }
                }
                // What the kernel's test does by taking the fence's lock: wait for a callback that is running.
                assertThat(other.removeCallback(callback) || seen.get())
                        .as("removed before it ran, or seen")
                        .isTrue();
            }
        } finally {
            over.set(true);
            own.get().end(null);
        }
    }
}
