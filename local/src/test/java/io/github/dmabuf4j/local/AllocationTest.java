package io.github.dmabuf4j.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.github.dmabuf4j.domain.Frame;
import io.github.dmabuf4j.domain.ProducerSlot;
import io.github.dmabuf4j.domain.QueueConsumer;
import io.github.dmabuf4j.linux.testing.LeakCheck;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * In steady state a hand-over allocates nothing, on either side, whether a side sleeps or not. The compilers need some
 * rounds before what escapes in the interpreter stays on the stack, so the best of many windows counts.
 */
@Timeout(120)
@ExtendWith(LeakCheck.class)
final class AllocationTest {
    private static final int WINDOW = 1000;
    private static final int WINDOWS = 40;
    private static final int MOST_WINDOWS = 2000;
    private static final Duration LONG = StreamFixture.LONG;

    @TempDir
    Path folder;

    @BeforeAll
    static void warmUp() throws IOException {
        StreamFixture.warmUp();
    }

    @Test
    void nobodySleeps() throws Exception {
        try (StreamFixture stream = new StreamFixture(folder, 3);
                QueueConsumer first = open(stream);
                QueueConsumer second = open(stream)) {
            long least = leastPerWindow(() -> {
                handOver(stream);
                take(first);
                take(second);
            });
            assertThat(least).as("bytes for %d frames to two consumers", WINDOW).isZero();
        }
    }

    @Test
    void eachWaitsForTheOther() throws Exception {
        assertNothingAllocated(1, 1);
    }

    @Test
    void theProducerWaitsForTwo() throws Exception {
        assertNothingAllocated(1, 2);
    }

    /** All go on until each of them has had a window without allocation, or too many windows are over. */
    private void assertNothingAllocated(int slots, int consumers) throws Exception {
        CountDownLatch allocating = new CountDownLatch(1 + consumers);
        try (StreamFixture stream = new StreamFixture(folder, slots)) {
            List<FutureTask<Long>> readers = new ArrayList<>();
            for (int i = 0; i < consumers; i++) {
                QueueConsumer consumer = open(stream);
                FutureTask<Long> reader = new FutureTask<>(() -> {
                    try (consumer) {
                        return leastUntilTheEnd(consumer, allocating);
                    }
                });
                readers.add(reader);
                Thread.ofPlatform().daemon().start(reader);
            }
            long least = Long.MAX_VALUE;
            for (int window = 0; window < MOST_WINDOWS && allocating.getCount() > 0; window++) {
                long allocated = allocated(WINDOW, () -> handOver(stream));
                if (allocated == 0 && least > 0) {
                    allocating.countDown();
                }
                least = Math.min(least, allocated);
            }
            stream.producer.finish();
            assertThat(least).as("bytes for %d frames in the producer", WINDOW).isZero();
            for (FutureTask<Long> reader : readers) {
                assertThat(reader.get(60, TimeUnit.SECONDS))
                        .as("bytes for %d frames in a consumer", WINDOW)
                        .isZero();
            }
        }
    }

    private static long leastUntilTheEnd(QueueConsumer consumer, CountDownLatch allocating) throws Exception {
        long least = Long.MAX_VALUE;
        while (!consumer.isEndOfStream()) {
            long allocated = allocated(WINDOW, () -> takeUnlessOver(consumer));
            if (allocated == 0 && least > 0) {
                allocating.countDown();
            }
            least = Math.min(least, allocated);
        }
        return least;
    }

    private interface Step {
        void run() throws Exception;
    }

    private static long leastPerWindow(Step step) throws Exception {
        long least = Long.MAX_VALUE;
        for (int window = 0; window < WINDOWS; window++) {
            least = Math.min(least, allocated(WINDOW, step));
        }
        return least;
    }

    private static long allocated(int times, Step step) throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < times; i++) {
            step.run();
        }
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    private static void handOver(StreamFixture stream) throws InterruptedException {
        ProducerSlot slot = stream.producer.dequeue(LONG);
        if (slot == null) {
            throw new AssertionError("no buffer came back");
        }
        slot.raw().set(ValueLayout.JAVA_LONG, 0, 42);
        stream.producer.queue(slot, 7);
    }

    private static void take(QueueConsumer consumer) throws IOException, InterruptedException {
        Frame frame = consumer.acquire(LONG);
        if (frame == null || frame.raw().get(ValueLayout.JAVA_LONG, 0) != 42) {
            throw new AssertionError("frame " + frame);
        }
        consumer.release(frame);
    }

    private static void takeUnlessOver(QueueConsumer consumer) throws IOException, InterruptedException {
        if (consumer.isEndOfStream()) {
            return;
        }
        Frame frame = consumer.acquire(LONG);
        if (frame != null) {
            consumer.release(frame);
        } else if (!consumer.isEndOfStream()) {
            throw new AssertionError("no frame came");
        }
    }

    private static QueueConsumer open(StreamFixture stream) throws Exception {
        FutureTask<QueueConsumer> opening =
                new FutureTask<>(() -> QueueConsumer.open(LocalConnection.connect(stream.listener.path()), "reader"));
        Thread.ofPlatform().daemon().start(opening);
        stream.attach();
        return opening.get(30, TimeUnit.SECONDS);
    }
}
