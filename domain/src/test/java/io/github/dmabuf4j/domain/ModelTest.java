package io.github.dmabuf4j.domain;

import static io.github.dmabuf4j.domain.QueueFixture.LONG;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dmabuf4j.domain.QueueFixture.Attached;
import io.github.dmabuf4j.fence.SignalingTimeline;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Timeout;

/**
 * Random histories of a queue against a model of it: who has which frame. Runs in one thread, so that after every step the
 * model knows what must be possible. Set {@code -Ddmabuf4j.seed=...} to repeat one.
 */
@Timeout(60)
class ModelTest {
    private static final int STEPS = 1500;

    /** A consumer, the frames that are on their way to it, those that it holds, and what it still works on. */
    private static final class Reader {
        final Attached attached;
        final Deque<Long> coming = new ArrayDeque<>();
        final List<Frame> held = new ArrayList<>();
        final List<Long> working = new ArrayList<>();
        final SignalingTimeline work;
        long submitted;

        Reader(Attached attached) {
            this.attached = attached;
            this.work = attached.consumer().workTimeline(0);
        }
    }

    private SplittableRandom random;
    private QueueFixture queue;
    private int slots;
    private long sent;
    private final List<Reader> readers = new ArrayList<>();
    private final List<ProducerSlot> mine = new ArrayList<>();

    @RepeatedTest(20)
    void aRandomHistoryFollowsTheModel(RepetitionInfo repetition) throws Exception {
        long seed = Long.getLong("dmabuf4j.seed", System.nanoTime() * 31 + repetition.getCurrentRepetition());
        random = new SplittableRandom(seed);
        slots = random.nextInt(1, 6);
        sent = 0;
        readers.clear();
        mine.clear();
        try {
            queue = new QueueFixture(slots);
            for (int i = 0; i < STEPS; i++) {
                step();
            }
            finish();
            queue.close();
            queue.backend.quiesce();
            assertThat(queue.backend.openAttachments()).isZero();
            assertThat(queue.backend.openMappings()).isZero();
            assertThat(queue.backend.openPages()).isZero();
        } catch (Throwable failure) {
            throw new AssertionError("repeat with -Ddmabuf4j.seed=" + seed, failure);
        }
    }

    private void step() throws Exception {
        switch (random.nextInt(16)) {
            case 0, 1, 2, 3 -> dequeue();
            case 4, 5, 6 -> queue();
            case 7 -> cancel();
            case 8, 9, 10 -> acquire();
            case 11, 12 -> release();
            case 13 -> work();
            case 14 -> {
                if (readers.size() < 4 && random.nextInt(10) == 0) {
                    readers.add(new Reader(queue.attach()));
                }
            }
            default -> {
                if (!readers.isEmpty() && random.nextInt(20) == 0) {
                    end(readers.remove(random.nextInt(readers.size())));
                }
            }
        }
        assertThat(queue.producer.consumers()).isEqualTo(readers.size());
    }

    /** How many buffers the model says are free. */
    private int free() {
        List<Long> out = new ArrayList<>();
        for (Reader reader : readers) {
            out.addAll(reader.coming);
            reader.held.forEach(frame -> out.add(frame.number()));
            out.addAll(reader.working);
        }
        return slots - mine.size() - (int) out.stream().distinct().count();
    }

    private void dequeue() throws Exception {
        if (mine.size() == slots) {
            return;
        }
        ProducerSlot slot = queue.producer.dequeue(Duration.ZERO);
        assertThat(slot != null).as("a free buffer; the model has " + free()).isEqualTo(free() > 0);
        if (slot != null) {
            slot.raw().set(ValueLayout.JAVA_LONG_UNALIGNED, 8, -1);
            mine.add(slot);
        }
    }

    private void queue() {
        if (!mine.isEmpty()) {
            ProducerSlot slot = mine.remove(random.nextInt(mine.size()));
            slot.raw().set(ValueLayout.JAVA_LONG_UNALIGNED, 8, sent + 1);
            queue.producer.queue(slot, sent + 1);
            sent++;
            assertThat(slot.frame()).isEqualTo(sent);
            readers.forEach(reader -> reader.coming.add(sent));
        }
    }

    private void cancel() {
        if (!mine.isEmpty()) {
            queue.producer.cancel(mine.removeLast());
        }
    }

    private void acquire() throws Exception {
        if (!readers.isEmpty()) {
            acquire(readers.get(random.nextInt(readers.size())));
        }
    }

    private void acquire(Reader reader) throws Exception {
        Long expected = reader.coming.poll();
        // The start of the stream travels as a message, so that only a frame that is known to come is waited for.
        Frame frame = reader.attached.consumer().acquire(expected == null ? Duration.ZERO : LONG);
        if (expected == null) {
            assertThat(frame).isNull();
            return;
        }
        assertThat(requireNonNull(frame).number()).isEqualTo(expected);
        assertThat(frame.presentationTime()).isEqualTo(expected);
        reader.held.add(frame);
        checkHeld();
    }

    private void release() {
        if (readers.isEmpty()) {
            return;
        }
        Reader reader = readers.get(random.nextInt(readers.size()));
        if (!reader.held.isEmpty()) {
            Frame frame = reader.held.remove(random.nextInt(reader.held.size()));
            if (random.nextInt(4) == 0) {
                reader.working.add(frame.number());
                reader.attached.consumer().release(frame, reader.work, ++reader.submitted);
            } else {
                reader.attached.consumer().release(frame);
            }
        }
    }

    /** The oldest work of a reader is done. */
    private void work() {
        for (Reader reader : readers) {
            if (!reader.working.isEmpty() && random.nextBoolean()) {
                reader.working.removeFirst();
                reader.work.signal(reader.work.value() + 1);
            }
        }
    }

    /** A frame that somebody holds has its contents still. */
    private void checkHeld() {
        for (Reader reader : readers) {
            for (Frame frame : reader.held) {
                assertThat(frame.raw().get(ValueLayout.JAVA_LONG_UNALIGNED, 8)).isEqualTo(frame.number());
            }
        }
    }

    private void end(Reader reader) throws Exception {
        int left = readers.size();
        if (random.nextBoolean()) {
            reader.attached.consumerEnd().die();
        }
        reader.attached.consumer().close();
        while (queue.producer.consumers() > left) {
            Thread.onSpinWait(); // until the backend has told the producer
        }
        assertThat(queue.producer.consumers()).isEqualTo(left);
    }

    private void finish() throws Exception {
        while (!mine.isEmpty()) {
            cancel();
        }
        queue.producer.finish();
        for (Reader reader : readers) {
            while (!reader.coming.isEmpty()) {
                acquire(reader);
            }
            assertThat(reader.attached.consumer().acquire(LONG)).isNull();
            assertThat(reader.attached.consumer().isEndOfStream()).isTrue();
            while (!reader.held.isEmpty()) {
                reader.attached.consumer().release(reader.held.removeLast());
            }
            if (reader.submitted > reader.work.value()) {
                reader.work.signal(reader.submitted);
            }
        }
        assertThat(queue.producer.awaitDrained(LONG)).isTrue();
    }
}
