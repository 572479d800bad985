package io.github.dmabuf4j.fence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an event promises to whoever closes it, and what it keeps from whoever signals. */
@Timeout(60)
class SyncObjEventTest {
    private final FenceContext context = FenceContext.create("driver", "timeline");
    private final SyncObj object = SyncObj.create();

    @Test
    void closingWaitsForAnActionThatRuns() throws Exception {
        UserFence fence = context.newFence();
        object.addPoint(1, fence);
        CountDownLatch running = new CountDownLatch(1);
        AtomicBoolean over = new AtomicBoolean();
        AtomicReference<Thread> closer = new AtomicReference<>();
        CountDownLatch closerKnown = new CountDownLatch(1);
        SyncObjEvent event = object.onSignaled(1, () -> {
            running.countDown();
            awaitQuietly(closerKnown);
            awaitAsleepOrDead(closer.get());
            over.set(true);
        });
        FutureTask<Boolean> closing = new FutureTask<>(() -> {
            event.close();
            return over.get();
        });
        Thread signaler = Thread.ofPlatform().daemon().start(fence::signal);
        running.await();
        Thread thread = Thread.ofPlatform().daemon().unstarted(closing);
        closer.set(thread);
        thread.start();
        closerKnown.countDown();
        assertThat(closing.get()).as("the action was over when close returned").isTrue();
        signaler.join();
        assertThat(event.isPending()).isFalse();
    }

    @Test
    void anActionMayCloseItsOwnEvent() {
        UserFence fence = context.newFence();
        object.addPoint(1, fence);
        AtomicReference<SyncObjEvent> event = new AtomicReference<>();
        AtomicInteger calls = new AtomicInteger();
        event.set(object.onSignaled(1, () -> {
            event.get().close();
            calls.incrementAndGet();
        }));
        fence.signal();
        assertThat(calls).hasValue(1);
        event.get().close();
        assertThat(calls).hasValue(1);
    }

    @Test
    void anActionThatThrowsCostsTheOthersNothing() {
        AtomicInteger calls = new AtomicInteger();
        object.onAvailable(1, () -> {
            throw new IllegalStateException("thrown on purpose by a test");
        });
        SyncObjEvent second = object.onAvailable(1, calls::incrementAndGet);
        object.signalPoint(1);
        assertThat(calls).hasValue(1);
        assertThat(second.isPending()).isFalse();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void awaitAsleepOrDead(Thread thread) {
        while (true) {
            switch (thread.getState()) {
                case WAITING, TIMED_WAITING, TERMINATED -> {
                    return;
                }
                default -> Thread.onSpinWait();
            }
        }
    }
}
