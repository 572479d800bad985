package io.github.dmabuf4j.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dmabuf4j.fence.PointStatus;
import io.github.dmabuf4j.linux.testing.ChildJvm;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Virtual threads that wait must leave their one carrier to the others. */
@Timeout(60)
class OneCarrierTest {
    @Test
    void waitingVirtualThreadsDoNotStarveOthers() throws Exception {
        try (ChildJvm child = ChildJvm.start(
                List.of("-Djdk.virtualThreadScheduler.parallelism=1", "-Djdk.virtualThreadScheduler.maxPoolSize=1"),
                OneCarrier.class)) {
            assertThat(child.line()).isEqualTo("all woke");
            assertThat(child.exitCode()).isZero();
        }
    }

    static final class OneCarrier {
        public static void main(String[] arguments) throws Exception {
            UnixSocket[] pair = UnixSocket.pair();
            try (TwoPages pages = new TwoPages();
                    UnixSocket left = pair[0];
                    UnixSocket right = pair[1]) {
                List<FutureTask<?>> waiters = new ArrayList<>();
                for (int i = 1; i <= 8; i++) {
                    long point = i;
                    waiters.add(start(() -> pages.peer.awaitPoint(point, Long.MAX_VALUE) == PointStatus.SIGNALED));
                    waiters.add(start(() -> {
                        pages.peer.fence(point).await();
                        return true;
                    }));
                }
                waiters.add(start(() -> right.receive(ByteBuffer.allocate(1)).length() == 1));
                // Runs only if none of those above keeps the carrier.
                waiters.add(start(() -> {
                    for (int i = 1; i <= 8; i++) {
                        pages.owner.signal(i);
                        Thread.yield();
                    }
                    left.send(ByteBuffer.allocate(1));
                    return true;
                }));
                for (FutureTask<?> waiter : waiters) {
                    if (!Boolean.TRUE.equals(waiter.get())) {
                        throw new AssertionError("a wait ended without its event");
                    }
                }
            }
            System.out.println("all woke");
        }

        private static FutureTask<Boolean> start(java.util.concurrent.Callable<Boolean> body) {
            FutureTask<Boolean> task = new FutureTask<>(body);
            Thread.ofVirtual().start(task);
            return task;
        }
    }
}
