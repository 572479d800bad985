package io.github.dmabuf4j.fence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The kernel's own cases for chains, drivers/dma-buf/st-dma-fence-chain.c, by their names. */
@Timeout(60)
class UpstreamFenceChainTest {
    private static final int CHAIN_SIZE = 4096;

    /** Fences, and the chain nodes on top of each. */
    private record Chains(List<MockFence> fences, List<FenceChain> nodes) {
        static Chains of(int count, int firstSeqno, int step) {
            List<MockFence> fences = new ArrayList<>();
            List<FenceChain> nodes = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                fences.add(new MockFence());
                nodes.add(FenceChain.of(i == 0 ? null : nodes.get(i - 1), fences.get(i), firstSeqno + (long) i * step));
            }
            return new Chains(fences, nodes);
        }

        FenceChain tail() {
            return nodes.getLast();
        }
    }

    @Test
    @DisplayName("test_sanitycheck")
    void sanitycheck() {
        MockFence fence = new MockFence();
        FenceChain chain = FenceChain.of(null, fence, 1);
        chain.enable();
        assertThat(chain.isSignaled()).isFalse();
        fence.signal();
        assertThat(chain.isSignaled()).isTrue();
        assertThat(chain.driverName()).isEqualTo("dma_fence_chain");
        assertThat(chain.timelineName()).isEqualTo("unbound");
    }

    @Test
    @DisplayName("test_find_seqno")
    void findSeqno() {
        Chains chains = Chains.of(64, 1, 1);
        assertThat(chains.tail().findSeqno(0)).isSameAs(chains.tail());
        for (int i = 0; i < 64; i++) {
            FenceChain node = chains.nodes.get(i);
            assertThat(chains.tail().findSeqno(i + 1L)).isSameAs(node);
            assertThat(node.findSeqno(node.seqno())).isSameAs(node);
            long future = i + 2L;
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> node.findSeqno(future))
                    .withMessageContaining("was not added yet");
            assertThat(node.findSeqno(i)).isSameAs(i == 0 ? node : chains.nodes.get(i - 1));
        }
    }

    @Test
    @DisplayName("test_find_signaled")
    void findSignaled() {
        Chains chains = Chains.of(2, 1, 1);
        chains.fences.getFirst().signal();
        DmaFence found = chains.tail().findSeqno(1);
        assertThat(found == null || found == chains.nodes.getFirst()).isTrue();
    }

    @Test
    @DisplayName("test_find_out_of_order")
    void findOutOfOrder() {
        Chains chains = Chains.of(3, 1, 1);
        chains.fences.get(1).signal();
        assertThat(chains.tail().findSeqno(2)).isSameAs(chains.nodes.getFirst());
    }

    @Test
    @DisplayName("test_find_gap")
    void findGap() {
        Chains chains = Chains.of(64, 2, 2);
        for (int i = 0; i < 64; i++) {
            FenceChain node = chains.nodes.get(i);
            assertThat(chains.tail().findSeqno(2L * i + 1)).isSameAs(node);
            assertThat(node.findSeqno(node.seqno())).isSameAs(node);
        }
    }

    @Test
    @DisplayName("test_find_race")
    void findRace() throws Exception {
        Chains chains = Chains.of(CHAIN_SIZE, 1, 1);
        long seed = System.nanoTime();
        int workers = 3;
        try (ExecutorService threads = Executors.newFixedThreadPool(workers)) {
            List<Future<?>> results = new ArrayList<>();
            for (int worker = 0; worker < workers; worker++) {
                Random random = new Random(seed + worker);
                results.add(threads.submit(() -> {
                    for (int i = 0; i < 3000; i++) {
                        long seqno = random.nextInt(CHAIN_SIZE) + 1L;
                        DmaFence found = chains.tail().findSeqno(seqno);
                        if (found instanceof FenceChain node && node.seqno() == seqno) {
                            DmaFence self = node.findSeqno(seqno);
                            assertThat(self == null || self == node || self.seqno() < seqno)
                                    .as("seed %d", seed)
                                    .isTrue();
                        }
                        chains.fences.get(random.nextInt(CHAIN_SIZE)).signal();
                    }
                }));
            }
            for (Future<?> result : results) {
                result.get();
            }
        }
        chains.fences.forEach(MockFence::signal);
        assertThat(chains.tail().poll()).isTrue();
    }

    @Test
    @DisplayName("test_signal_forward")
    void signalForward() {
        Chains chains = Chains.of(64, 1, 1);
        for (int i = 0; i < 64; i++) {
            chains.fences.get(i).signal();
            assertThat(chains.nodes.get(i).poll()).isTrue();
            if (i + 1 < 64) {
                assertThat(chains.nodes.get(i + 1).poll()).isFalse();
            }
        }
    }

    @Test
    @DisplayName("test_signal_backward")
    void signalBackward() {
        Chains chains = Chains.of(64, 1, 1);
        for (int i = 63; i >= 0; i--) {
            chains.fences.get(i).signal();
            if (i > 0) {
                assertThat(chains.nodes.get(i).poll()).isFalse();
            }
        }
        assertThat(chains.nodes).allMatch(DmaFence::poll);
    }

    @Test
    @DisplayName("test_wait_forward")
    void waitForward() throws InterruptedException {
        waitFor(IntStream.range(0, CHAIN_SIZE).boxed().toList());
    }

    @Test
    @DisplayName("test_wait_backward")
    void waitBackward() throws InterruptedException {
        waitFor(IntStream.range(0, CHAIN_SIZE).boxed().toList().reversed());
    }

    @Test
    @DisplayName("test_wait_random")
    void waitRandom() throws InterruptedException {
        List<Integer> order =
                new ArrayList<>(IntStream.range(0, CHAIN_SIZE).boxed().toList());
        Collections.shuffle(order, new Random(42));
        waitFor(order);
    }

    private static void waitFor(List<Integer> order) throws InterruptedException {
        Chains chains = Chains.of(CHAIN_SIZE, 1, 1);
        CountDownLatch waiting = new CountDownLatch(1);
        Thread waiter = Thread.ofPlatform().start(() -> {
            waiting.countDown();
            chains.tail().awaitUninterruptibly();
        });
        waiting.await();
        for (int i = 0; i < order.size(); i++) {
            assertThat(chains.tail().isSignaled()).isFalse();
            chains.fences.get(order.get(i)).signal();
        }
        waiter.join();
        assertThat(chains.tail().isSignaled()).isTrue();
        assertThat(chains.tail().error()).isNull();
    }
}
