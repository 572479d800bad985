package io.github.dmabuf4j.tck;

import static io.github.dmabuf4j.tck.Case.ACTIVE;
import static io.github.dmabuf4j.tck.Case.LONG;
import static io.github.dmabuf4j.tck.Case.NOW;
import static io.github.dmabuf4j.tck.Case.SIGNALED;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.tck.Engine.FenceFile;
import io.github.dmabuf4j.tck.Engine.Point;
import io.github.dmabuf4j.tck.Engine.SyncObject;
import io.github.dmabuf4j.tck.Engine.Timeline;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The kernel's drivers/dma-buf/st-dma-fence-chain.c, told by a sync object: each point added is a node, looking a point
 * up is exporting it, and the newest fence in the exported file tells which node was found.
 */
@Family("chain")
class UpstreamFenceChainTest {
    private static final int LENGTH = 64;
    private static final int LONG_CHAIN = 4096;

    /** A sync object whose points each wait for a timeline of their own, so that any order of signalling is possible. */
    private record Chain(Engine engine, SyncObject object, List<Timeline> timelines, LongUnaryOperator number) {
        static Chain of(Engine engine, int length, LongUnaryOperator number) {
            Chain chain = new Chain(engine, engine.syncObject(false), new ArrayList<>(), number);
            for (int i = 0; i < length; i++) {
                Timeline timeline = engine.timeline("t" + i);
                FenceFile fence = timeline.fence(1);
                chain.object.importFile(fence, chain.point(i));
                fence.close();
                chain.timelines.add(timeline);
            }
            return chain;
        }

        static Chain of(Engine engine, int length) {
            return of(engine, length, i -> i + 1);
        }

        long point(int index) {
            return number.applyAsLong(index);
        }

        void signal(int index) {
            timelines.get(index).increment(1);
        }

        /** The index of the node that a point resolves to. */
        int found(long point) {
            String newest = object.exportFile(point).info().timelines().getFirst();
            assertThat(newest).matches("t[0-9]+");
            return Integer.parseInt(newest.substring(1));
        }

        boolean isSignaled(FenceFile file) throws InterruptedException {
            return file.poll(NOW);
        }

        void waitFor(List<Integer> order) throws Exception {
            Point tail = new Point(object, point(timelines.size() - 1));
            FutureTask<Boolean> waiter = Case.start(
                    () -> assertThat(engine.await(List.of(tail), Set.of(), LONG).done())
                            .isTrue());
            for (int index : order) {
                signal(index);
            }
            waiter.get();
            assertThat(object.query()).isEqualTo(tail.point());
        }
    }

    @Test
    @DisplayName("test_sanitycheck")
    void sanitycheck(Engine engine) throws Exception {
        Chain chain = Chain.of(engine, 1);
        FenceFile node = chain.object.exportFile(1);
        assertThat(chain.isSignaled(node)).isFalse();
        chain.signal(0);
        assertThat(chain.isSignaled(node)).isTrue();
    }

    @Test
    @DisplayName("test_find_seqno")
    void findSeqno(Engine engine) {
        Chain chain = Chain.of(engine, LENGTH);
        assertThat(chain.found(0)).as("0 is the newest").isEqualTo(LENGTH - 1);
        for (int i = 0; i < LENGTH; i++) {
            assertThat(chain.found(chain.point(i))).isEqualTo(i);
        }
        Case.refused(Errno.EINVAL, () -> chain.object.exportFile(LENGTH + 1));
    }

    @Test
    @DisplayName("test_find_signaled")
    void findSignaled(Engine engine) {
        Chain chain = Chain.of(engine, 2);
        chain.signal(0);
        assertThat(chain.object.exportFile(1).status()).isEqualTo(SIGNALED);
    }

    @Test
    @DisplayName("test_find_out_of_order")
    void findOutOfOrder(Engine engine) {
        Chain chain = Chain.of(engine, 3);
        chain.signal(1);
        assertThat(chain.found(2)).as("the oldest that is not signalled").isZero();
    }

    @Test
    @DisplayName("test_find_gap")
    void findGap(Engine engine) {
        Chain chain = Chain.of(engine, LENGTH, i -> 2 * (i + 1));
        for (int i = 0; i < LENGTH; i++) {
            assertThat(chain.found(2L * i + 1)).isEqualTo(i);
            assertThat(chain.found(2L * i + 2)).isEqualTo(i);
        }
    }

    @Test
    @DisplayName("test_find_race")
    void findRace(Engine engine) throws Exception {
        int length = 512;
        Chain chain = Chain.of(engine, length);
        long seed = System.nanoTime();
        List<Case.Work> works = new ArrayList<>();
        for (int thread = 0; thread < 3; thread++) {
            Random random = new Random(seed + thread);
            works.add(() -> {
                for (int round = 0; round < 2_000; round++) {
                    int index = random.nextInt(length);
                    FenceFile found = chain.object.exportFile(chain.point(index));
                    assertThat(found.info().status()).as("seed %d", seed).isBetween(ACTIVE, SIGNALED);
                    found.close();
                    if (random.nextInt(8) == 0) {
                        chain.signal(random.nextInt(length));
                    }
                }
            });
        }
        Case.inParallel(works);
        for (int i = 0; i < length; i++) {
            chain.signal(i);
            assertThat(chain.object.exportFile(chain.point(i)).status())
                    .as("seed %d", seed)
                    .isEqualTo(SIGNALED);
        }
    }

    @Test
    @DisplayName("test_signal_forward")
    void signalForward(Engine engine) throws Exception {
        Chain chain = Chain.of(engine, LENGTH);
        List<FenceFile> nodes = nodes(chain);
        for (int i = 0; i < LENGTH; i++) {
            chain.signal(i);
            assertThat(chain.isSignaled(nodes.get(i))).isTrue();
            assertThat(i + 1 < LENGTH && chain.isSignaled(nodes.get(i + 1))).isFalse();
        }
    }

    @Test
    @DisplayName("test_signal_backward")
    void signalBackward(Engine engine) throws Exception {
        Chain chain = Chain.of(engine, LENGTH);
        List<FenceFile> nodes = nodes(chain);
        for (int i = LENGTH - 1; i >= 0; i--) {
            chain.signal(i);
            assertThat(i > 0 && chain.isSignaled(nodes.get(i))).isFalse();
        }
        for (FenceFile node : nodes) {
            assertThat(chain.isSignaled(node)).isTrue();
        }
    }

    private static List<FenceFile> nodes(Chain chain) {
        List<FenceFile> nodes = new ArrayList<>();
        for (int i = 0; i < LENGTH; i++) {
            nodes.add(chain.object.exportFile(chain.point(i)));
        }
        return nodes;
    }

    private static List<Integer> forward() {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < LONG_CHAIN; i++) {
            order.add(i);
        }
        return order;
    }

    @Test
    @DisplayName("test_wait_forward")
    void waitForward(Engine engine) throws Exception {
        Chain.of(engine, LONG_CHAIN).waitFor(forward());
    }

    @Test
    @DisplayName("test_wait_backward")
    void waitBackward(Engine engine) throws Exception {
        Chain.of(engine, LONG_CHAIN).waitFor(forward().reversed());
    }

    @Test
    @DisplayName("test_wait_random")
    void waitRandom(Engine engine) throws Exception {
        List<Integer> order = forward();
        Collections.shuffle(order, new Random(20180608));
        Chain.of(engine, LONG_CHAIN).waitFor(order);
    }
}
