package io.github.dmabuf4j.domain;

import static io.github.dmabuf4j.domain.QueueFixture.LONG;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The raw path allocates nothing on the Java heap, in either thread. (With several consumers and several buffers, waiting for
 * any of them may allocate, so there the producer polls.)
 */
@Timeout(60)
class AllocationTest {
    private static final int WARM_UP = 20_000;
    private static final int FRAMES = 20_000;

    @ParameterizedTest(name = "{0} consumers, {1} buffers")
    @CsvSource({"1, 1", "1, 4", "2, 1", "2, 3"})
    void aHandOverAllocatesNothing(int consumers, int slots) throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        assertThat(threads.isThreadAllocatedMemorySupported()).isTrue();
        try (QueueFixture queue = new QueueFixture(slots)) {
            CyclicBarrier step = new CyclicBarrier(consumers + 1);
            List<FutureTask<Long>> readers = new ArrayList<>();
            for (int i = 0; i < consumers; i++) {
                QueueConsumer consumer = queue.consumer();
                FutureTask<Long> reader = new FutureTask<>(() -> {
                    read(consumer, WARM_UP);
                    step.await();
                    long before = threads.getCurrentThreadAllocatedBytes();
                    read(consumer, FRAMES);
                    long after = threads.getCurrentThreadAllocatedBytes();
                    step.await();
                    return after - before;
                });
                readers.add(reader);
                Thread.ofPlatform().daemon().start(reader);
            }
            boolean wait = consumers == 1 || slots == 1;
            write(queue.producer, WARM_UP, wait);
            step.await();
            long before = threads.getCurrentThreadAllocatedBytes();
            write(queue.producer, FRAMES, wait);
            long produced = threads.getCurrentThreadAllocatedBytes() - before;
            step.await();
            // The counter itself and a late compilation may cost a few bytes once, but not per frame.
            assertThat(produced)
                    .as("bytes allocated by the producer for " + FRAMES + " frames")
                    .isLessThan(FRAMES / 4);
            for (FutureTask<Long> reader : readers) {
                assertThat(QueueFixture.get(reader))
                        .as("bytes allocated by a consumer for " + FRAMES + " frames")
                        .isLessThan(FRAMES / 4);
            }
        }
    }

    private static void write(QueueProducer producer, int frames, boolean wait) throws InterruptedException {
        for (int i = 0; i < frames; i++) {
            ProducerSlot slot = wait ? producer.dequeue(LONG) : spin(producer);
            requireNonNull(slot).raw().set(ValueLayout.JAVA_LONG_UNALIGNED, 0, i);
            producer.queue(slot, i);
        }
    }

    private static ProducerSlot spin(QueueProducer producer) throws InterruptedException {
        while (true) {
            ProducerSlot slot = producer.dequeue(Duration.ZERO);
            if (slot != null) {
                return slot;
            }
            Thread.onSpinWait();
        }
    }

    private static void read(QueueConsumer consumer, int frames) throws Exception {
        for (int i = 0; i < frames; i++) {
            Frame frame = requireNonNull(consumer.acquire(LONG));
            assertThatIsContent(frame.raw().get(ValueLayout.JAVA_LONG_UNALIGNED, 0), i);
            consumer.release(frame);
        }
    }

    private static void assertThatIsContent(long read, long expected) {
        if (read != expected) {
            throw new AssertionError("frame " + expected + " has content " + read);
        }
    }
}
