package io.github.dmabuf4j.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.fence.PointStatus;
import io.github.dmabuf4j.linux.testing.LeakCheck;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A thread that sleeps on a peer's word is woken by its own process too: by an interrupt, by the death of the peer, by the
 * end of the page. Each comes at a random moment, so that it also comes when the thread has just looked for a reason not
 * to sleep and does not sleep yet. No wait has a time limit: one that is lost stops the test.
 */
@org.junit.jupiter.api.Timeout(120)
@ExtendWith(LeakCheck.class)
class WakeFromOutsideTest {
    private static final int INTERRUPTS = 20_000;
    private static final int ENDS = 400;
    private static final int LONGEST_PAUSE = 3_000;

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);

    @Test
    void noInterruptIsLost() throws Exception {
        try (TwoPages pages = new TwoPages()) {
            CountDownLatch started = new CountDownLatch(1);
            FutureTask<Integer> waiting = new FutureTask<>(() -> {
                started.countDown();
                int interrupts = 0;
                while (interrupts < INTERRUPTS) {
                    try {
                        pages.peer.awaitPoint(1, Long.MAX_VALUE);
                    } catch (InterruptedException expected) {
                        interrupts++;
                    }
                }
                return interrupts;
            });
            Thread waiter = Thread.ofPlatform().start(waiting);
            started.await();
            // Two may fall together into one, so there may be more of them than the waiter counts.
            while (waiter.isAlive()) {
                pause();
                waiter.interrupt();
            }
            assertThat(waiting.get()).as("seed %d", seed).isEqualTo(INTERRUPTS);
            assertThat(pages.sleepers()).isZero();
        }
    }

    @Test
    void oneInterruptIsEnough() throws Exception {
        try (TwoPages pages = new TwoPages()) {
            for (int round = 0; round < ENDS; round++) {
                CountDownLatch started = new CountDownLatch(1);
                FutureTask<Boolean> waiting = new FutureTask<>(() -> {
                    started.countDown();
                    try {
                        pages.peer.awaitPoint(1, Long.MAX_VALUE);
                        return false;
                    } catch (InterruptedException expected) {
                        return true;
                    }
                });
                Thread waiter = Thread.ofPlatform().start(waiting);
                started.await();
                pause();
                waiter.interrupt();
                assertThat(waiting.get()).as("seed %d, round %d", seed, round).isTrue();
            }
        }
    }

    @Test
    void deathEndsEveryWait() throws Exception {
        endsEveryWait(pages -> pages.ownerSeen.fail(Errno.EOWNERDEAD));
    }

    @Test
    void theEndOfThePageEndsEveryWait() throws Exception {
        endsEveryWait(pages -> pages.ownerSeen.close());
    }

    private interface End {
        void of(TwoPages pages);
    }

    private void endsEveryWait(End end) throws Exception {
        for (int round = 0; round < ENDS; round++) {
            try (TwoPages pages = new TwoPages()) {
                CountDownLatch started = new CountDownLatch(2);
                FutureTask<PointStatus> first = new FutureTask<>(() -> await(pages, started, 1));
                FutureTask<PointStatus> second = new FutureTask<>(() -> await(pages, started, 2));
                Thread.ofPlatform().start(first);
                Thread.ofPlatform().start(second);
                started.await();
                pause();
                end.of(pages);
                assertThat(first.get()).as("seed %d, round %d", seed, round).isEqualTo(PointStatus.FAILED);
                assertThat(second.get()).as("seed %d, round %d", seed, round).isEqualTo(PointStatus.FAILED);
            }
        }
    }

    private static PointStatus await(TwoPages pages, CountDownLatch started, long point) throws InterruptedException {
        started.countDown();
        return pages.peer.awaitPoint(point, Long.MAX_VALUE);
    }

    /** Hardly any time to a few dozen microseconds. */
    private void pause() {
        for (int left = random.nextInt(LONGEST_PAUSE); left > 0; left--) {
            Thread.onSpinWait();
        }
    }
}
