package io.github.dmabuf4j.domain;

import static io.github.dmabuf4j.domain.QueueFixture.LONG;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dmabuf4j.domain.fake.FakeConnection;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Consumers come and go in threads of their own while the producer runs: no frame is lost, torn or out of order. */
@Timeout(60)
class ChurnTest {
    private static final int SOJOURNS = 150;
    private static final int THREADS = 3;

    private final QueueFixture queue;
    private final AtomicBoolean done = new AtomicBoolean();

    ChurnTest() throws Exception {
        queue = new QueueFixture(12); // more than all visitors together keep
    }

    @Test
    void consumersComeAndGoWhileFramesFlow() throws Exception {
        long seed = Long.getLong("dmabuf4j.seed", System.nanoTime());
        List<FutureTask<Void>> visitors = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            SplittableRandom random = new SplittableRandom(seed + i);
            FutureTask<Void> visitor = new FutureTask<>(() -> {
                for (int visit = 0; visit < SOJOURNS; visit++) {
                    visit(random);
                }
                return null;
            });
            visitors.add(visitor);
            Thread.ofPlatform().daemon().start(visitor);
        }
        FutureTask<Long> producing = new FutureTask<>(this::produce);
        Thread.ofPlatform().daemon().start(producing);
        try {
            for (FutureTask<Void> visitor : visitors) {
                QueueFixture.get(visitor);
            }
            done.set(true);
            assertThat(QueueFixture.get(producing)).isPositive();
        } catch (Throwable failure) {
            List<QueueEvent> refusals = queue.events.stream()
                    .filter(event -> event.kind() == QueueEvent.Kind.REFUSED || event.kind() == QueueEvent.Kind.DROPPED)
                    .toList();
            throw new AssertionError("repeat with -Ddmabuf4j.seed=" + seed + "; " + refusals, failure);
        }
        queue.close();
        queue.backend.quiesce();
        assertThat(queue.backend.openAttachments()).isZero();
        assertThat(queue.backend.openMappings()).isZero();
        assertThat(queue.backend.openPages()).isZero();
        Map<QueueEvent.Kind, Integer> events = new EnumMap<>(QueueEvent.Kind.class);
        queue.events.forEach(event -> events.merge(event.kind(), 1, Integer::sum));
        assertThat(events.get(QueueEvent.Kind.JOINED)).isEqualTo(SOJOURNS * THREADS);
        assertThat(events.getOrDefault(QueueEvent.Kind.LEFT, 0) + events.getOrDefault(QueueEvent.Kind.DIED, 0))
                .as("every end is told: " + events)
                .isEqualTo(SOJOURNS * THREADS);
        assertThat(events).doesNotContainKeys(QueueEvent.Kind.REFUSED, QueueEvent.Kind.DROPPED);
    }

    private long produce() throws Exception {
        long frames = 0;
        while (!done.get()) {
            ProducerSlot slot = queue.producer.dequeue(LONG);
            assertThat(slot).isNotNull();
            MemorySegment raw = slot.raw();
            raw.set(ValueLayout.JAVA_LONG_UNALIGNED, 0, ++frames);
            raw.set(ValueLayout.JAVA_LONG_UNALIGNED, raw.byteSize() - 8, frames);
            queue.producer.queue(slot, frames);
        }
        return frames;
    }

    private void visit(SplittableRandom random) throws Exception {
        FakeConnection[] ends = queue.backend.pair();
        FutureTask<Void> attaching = new FutureTask<>(() -> {
            queue.producer.attach(ends[0]);
            return null;
        });
        Thread.ofPlatform().daemon().start(attaching);
        try (QueueConsumer consumer = QueueConsumer.open(ends[1], "visitor")) {
            QueueFixture.get(attaching);
            read(consumer, random);
            if (random.nextBoolean()) {
                ends[1].die();
            }
        }
    }

    private static void read(QueueConsumer consumer, SplittableRandom random) throws Exception {
        Deque<Frame> held = new ArrayDeque<>();
        int frames = random.nextInt(200);
        long previous = 0;
        for (int i = 0; i < frames; i++) {
            Frame frame = consumer.acquire(LONG);
            if (frame == null) {
                throw new AssertionError("no frame came after frame " + previous);
            }
            if (previous != 0 && frame.number() != previous + 1) {
                throw new AssertionError("frame " + frame.number() + " came after frame " + previous);
            }
            previous = frame.number();
            held.add(frame);
            if (held.size() > random.nextInt(3)) {
                Frame oldest = random.nextBoolean() ? held.removeFirst() : held.removeLast();
                check(oldest);
                consumer.release(oldest);
            }
        }
        held.forEach(ChurnTest::check);
    }

    private static void check(Frame frame) {
        MemorySegment raw = frame.raw();
        long first = raw.get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
        long last = raw.get(ValueLayout.JAVA_LONG_UNALIGNED, raw.byteSize() - 8);
        if (first != frame.number() || last != frame.number()) {
            throw new AssertionError("frame " + frame.number() + " is torn: " + first + " and " + last);
        }
    }
}
