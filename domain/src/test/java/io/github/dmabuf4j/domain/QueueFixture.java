package io.github.dmabuf4j.domain;

import io.github.dmabuf4j.buffer.DmaHeap;
import io.github.dmabuf4j.buffer.ImageLayout;
import io.github.dmabuf4j.buffer.PixelFormat;
import io.github.dmabuf4j.buffer.SystemHeap;
import io.github.dmabuf4j.domain.fake.FakeBackend;
import io.github.dmabuf4j.domain.fake.FakeConnection;
import io.github.dmabuf4j.memory.ArenaBacking;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A producer with its heap and backend, and as many consumers as a test wants. */
final class QueueFixture implements AutoCloseable {
    static final Duration LONG = Duration.ofSeconds(30);
    static final ImageLayout LAYOUT = ImageLayout.packed(PixelFormat.R8, 64, 16);

    final FakeBackend backend = new FakeBackend();
    final DmaHeap heap = new SystemHeap(new ArenaBacking());
    final BlockingQueue<QueueEvent> events = new LinkedBlockingQueue<>();
    final QueueProducer producer;
    private final List<QueueConsumer> consumers = new ArrayList<>();

    QueueFixture(int slots) throws IOException {
        this(slots, LONG);
    }

    QueueFixture(int slots, Duration patience) throws IOException {
        producer = QueueProducer.create(
                new QueueConfig("test", slots, LAYOUT.size(), LAYOUT, patience), heap, backend, events::add);
    }

    /** A consumer, and the producer's end of its channel. */
    record Attached(QueueConsumer consumer, FakeConnection producerEnd, FakeConnection consumerEnd) {}

    Attached attach() throws Exception {
        FakeConnection[] ends = backend.pair();
        FutureTask<QueueConsumer> opening = new FutureTask<>(() -> QueueConsumer.open(ends[1], "consumer"));
        Thread.ofPlatform().daemon().start(opening);
        producer.attach(ends[0]);
        QueueConsumer consumer = get(opening);
        consumers.add(consumer);
        return new Attached(consumer, ends[0], ends[1]);
    }

    QueueConsumer consumer() throws Exception {
        return attach().consumer();
    }

    static <T> T get(FutureTask<T> task) throws Exception {
        try {
            return task.get(30, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw failed;
        }
    }

    /** Fills a buffer with one byte and hands it over. */
    long send(int content) throws InterruptedException {
        ProducerSlot slot = Objects.requireNonNull(producer.dequeue(LONG), "no free buffer");
        slot.raw().fill((byte) content);
        producer.queue(slot, content * 1000L);
        return slot.frame();
    }

    QueueEvent event() throws InterruptedException {
        return Objects.requireNonNull(events.poll(30, TimeUnit.SECONDS), "no event came");
    }

    @Override
    public void close() {
        consumers.forEach(QueueConsumer::close);
        producer.close();
        heap.close();
    }
}
