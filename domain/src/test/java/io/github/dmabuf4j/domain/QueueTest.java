package io.github.dmabuf4j.domain;

import static io.github.dmabuf4j.domain.QueueFixture.LONG;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dmabuf4j.domain.QueueFixture.Attached;
import io.github.dmabuf4j.domain.fake.FakeConnection;
import io.github.dmabuf4j.domain.session.HandshakeException;
import io.github.dmabuf4j.domain.session.PeerDiedException;
import io.github.dmabuf4j.domain.session.PeerLeftException;
import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.fence.SignalingTimeline;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a buffer queue does, end to end, between two domains in one JVM. */
@Timeout(60)
class QueueTest {
    private static int content(Frame frame) {
        return frame.raw().get(ValueLayout.JAVA_BYTE, 0) & 0xFF;
    }

    @Test
    void framesArriveInOrderWithTheirContents() throws Exception {
        try (QueueFixture queue = new QueueFixture(3)) {
            QueueConsumer consumer = queue.consumer();
            assertThat(consumer.layout()).isEqualTo(QueueFixture.LAYOUT);
            assertThat(consumer.slots()).isEqualTo(3);
            for (int i = 1; i <= 200; i++) {
                queue.send(i);
                Frame frame = requireNonNull(consumer.acquire(LONG));
                assertThat(frame.number()).isEqualTo(i);
                assertThat(frame.presentationTime()).isEqualTo(i * 1000L);
                assertThat(content(frame)).isEqualTo(i & 0xFF);
                assertThat(frame.error()).isNull();
                assertThat(frame.acquireFence().isSignaled()).isTrue();
                consumer.release(frame);
            }
            assertThat(queue.event().kind()).isEqualTo(QueueEvent.Kind.JOINED);
        }
    }

    @Test
    void aBufferIsUsedAgainOnlyWhenAllConsumersReleasedIt() throws Exception {
        try (QueueFixture queue = new QueueFixture(1)) {
            QueueConsumer first = queue.consumer();
            QueueConsumer second = queue.consumer();
            queue.send(7);
            Frame firsts = requireNonNull(first.acquire(LONG));
            Frame seconds = requireNonNull(second.acquire(LONG));
            assertThat(queue.producer.dequeue(Duration.ZERO)).isNull();
            first.release(firsts);
            assertThat(queue.producer.dequeue(Duration.ZERO)).isNull();
            assertThat(content(seconds)).isEqualTo(7);
            second.release(seconds);
            ProducerSlot slot = requireNonNull(queue.producer.dequeue(LONG));
            assertThat(slot.frame()).isEqualTo(1);
            assertThat(slot.releaseFence().isSignaled()).isTrue();
            queue.producer.cancel(slot);
        }
    }

    @Test
    void framesMayComeBackInAnyOrder() throws Exception {
        try (QueueFixture queue = new QueueFixture(4)) {
            QueueConsumer consumer = queue.consumer();
            for (int i = 1; i <= 4; i++) {
                queue.send(i);
            }
            Frame[] held = new Frame[4];
            for (int i = 0; i < 4; i++) {
                held[i] = requireNonNull(consumer.acquire(LONG));
            }
            assertThat(consumer.acquire(Duration.ZERO)).isNull();
            assertThat(consumer.isEndOfStream()).isFalse();
            for (int i : new int[] {2, 0, 3}) {
                consumer.release(held[i]);
                ProducerSlot slot = requireNonNull(queue.producer.dequeue(LONG));
                assertThat(slot.frame()).isEqualTo(i + 1L);
                slot.raw().fill((byte) (10 + i));
                queue.producer.queue(slot, 0);
                Frame next = requireNonNull(consumer.acquire(LONG));
                assertThat(content(next)).isEqualTo(10 + i);
                assertThat(content(held[1])).isEqualTo(2);
            }
        }
    }

    @Test
    void aFrameIsReleasedOnce() throws Exception {
        try (QueueFixture queue = new QueueFixture(2)) {
            QueueConsumer consumer = queue.consumer();
            queue.send(1);
            Frame frame = requireNonNull(consumer.acquire(LONG));
            consumer.release(frame);
            assertThatThrownBy(() -> consumer.release(frame))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("not in the hands");
        }
    }

    @Test
    void aSlotIsQueuedOnce() throws Exception {
        try (QueueFixture queue = new QueueFixture(2)) {
            ProducerSlot slot = requireNonNull(queue.producer.dequeue(LONG));
            queue.producer.queue(slot, 0);
            assertThatThrownBy(() -> queue.producer.queue(slot, 0)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> queue.producer.cancel(slot)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void whoHasAllBuffersIsToldSo() throws Exception {
        try (QueueFixture queue = new QueueFixture(1)) {
            requireNonNull(queue.producer.dequeue(LONG));
            assertThatThrownBy(() -> queue.producer.dequeue(LONG))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("all buffers");
        }
    }

    @Test
    void withoutConsumersFramesAreLostAndBuffersFree() throws Exception {
        try (QueueFixture queue = new QueueFixture(2)) {
            assertThat(queue.producer.awaitConsumers(1, Duration.ofMillis(1))).isFalse();
            for (int i = 1; i <= 100; i++) {
                assertThat(queue.send(i)).isEqualTo(i);
            }
        }
    }

    @Test
    void aLateJoinerGetsTheFramesFromTheNextOneOn() throws Exception {
        try (QueueFixture queue = new QueueFixture(4)) {
            QueueConsumer early = queue.consumer();
            for (int i = 1; i <= 300; i++) {
                queue.send(i);
                early.release(requireNonNull(early.acquire(LONG)));
            }
            QueueConsumer late = queue.consumer();
            assertThat(queue.producer.consumers()).isEqualTo(2);
            assertThat(late.acquire(Duration.ZERO)).isNull();
            for (int i = 301; i <= 304; i++) {
                queue.send(i);
                assertThat(requireNonNull(late.acquire(LONG)).number()).isEqualTo(i);
                assertThat(requireNonNull(early.acquire(LONG)).number()).isEqualTo(i);
            }
        }
    }

    @Test
    void theEndOfTheStreamIsNotATimeout() throws Exception {
        try (QueueFixture queue = new QueueFixture(3)) {
            QueueConsumer consumer = queue.consumer();
            queue.send(1);
            queue.send(2);
            queue.producer.finish();
            Frame first = requireNonNull(consumer.acquire(LONG));
            Frame second = requireNonNull(consumer.acquire(LONG));
            assertThat(consumer.acquire(LONG)).isNull();
            assertThat(consumer.isEndOfStream()).isTrue();
            assertThat(queue.producer.awaitDrained(Duration.ZERO)).isFalse();
            consumer.release(first);
            consumer.release(second);
            assertThat(queue.producer.awaitDrained(LONG)).isTrue();
            assertThatThrownBy(() -> queue.producer.dequeue(LONG)).isInstanceOf(IllegalStateException.class);
            FakeConnection[] ends = queue.backend.pair();
            assertThatThrownBy(() -> queue.producer.attach(ends[0]))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("finished");
        }
    }

    @Test
    void anEndWithoutAnyFrameArrives() throws Exception {
        try (QueueFixture queue = new QueueFixture(1)) {
            QueueConsumer consumer = queue.consumer();
            queue.producer.finish();
            assertThat(consumer.acquire(LONG)).isNull();
            assertThat(consumer.isEndOfStream()).isTrue();
        }
    }

    @Test
    void aSlowConsumerIsDroppedAndTheOthersGoOn() throws Exception {
        try (QueueFixture queue = new QueueFixture(2, Duration.ofMillis(200))) {
            Attached fast = queue.attach();
            Attached slow = queue.attach();
            queue.event();
            queue.event();
            Frame stuck = null;
            for (int i = 1; i <= 20; i++) {
                queue.send(i);
                if (i == 1) {
                    stuck = requireNonNull(slow.consumer().acquire(LONG));
                }
                Frame frame = requireNonNull(fast.consumer().acquire(LONG));
                assertThat(frame.number()).isEqualTo(i);
                fast.consumer().release(frame);
            }
            QueueEvent event = queue.event();
            assertThat(event.kind()).isEqualTo(QueueEvent.Kind.DROPPED);
            assertThat(event.sentence())
                    .isEqualTo(
                            slow.producerEnd().peer() + " was dropped from the stream: it gave nothing back for 0.2 s");
            assertThat(queue.producer.consumers()).isEqualTo(1);
            assertThat(requireNonNull(stuck).number()).isEqualTo(1);
            slow.consumer().release(stuck); // harmless
            assertThatThrownBy(() -> {
                        while (slow.consumer().acquire(LONG) != null) {
                            // what was handed over before still comes
                        }
                    })
                    .isInstanceOf(PeerLeftException.class)
                    .hasMessageContaining("LATE")
                    .hasMessageContaining("dropped from the stream");
        }
    }

    @Test
    void aFrameThatIsKeptDropsNobodyWhileOthersComeBack() throws Exception {
        try (QueueFixture queue = new QueueFixture(3, Duration.ofSeconds(5))) {
            QueueConsumer keeper = queue.consumer();
            QueueConsumer other = queue.consumer();
            queue.send(1);
            Frame kept = requireNonNull(keeper.acquire(LONG));
            other.release(requireNonNull(other.acquire(LONG)));
            queue.send(2);
            queue.send(3);
            keeper.release(requireNonNull(keeper.acquire(LONG)));
            keeper.release(requireNonNull(keeper.acquire(LONG)));
            // Frame 1 is with the keeper, frames 2 and 3 with the other: only the other's next release helps.
            FutureTask<Long> sending = new FutureTask<>(() -> queue.send(4));
            Thread.ofPlatform().daemon().start(sending);
            other.release(requireNonNull(other.acquire(LONG)));
            assertThat(QueueFixture.get(sending)).isEqualTo(4);
            assertThat(queue.producer.consumers()).isEqualTo(2);
            assertThat(content(kept)).isEqualTo(1);
        }
    }

    @Test
    void aConsumersDeathFreesWhatItHeld() throws Exception {
        try (QueueFixture queue = new QueueFixture(1)) {
            Attached doomed = queue.attach();
            QueueConsumer survivor = queue.consumer();
            queue.event();
            queue.event();
            queue.send(1);
            requireNonNull(doomed.consumer().acquire(LONG));
            survivor.release(requireNonNull(survivor.acquire(LONG)));
            FutureTask<Long> sending = new FutureTask<>(() -> queue.send(2));
            Thread.ofPlatform().daemon().start(sending);
            doomed.consumerEnd().die();
            assertThat(QueueFixture.get(sending)).isEqualTo(2);
            QueueEvent event = queue.event();
            assertThat(event.kind()).isEqualTo(QueueEvent.Kind.DIED);
            assertThat(event.sentence()).isEqualTo(doomed.producerEnd().peer() + " died");
            assertThat(requireNonNull(survivor.acquire(LONG)).number()).isEqualTo(2);
        }
    }

    @Test
    void theLastReaderCanBeReplacedByANewOne() throws Exception {
        try (QueueFixture queue = new QueueFixture(2)) {
            for (int round = 0; round < 50; round++) {
                Attached reader = queue.attach();
                assertThat(queue.producer.awaitConsumers(1, LONG)).isTrue();
                long frame = queue.send(round);
                assertThat(requireNonNull(reader.consumer().acquire(LONG)).number())
                        .isEqualTo(frame);
                assertThat(queue.event().kind()).isEqualTo(QueueEvent.Kind.JOINED);
                if (round % 2 == 0) {
                    reader.consumerEnd().die();
                    assertThat(queue.event().kind()).isEqualTo(QueueEvent.Kind.DIED);
                } else {
                    reader.consumer().close();
                    assertThat(queue.event().kind()).isEqualTo(QueueEvent.Kind.LEFT);
                }
                assertThat(queue.producer.consumers()).isZero();
            }
        }
    }

    @Test
    void theProducersDeathComesAfterItsLastFrame() throws Exception {
        try (QueueFixture queue = new QueueFixture(3)) {
            Attached attached = queue.attach();
            queue.send(1);
            queue.send(2);
            assertThat(requireNonNull(attached.consumer().acquire(LONG)).number())
                    .isEqualTo(1);
            attached.producerEnd().die();
            assertThat(requireNonNull(attached.consumer().acquire(LONG)).number())
                    .isEqualTo(2);
            assertThatThrownBy(() -> attached.consumer().acquire(LONG))
                    .isInstanceOf(PeerDiedException.class)
                    .hasMessage(attached.consumerEnd().peer() + " died");
        }
    }

    @Test
    void aWaitingConsumerWakesWhenTheProducerLeaves() throws Exception {
        QueueFixture queue = new QueueFixture(2);
        QueueConsumer consumer = queue.consumer();
        queue.send(1);
        consumer.release(requireNonNull(consumer.acquire(LONG)));
        FutureTask<Frame> waiting = new FutureTask<>(() -> consumer.acquire(LONG));
        Thread.ofPlatform().daemon().start(waiting);
        queue.producer.close();
        assertThatThrownBy(() -> QueueFixture.get(waiting)).isInstanceOf(PeerLeftException.class);
        queue.close();
    }

    @Test
    void aFrameWhoseWorkGoesOnIsAcquiredWhenItIsDone() throws Exception {
        try (QueueFixture queue = new QueueFixture(2)) {
            QueueConsumer consumer = queue.consumer();
            SignalingTimeline work = queue.producer.workTimeline(1);
            ProducerSlot slot = requireNonNull(queue.producer.dequeue(LONG));
            queue.producer.queue(slot, 0, work, 5);
            assertThat(consumer.acquire(Duration.ZERO)).isNull();
            assertThat(consumer.acquire(Duration.ofMillis(1))).isNull();
            slot.raw().fill((byte) 9);
            work.signal(5);
            Frame frame = requireNonNull(consumer.acquire(LONG));
            assertThat(content(frame)).isEqualTo(9);
            consumer.release(frame);

            ProducerSlot second = requireNonNull(queue.producer.dequeue(LONG));
            queue.producer.queue(second, 0, work, 6);
            Frame ahead = requireNonNull(consumer.acquireAhead(LONG));
            assertThat(ahead.acquireFence().isSignaled()).isFalse();
            work.signal(6);
            ahead.acquireFence().await();
            assertThat(ahead.error()).isNull();
        }
    }

    @Test
    void failedWorkIsTold() throws Exception {
        try (QueueFixture queue = new QueueFixture(2)) {
            QueueConsumer consumer = queue.consumer();
            SignalingTimeline work = queue.producer.workTimeline(0);
            queue.producer.queue(requireNonNull(queue.producer.dequeue(LONG)), 0, work, 1);
            work.fail(1, Errno.EIO);
            assertThat(requireNonNull(consumer.acquire(LONG)).error()).isEqualTo(Errno.EIO);
        }
    }

    @Test
    void aBufferWhoseReaderWorksOnIsNotFree() throws Exception {
        try (QueueFixture queue = new QueueFixture(1)) {
            QueueConsumer consumer = queue.consumer();
            queue.send(1);
            SignalingTimeline work = consumer.workTimeline(2);
            consumer.release(requireNonNull(consumer.acquire(LONG)), work, 3);
            assertThat(queue.producer.dequeue(Duration.ofMillis(1))).isNull();
            FutureTask<ProducerSlot> waiting = new FutureTask<>(() -> queue.producer.dequeue(LONG));
            Thread.ofPlatform().daemon().start(waiting);
            work.signal(3);
            assertThat(QueueFixture.get(waiting).frame()).isEqualTo(1);
        }
    }

    @Test
    void aConsumerThatCannotMapIsRefused() throws Exception {
        try (QueueFixture queue = new QueueFixture(2)) {
            FakeConnection[] ends = queue.backend.pair();
            ends[1].refuseMaps();
            FutureTask<QueueConsumer> opening = new FutureTask<>(() -> QueueConsumer.open(ends[1], "consumer"));
            Thread.ofPlatform().daemon().start(opening);
            assertThatThrownBy(() -> queue.producer.attach(ends[0]))
                    .hasMessageContaining("MAPFAIL")
                    .hasMessageContaining("the memory can shrink");
            assertThatThrownBy(() -> QueueFixture.get(opening)).hasMessageContaining("the memory can shrink");
            assertThat(queue.producer.consumers()).isZero();
            assertThat(queue.event().sentence()).contains("the memory can shrink");
        }
    }

    @Test
    void twoProducersDoNotFit() throws Exception {
        try (QueueFixture queue = new QueueFixture(2);
                QueueFixture other = new QueueFixture(2)) {
            FakeConnection[] ends = queue.backend.pair();
            FutureTask<Void> attaching = new FutureTask<>(() -> {
                other.producer.attach(ends[1]);
                return null;
            });
            Thread.ofPlatform().daemon().start(attaching);
            ends[0].close();
            assertThatThrownBy(() -> QueueFixture.get(attaching)).isInstanceOf(PeerLeftException.class);
        }
    }

    @Test
    void twoConsumersDoNotFit() throws Exception {
        try (QueueFixture queue = new QueueFixture(2)) {
            FakeConnection[] ends = queue.backend.pair();
            FutureTask<QueueConsumer> opening = new FutureTask<>(() -> QueueConsumer.open(ends[1], "one"));
            Thread.ofPlatform().daemon().start(opening);
            assertThatThrownBy(() -> QueueConsumer.open(ends[0], "two"))
                    .satisfies(failure -> assertThat(failure)
                            .isInstanceOfAny(HandshakeException.class, PeerLeftException.class)
                            .hasMessageContaining("both sides want to receive"));
            assertThatThrownBy(() -> QueueFixture.get(opening)).hasMessageContaining("both sides want to receive");
        }
    }

    @Test
    void moreThanThirtyTwoConsumersAreRefused() throws Exception {
        try (QueueFixture queue = new QueueFixture(1)) {
            for (int i = 0; i < QueueConfig.MAX_CONSUMERS; i++) {
                queue.consumer();
            }
            assertThatThrownBy(queue::consumer)
                    .isInstanceOf(HandshakeException.class)
                    .hasMessageContaining("32 consumers");
        }
    }

    @Test
    void nothingStaysBehind() throws Exception {
        QueueFixture queue = new QueueFixture(3);
        Attached dies = queue.attach();
        Attached leaves = queue.attach();
        QueueConsumer stays = queue.consumer();
        queue.send(1);
        dies.consumerEnd().die();
        leaves.consumer().close();
        Frame frame = requireNonNull(stays.acquire(LONG));
        stays.release(frame);
        queue.producer.finish();
        assertThat(queue.producer.awaitDrained(LONG)).isTrue();
        assertThat(stays.acquire(LONG)).isNull();
        queue.close();
        dies.consumer().close();
        queue.backend.quiesce();
        assertThat(queue.backend.openAttachments()).isZero();
        assertThat(queue.backend.openMappings()).isZero();
        assertThat(queue.backend.openPages()).isZero();
    }

    @Test
    void aFenceThatNeverComesCostsThePatience() throws Exception {
        try (QueueFixture impatient = new QueueFixture(1, Duration.ofMillis(100))) {
            QueueConsumer consumer = impatient.consumer();
            impatient.event();
            impatient.send(1);
            consumer.release(requireNonNull(consumer.acquire(LONG)), consumer.workTimeline(0), 1);
            impatient.send(2);
            assertThat(impatient.event().kind()).isEqualTo(QueueEvent.Kind.DROPPED);
        }
    }

    @Test
    void buffersAreGivenBackPolitelyAtTheEnd() throws Exception {
        QueueFixture queue = new QueueFixture(3);
        QueueConsumer consumer = queue.consumer();
        queue.send(1);
        FutureTask<Integer> reading = new FutureTask<>(() -> {
            int frames = 0;
            while (!consumer.isEndOfStream()) {
                Frame frame = consumer.acquire(LONG);
                if (frame != null) {
                    frames++;
                    consumer.release(frame);
                }
            }
            while (consumer.isAttached()) {
                consumer.acquire(Duration.ZERO); // a consumer that goes on asking unmaps what is wanted back
            }
            return frames;
        });
        Thread.ofPlatform().daemon().start(reading);
        queue.producer.finish();
        assertThat(queue.producer.awaitDrained(LONG)).isTrue();
        queue.producer.close(); // returns long before the patience of 30 s, since the answers come
        assertThat(QueueFixture.get(reading)).isEqualTo(1);
        queue.close();
        queue.backend.quiesce();
        assertThat(queue.backend.openMappings()).isZero();
    }

    @Test
    void aSilentPeerCostsTheHandshakeTimeout() throws Exception {
        try (QueueFixture queue = new QueueFixture(1)) {
            FakeConnection[] toProducer = queue.backend.pair();
            FakeConnection[] toConsumer = queue.backend.pair();
            FutureTask<QueueConsumer> opening = new FutureTask<>(() -> QueueConsumer.open(toConsumer[0], "alone"));
            Thread.ofPlatform().daemon().start(opening);
            assertThatThrownBy(() -> queue.producer.attach(toProducer[0]))
                    .isInstanceOf(HandshakeException.class)
                    .hasMessageContaining("not finished within 5 s");
            assertThatThrownBy(() -> QueueFixture.get(opening))
                    .isInstanceOf(HandshakeException.class)
                    .hasMessageContaining("offered nothing within 5 s");
            assertThat(queue.event().kind()).isEqualTo(QueueEvent.Kind.REFUSED);
        }
    }
}
