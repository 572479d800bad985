package io.github.dmabuf4j.fence;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The kernel's own cases for fences, drivers/dma-buf/st-dma-fence.c, by their names. */
@Timeout(60)
class UpstreamFenceTest {
    @Test
    @DisplayName("test_sanitycheck")
    void sanitycheck() {
        MockFence fence = new MockFence();
        fence.enable();
        assertThat(fence.enables).isEqualTo(1);
        assertThat(fence.signal()).isTrue();
    }

    @Test
    @DisplayName("test_signaling")
    void signaling() {
        MockFence fence = new MockFence();
        assertThat(fence.poll()).isFalse();
        assertThat(fence.signal()).isTrue();
        assertThat(fence.poll()).isTrue();
        assertThat(fence.isSignaled()).isTrue();
        assertThat(fence.releases).isEqualTo(1);
        assertThat(fence.signal()).isFalse();
        assertThat(fence.releases).isEqualTo(1);
    }

    @Test
    @DisplayName("test_add_callback")
    void addCallback() {
        MockFence fence = new MockFence();
        AtomicBoolean seen = new AtomicBoolean();
        assertThat(fence.addCallback(FenceCallback.of(f -> seen.set(true)))).isTrue();
        assertThat(seen).isFalse();
        fence.signal();
        assertThat(seen).isTrue();
    }

    @Test
    @DisplayName("test_late_add_callback")
    void lateAddCallback() {
        MockFence fence = new MockFence();
        fence.signal();
        AtomicBoolean seen = new AtomicBoolean();
        assertThat(fence.addCallback(FenceCallback.of(f -> seen.set(true)))).isFalse();
        fence.signal();
        assertThat(seen).isFalse();
    }

    @Test
    @DisplayName("test_rm_callback")
    void removeCallback() {
        MockFence fence = new MockFence();
        AtomicBoolean seen = new AtomicBoolean();
        FenceCallback callback = FenceCallback.of(f -> seen.set(true));
        assertThat(fence.addCallback(callback)).isTrue();
        assertThat(fence.removeCallback(callback)).isTrue();
        fence.signal();
        assertThat(seen).isFalse();
    }

    @Test
    @DisplayName("test_late_rm_callback")
    void lateRemoveCallback() {
        MockFence fence = new MockFence();
        AtomicBoolean seen = new AtomicBoolean();
        FenceCallback callback = FenceCallback.of(f -> seen.set(true));
        assertThat(fence.addCallback(callback)).isTrue();
        fence.signal();
        assertThat(seen).isTrue();
        assertThat(fence.removeCallback(callback)).isFalse();
    }

    @Test
    @DisplayName("test_status")
    void status() {
        MockFence fence = new MockFence();
        assertThat(fence.status()).isEqualTo(FenceStatus.ACTIVE);
        fence.signal();
        assertThat(fence.status()).isEqualTo(FenceStatus.SIGNALED);
    }

    @Test
    @DisplayName("test_error")
    void error() {
        MockFence fence = new MockFence();
        assertThat(fence.status()).isEqualTo(FenceStatus.ACTIVE);
        assertThat(fence.error()).isNull();
        fence.fail(Errno.EIO);
        assertThat(fence.status()).isEqualTo(FenceStatus.FAILED);
        assertThat(fence.error()).isEqualTo(Errno.EIO);
    }

    @Test
    @DisplayName("test_wait")
    void waiting() throws InterruptedException {
        MockFence fence = new MockFence();
        assertThat(fence.await(Duration.ZERO)).isFalse();
        assertThat(fence.enables).as("even a look enables signalling").isEqualTo(1);
        fence.signal();
        assertThat(fence.await(Duration.ZERO)).isTrue();
    }

    @Test
    @DisplayName("test_wait_timeout")
    void waitTimeout() throws InterruptedException {
        MockFence fence = new MockFence();
        assertThat(fence.await(Duration.ofMillis(1))).isFalse();
        Thread timer = Thread.ofPlatform().start(fence::signal);
        assertThat(fence.await(Duration.ofSeconds(50))).isTrue();
        timer.join();
    }

    @Test
    @DisplayName("test_stub")
    void stub() {
        for (int i = 0; i < 64; i++) {
            DmaFence stub = DmaFence.stub();
            assertThat(stub.poll()).isTrue();
            assertThat(stub.context()).isZero();
            assertThat(stub.seqno()).isZero();
            assertThat(stub).isSameAs(DmaFence.stub());
        }
    }

    /** Two threads: each publishes a fence, takes the other's and adds a callback to it; none may be lost. */
    @Test
    @DisplayName("test_race_signal_callback")
    void raceSignalCallback() throws InterruptedException, ExecutionException {
        for (boolean signalBefore : new boolean[] {true, false}) {
            race(signalBefore);
        }
    }

    private static void race(boolean signalBefore) throws InterruptedException, ExecutionException {
        int rounds = 10_000;
        AtomicReference<MockFence> left = new AtomicReference<>(new MockFence());
        AtomicReference<MockFence> right = new AtomicReference<>(new MockFence());
        AtomicBoolean stop = new AtomicBoolean();
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            Future<Integer> first = threads.submit(() -> racer(left, right, signalBefore, rounds, stop));
            Future<Integer> second = threads.submit(() -> racer(right, left, signalBefore, rounds, stop));
            assertThat(first.get()).as("lost callbacks").isZero();
            assertThat(second.get()).as("lost callbacks").isZero();
        }
    }

    private static int racer(
            AtomicReference<MockFence> own,
            AtomicReference<MockFence> others,
            boolean signalBefore,
            int rounds,
            AtomicBoolean stop)
            throws InterruptedException {
        int lost = 0;
        try {
            for (int i = 0; i < rounds && !stop.get(); i++) {
                MockFence mine = new MockFence();
                own.getAndSet(mine).signal();
                MockFence other = others.get();
                if (signalBefore) {
                    mine.signal();
                }
                CountDownLatch seen = new CountDownLatch(1);
                boolean added = other.addCallback(FenceCallback.of(f -> seen.countDown()));
                if (!signalBefore) {
                    mine.signal();
                }
                if (added) {
                    // The other thread may have left already: then its last fence is signalled here.
                    while (!other.await(Duration.ofMillis(10))) {
                        if (stop.get()) {
                            other.signal();
                        }
                    }
                    seen.await();
                } else if (!other.isSignaled()) {
                    lost++;
                }
            }
        } finally {
            stop.set(true);
            own.get().signal();
        }
        return lost;
    }

    @Test
    @DisplayName("one of many signallers wins, and all see what the winner said")
    void manySignallers() throws Exception {
        for (int round = 0; round < 200; round++) {
            MockFence fence = new MockFence();
            CountDownLatch start = new CountDownLatch(1);
            AtomicInteger winners = new AtomicInteger();
            AtomicReference<Errno> winner = new AtomicReference<>();
            Thread[] threads = new Thread[4];
            for (int i = 0; i < threads.length; i++) {
                Errno error = new Errno(i + 1);
                threads[i] = Thread.ofPlatform().start(() -> {
                    try {
                        start.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    if (fence.complete(error, error.number() * 1000L)) {
                        winners.incrementAndGet();
                        winner.set(error);
                    }
                    Errno seen = fence.error();
                    assertThat(seen).isNotNull();
                    assertThat(fence.timestampNanos()).isEqualTo(seen.number() * 1000L);
                });
            }
            start.countDown();
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(winners).hasValue(1);
            assertThat(fence.error()).isEqualTo(winner.get());
        }
    }
}
