package io.github.dmabuf4j.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dmabuf4j.buffer.DmaHeap;
import io.github.dmabuf4j.buffer.ImageLayout;
import io.github.dmabuf4j.buffer.PixelFormat;
import io.github.dmabuf4j.buffer.SystemHeap;
import io.github.dmabuf4j.domain.ProducerSlot;
import io.github.dmabuf4j.domain.QueueConfig;
import io.github.dmabuf4j.domain.QueueEvent;
import io.github.dmabuf4j.domain.QueueProducer;
import io.github.dmabuf4j.linux.MemfdBacking;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;

/** A producer of numbered pictures on real memory, with a socket at which consumers arrive. */
final class StreamFixture implements AutoCloseable {
    static final Duration LONG = Duration.ofSeconds(30);
    static final ImageLayout LAYOUT = ImageLayout.packed(PixelFormat.YUV420, 160, 120);

    final LocalBackend backend = new LocalBackend();
    final DmaHeap heap = new SystemHeap(new MemfdBacking());
    final BlockingQueue<QueueEvent> events = new LinkedBlockingQueue<>();
    final LocalListener listener;
    final QueueProducer producer;

    /** What a consumer has to print for each frame: its number, its time, the hash of its contents. */
    final List<String> expected = new ArrayList<>();

    StreamFixture(Path folder, int slots) throws IOException {
        this(folder, slots, LONG);
    }

    StreamFixture(Path folder, int slots, Duration patience) throws IOException {
        listener = backend.listen(folder.resolve("stream"));
        producer = QueueProducer.create(
                new QueueConfig("pictures", slots, LAYOUT.size(), LAYOUT, patience), heap, backend, events::add);
    }

    /** Starts the threads that stay in a process once a buffer was used, so that a leak check has them in its count. */
    static void warmUp() throws IOException {
        try (DmaHeap heap = new SystemHeap(new MemfdBacking())) {
            heap.allocate(4096, "warm-up").close();
        }
    }

    /** Lets the next peer in that arrives. */
    void attach() throws IOException, InterruptedException {
        producer.attach(listener.accept());
    }

    /** Fills the next buffer and hands it over; answers the number of the frame. */
    long send() throws InterruptedException {
        ProducerSlot slot = Objects.requireNonNull(producer.dequeue(LONG), "no buffer came back");
        long number = expected.size() + 1L;
        fill(slot.raw(), number);
        expected.add(line(number, number * 40_000_000, slot.raw()));
        producer.queue(slot, number * 40_000_000);
        return number;
    }

    static void fill(MemorySegment picture, long number) {
        picture.fill((byte) (number * 31));
        picture.set(ValueLayout.JAVA_LONG, 0, number);
        picture.set(ValueLayout.JAVA_LONG, LAYOUT.size() - Long.BYTES, ~number);
    }

    static String line(long number, long time, MemorySegment picture) {
        CRC32C crc = new CRC32C();
        crc.update(picture.asByteBuffer());
        return number + " " + time + " " + HexFormat.of().toHexDigits((int) crc.getValue());
    }

    /** What {@link #line} says about a frame of the right contents. */
    static String expectedLine(long number) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment picture = arena.allocate((LAYOUT.size() + 4095) / 4096 * 4096, 8);
            fill(picture, number);
            return line(number, number * 40_000_000, picture);
        }
    }

    /** The next thing that happened to a consumer. */
    QueueEvent event() throws InterruptedException {
        QueueEvent event = events.poll(30, TimeUnit.SECONDS);
        assertThat(event).as("something should have happened to a consumer").isNotNull();
        return event;
    }

    @Override
    public void close() {
        listener.close();
        producer.close();
        heap.close();
    }
}
