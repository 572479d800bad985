package io.github.dmabuf4j.bench.peer;

import io.github.dmabuf4j.bench.Task;
import io.github.dmabuf4j.buffer.AccessMode;
import io.github.dmabuf4j.buffer.CpuAccess;
import io.github.dmabuf4j.buffer.ImageLayout;
import io.github.dmabuf4j.buffer.PixelFormat;
import io.github.dmabuf4j.buffer.SystemHeap;
import io.github.dmabuf4j.domain.Frame;
import io.github.dmabuf4j.domain.ProducerSlot;
import io.github.dmabuf4j.domain.QueueConfig;
import io.github.dmabuf4j.domain.QueueConsumer;
import io.github.dmabuf4j.domain.QueueProducer;
import io.github.dmabuf4j.domain.spi.Backend;
import io.github.dmabuf4j.domain.spi.Listener;
import io.github.dmabuf4j.linux.MemfdBacking;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ServiceLoader;

/**
 * The library: a buffer queue over the local backend, as a user writes it. A round trip is a queue of one buffer: it goes
 * over, is released, and is the producer's again.
 */
final class BufferQueue implements Transport {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int LARGEST_WIDTH = 4096;

    private final boolean checked;

    /**
     * The transport.
     *
     * @param checked whether both sides use fence objects and leases; else values and the whole mapping
     */
    BufferQueue(boolean checked) {
        this.checked = checked;
    }

    private static Backend backend() {
        return ServiceLoader.load(Backend.class).findFirst().orElseThrow();
    }

    private static QueueProducer lead(Task task, Link link) throws IOException, InterruptedException {
        Backend backend = backend();
        int width = (int) Math.min(task.bytes(), LARGEST_WIDTH);
        ImageLayout layout = ImageLayout.packed(PixelFormat.R8, width, Math.toIntExact(task.bytes() / width));
        QueueConfig config = new QueueConfig("bench", task.slots(), task.bytes(), layout, PATIENCE);
        QueueProducer producer = QueueProducer.create(
                config, new SystemHeap(new MemfdBacking()), backend, event -> System.err.println(event));
        String address = link.folder().resolve("queue").toString();
        try (Listener listener = backend.listen(address)) {
            link.announce(address);
            for (int i = 0; i < task.consumers(); i++) {
                producer.attach(listener.accept());
            }
        }
        return producer;
    }

    private static QueueConsumer follow(Link link) throws IOException, InterruptedException {
        return QueueConsumer.open(backend().connect(link.awaitAddress()), "bench");
    }

    private static ProducerSlot dequeue(QueueProducer producer) throws InterruptedException {
        ProducerSlot slot = producer.dequeue(PATIENCE);
        if (slot == null) {
            throw new IllegalStateException("no buffer came back");
        }
        return slot;
    }

    private static Frame acquire(QueueConsumer consumer) throws IOException, InterruptedException {
        Frame frame = consumer.acquire(PATIENCE);
        if (frame == null) {
            throw new IllegalStateException("no frame came over");
        }
        return frame;
    }

    @Override
    public Pinger pinger(Task task, Link link) throws IOException, InterruptedException {
        QueueProducer producer = lead(task, link);
        return new Pinger() {
            private ProducerSlot slot = dequeue(producer);

            @Override
            public void roundTrip() throws InterruptedException {
                producer.queue(slot, 0);
                slot = dequeue(producer);
            }
        };
    }

    @Override
    public Ponger ponger(Task task, Link link) throws IOException, InterruptedException {
        QueueConsumer consumer = follow(link);
        return () -> consumer.release(acquire(consumer));
    }

    @Override
    public Sender sender(Task task, Link link) throws IOException, InterruptedException {
        QueueProducer producer = lead(task, link);
        return checked ? new CheckedSender(producer) : new RawSender(producer);
    }

    @Override
    public Receiver receiver(Task task, Link link) throws IOException, InterruptedException {
        QueueConsumer consumer = follow(link);
        return checked ? new CheckedReceiver(consumer) : new RawReceiver(consumer);
    }

    /** The tier that speaks (timeline, value). */
    private static final class RawSender implements Sender {
        private final QueueProducer producer;
        private ProducerSlot slot;

        RawSender(QueueProducer producer) throws InterruptedException {
            this.producer = producer;
            this.slot = dequeue(producer);
            commit(); // the receiver's first
        }

        @Override
        public MemorySegment claim() throws InterruptedException {
            slot = dequeue(producer);
            return slot.raw();
        }

        @Override
        public void commit() {
            producer.queue(slot, 0);
        }
    }

    /** The tier that speaks (timeline, value). */
    private static final class RawReceiver implements Receiver {
        private final QueueConsumer consumer;
        private Frame frame;

        RawReceiver(QueueConsumer consumer) throws IOException, InterruptedException {
            this.consumer = consumer;
            this.frame = acquire(consumer);
            consumer.release(frame);
        }

        @Override
        public MemorySegment take() throws IOException, InterruptedException {
            frame = acquire(consumer);
            return frame.raw();
        }

        @Override
        public void release() {
            consumer.release(frame);
        }
    }

    /** The tier with fence objects and leases. */
    private static final class CheckedSender implements Sender {
        private final QueueProducer producer;
        private ProducerSlot slot;
        private CpuAccess access;

        CheckedSender(QueueProducer producer) throws InterruptedException {
            this.producer = producer;
            this.slot = dequeue(producer);
            this.access = slot.buffer().beginCpuAccess(AccessMode.WRITE);
            commit(); // the receiver's first
        }

        @Override
        public MemorySegment claim() throws InterruptedException {
            slot = dequeue(producer);
            slot.releaseFence().await();
            access = slot.buffer().beginCpuAccess(AccessMode.WRITE);
            return access.segment();
        }

        @Override
        public void commit() {
            access.close();
            producer.queue(slot, 0);
        }
    }

    /** The tier with fence objects and leases. */
    private static final class CheckedReceiver implements Receiver {
        private final QueueConsumer consumer;
        private Frame frame;
        private CpuAccess access;

        CheckedReceiver(QueueConsumer consumer) throws IOException, InterruptedException {
            this.consumer = consumer;
            this.frame = acquire(consumer);
            this.access = frame.buffer().beginCpuAccess(AccessMode.READ);
            release();
        }

        @Override
        public MemorySegment take() throws IOException, InterruptedException {
            frame = acquire(consumer);
            frame.acquireFence().await();
            access = frame.buffer().beginCpuAccess(AccessMode.READ);
            return access.segment();
        }

        @Override
        public void release() {
            access.close();
            consumer.release(frame);
        }
    }
}
