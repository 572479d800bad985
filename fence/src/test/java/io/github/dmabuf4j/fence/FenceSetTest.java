package io.github.dmabuf4j.fence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FenceSetTest {
    private final FenceContext context = FenceContext.create("driver", "ring");

    @Test
    void handsOutEachFenceOnceInTheOrderOfSignalling() throws InterruptedException {
        try (FenceSet set = new FenceSet()) {
            UserFence first = context.newFence();
            UserFence second = context.newFence();
            UserFence third = context.newFence();
            assertThat(set.add(first)).isTrue();
            assertThat(set.add(first)).isFalse();
            set.add(second);
            set.add(third);
            assertThat(set.await(Duration.ZERO)).isNull();
            assertThat(set.await(Duration.ofMillis(1))).isNull();
            third.signal();
            first.fail(Errno.EIO);
            assertThat(set.await(Duration.ofSeconds(10))).isSameAs(third);
            assertThat(set.poll()).isSameAs(first);
            assertThat(set.poll()).isNull();
            assertThat(set.size()).isEqualTo(1);
            assertThat(set.add(third)).as("signalled before it came in").isTrue();
            assertThat(set.poll()).isSameAs(third);
        }
    }

    @Test
    void removedFencesAreNotHandedOutAndKeepNothing() {
        try (FenceSet set = new FenceSet()) {
            UserFence pending = context.newFence();
            UserFence signaled = context.newFence();
            set.add(pending);
            set.add(signaled);
            signaled.signal();
            assertThat(set.remove(signaled)).isTrue();
            assertThat(set.remove(signaled)).isFalse();
            assertThat(set.poll()).isNull();
            assertThat(set.remove(pending)).isTrue();
            assertThat(pending.queuedCallbacks()).isZero();
        }
    }

    @Test
    void aThousandFencesFromFourThreadsAllComeOut() throws InterruptedException {
        try (FenceSet set = new FenceSet()) {
            List<UserFence> fences = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                fences.add(context.newFence());
                set.add(fences.get(i));
            }
            List<Thread> signallers = new ArrayList<>();
            for (int part = 0; part < 4; part++) {
                List<UserFence> own = fences.subList(part * 250, part * 250 + 250);
                signallers.add(Thread.ofPlatform().start(() -> own.forEach(UserFence::signal)));
            }
            Set<DmaFence> seen = new HashSet<>();
            while (seen.size() < 1000) {
                DmaFence next = set.await(Duration.ofSeconds(30));
                assertThat(next).isNotNull();
                assertThat(seen.add(next)).isTrue();
            }
            for (Thread signaller : signallers) {
                signaller.join();
            }
            assertThat(set.size()).isZero();
        }
    }

    @Test
    void closingLeavesNothingBehindAndEndsTheWaiter() throws InterruptedException {
        UserFence fence = context.newFence();
        FenceSet set = new FenceSet();
        set.add(fence);
        List<Throwable> thrown = new ArrayList<>();
        Thread waiter = Thread.ofPlatform().start(() -> {
            try {
                set.await(Duration.ofSeconds(50));
            } catch (IllegalStateException | InterruptedException e) {
                thrown.add(e);
            }
        });
        set.close();
        waiter.join();
        assertThat(thrown).singleElement().isInstanceOf(IllegalStateException.class);
        assertThat(fence.queuedCallbacks()).isZero();
        assertThatIllegalStateException().isThrownBy(() -> set.add(fence)).withMessageContaining("closed");
    }
}
