package io.github.dmabuf4j.lab;

import io.github.dmabuf4j.buffer.AccessMode;
import io.github.dmabuf4j.buffer.CpuAccess;
import io.github.dmabuf4j.buffer.DmaHeap;
import io.github.dmabuf4j.buffer.ImageLayout;
import io.github.dmabuf4j.buffer.PixelFormat;
import io.github.dmabuf4j.domain.Frame;
import io.github.dmabuf4j.domain.ProducerSlot;
import io.github.dmabuf4j.domain.QueueConfig;
import io.github.dmabuf4j.domain.QueueConsumer;
import io.github.dmabuf4j.domain.QueueProducer;
import io.github.dmabuf4j.linux.dmabuf.Heaps;
import io.github.dmabuf4j.linux.ioctl.Ioctl;
import io.github.dmabuf4j.local.LocalBackend;
import io.github.dmabuf4j.local.LocalConnection;
import io.github.dmabuf4j.local.LocalListener;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.FutureTask;

/**
 * A program whose system calls are counted: hands frames from one thread to another, both awake. Each thread makes a call that cannot
 * be overlooked before and after the frames that count.
 */
final class TracedFrames {
    /** The request that marks; the kernel refuses it. */
    static final int MARK = 0x4D41524B;

    static final int FRAMES = 200;
    // A method handle is tailored at its 127th call, which the JVM does with calls of its own.
    private static final int WARM_UP = 200;
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final ImageLayout LAYOUT = ImageLayout.packed(PixelFormat.R8, 64, 64);

    private TracedFrames() {}

    /** Words: the folder of the socket, the heap, and whether there are fences and brackets of CPU access, or none. */
    public static void main(String[] words) throws Exception {
        boolean checked = words[2].equals("checked");
        LocalBackend backend = new LocalBackend();
        Path path = Path.of(words[0], "traced");
        QueueConfig config = new QueueConfig("traced", 2, LAYOUT.size(), LAYOUT, LONG);
        try (DmaHeap heap = Heaps.open(words[1]);
                LocalListener listener = backend.listen(path);
                QueueProducer producer = QueueProducer.create(config, heap, backend, System.err::println)) {
            FutureTask<Void> consumer = new FutureTask<>(() -> consume(path, checked), null);
            Thread.ofPlatform().start(consumer);
            producer.attach(listener.accept());
            for (int i = 0; i < WARM_UP + FRAMES; i++) {
                if (i == WARM_UP) {
                    mark();
                }
                produce(producer, i, checked);
            }
            mark();
            producer.finish();
            consumer.get();
        }
        System.out.println("done");
    }

    private static void produce(QueueProducer producer, int number, boolean checked) throws InterruptedException {
        ProducerSlot slot = Objects.requireNonNull(producer.dequeue(LONG));
        if (checked) {
            slot.releaseFence().await();
            try (CpuAccess access = slot.buffer().beginCpuAccess(AccessMode.WRITE)) {
                access.segment().set(ValueLayout.JAVA_INT, 0, number);
            }
        } else {
            slot.raw().set(ValueLayout.JAVA_INT, 0, number);
        }
        producer.queue(slot, 0);
    }

    private static void consume(Path path, boolean checked) {
        try (QueueConsumer consumer = QueueConsumer.open(LocalConnection.connect(path), "traced")) {
            for (int i = 0; i < WARM_UP + FRAMES; i++) {
                if (i == WARM_UP) {
                    mark();
                }
                Frame frame = Objects.requireNonNull(consumer.acquire(LONG));
                if (look(frame, checked) != i) {
                    throw new AssertionError("frame " + i + " has other contents");
                }
                consumer.release(frame);
            }
            mark();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static int look(Frame frame, boolean checked) throws InterruptedException {
        if (!checked) {
            return frame.raw().get(ValueLayout.JAVA_INT, 0);
        }
        frame.acquireFence().await();
        try (CpuAccess access = frame.buffer().beginCpuAccess(AccessMode.READ)) {
            return access.segment().get(ValueLayout.JAVA_INT, 0);
        }
    }

    private static void mark() {
        Ioctl.repeat(-1, MARK, MemorySegment.NULL);
    }
}
