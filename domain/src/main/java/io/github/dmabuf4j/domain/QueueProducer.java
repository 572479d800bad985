package io.github.dmabuf4j.domain;

import io.github.dmabuf4j.buffer.DmaHeap;
import io.github.dmabuf4j.domain.ring.ReleaseRing;
import io.github.dmabuf4j.domain.spi.Backend;
import io.github.dmabuf4j.domain.spi.Connection;
import io.github.dmabuf4j.fence.SignalingTimeline;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The end of a buffer queue that fills frames.
 *
 * <p>A fixed number of buffers circulates: {@link #dequeue} gives one that nobody uses, the caller fills it and hands it
 * over with {@link #queue}; every consumer that is attached at that moment gets the frame, in order, and the buffer comes
 * back once the last of them has released it. Nothing is copied and nothing is sent per frame: a hand-over is a record in a
 * shared ring and a step of a shared timeline.
 *
 * <p><b>Consumers</b> come by {@link #attach} and leave when they like. A new one gets the frames from the next
 * {@code queue} on. The slowest sets the pace. One that keeps the producer waiting for longer than
 * {@link QueueConfig#patience()} without giving anything back is dropped. When a consumer is dropped, leaves or dies, what
 * it held counts as released, and <em>the same memory continues to circulate</em> among the others: a peer that was
 * turned away may still see (and, where the backend cannot protect buffers, disturb) later frames of this queue through a
 * mapping it kept. All of the queue's memory is marked as shared, so it is never used again for anything else.
 *
 * <p><b>Threads.</b> {@link #dequeue}, {@link #queue}, {@link #cancel}, {@link #finish}, {@link #awaitConsumers},
 * {@link #awaitDrained} and {@link #close} belong to one thread at a time, the producer's. {@link #attach} and
 * {@link #consumers} may be called from any thread at any time.
 *
 * <p><b>Cost.</b> {@code dequeue} and {@code queue} take no lock, allocate nothing, and make no system call unless a
 * consumer sleeps or the producer must wait itself. (When several consumers hold different buffers and none of them holds
 * all, a wait allocates if the backend cannot sleep on several timelines at once.)
 */
public final class QueueProducer implements AutoCloseable {
    /** How many work timelines there are. */
    public static final int WORK_TIMELINES = QueuePages.WORK_TIMELINES;

    private final ProducerBuffers buffers;
    private final ConsumerSet consumers;
    private final BufferReturns returns;
    private final ReleaseRing ring;
    private int dequeued;
    private boolean finished;
    private boolean closed;

    private QueueProducer(ProducerBuffers buffers, Consumer<QueueEvent> listener) {
        this.buffers = buffers;
        this.consumers = new ConsumerSet(buffers, listener);
        this.returns = new BufferReturns(buffers, consumers);
        this.ring = buffers.ring();
    }

    /**
     * Allocates the buffers and the shared page. Nobody is attached yet.
     *
     * @param config the numbers
     * @param heap where the buffers come from; the backend must be able to forward its memory
     * @param backend the road to the consumers
     * @param listener is told what happens to consumers; called from the producer's thread, from one that attaches or
     *     from one of the backend, must not block
     * @return the producer; the caller closes it
     * @throws IllegalArgumentException if the layout does not fit into the buffers
     * @throws IOException if there is not enough memory; nothing stays behind
     */
    public static QueueProducer create(QueueConfig config, DmaHeap heap, Backend backend, Consumer<QueueEvent> listener)
            throws IOException {
        try {
            config.layout().checkFits(config.bufferSize());
        } catch (IllegalArgumentException tooSmall) {
            throw new IllegalArgumentException("the buffers of queue " + config.name() + ": " + tooSmall.getMessage());
        }
        return new QueueProducer(ProducerBuffers.allocate(config, heap, backend), listener);
    }

    /**
     * Makes a peer a consumer: handshake, and an offer of every buffer. Blocks until the peer has mapped them all; it gets
     * frames from the next {@link #queue} on. May be called from any thread, for several peers at once.
     *
     * <p>A peer that fails is turned away: an event says why, and nothing else happens to the queue.
     *
     * @param connection a connection that has not been started; from now on the queue's to close
     * @throws IOException if the peer was refused, died, or took longer than {@link QueueConfig#HANDSHAKE_TIMEOUT}; the
     *     sentence is that of the event
     * @throws InterruptedException if the thread is interrupted; the peer is turned away
     * @throws IllegalStateException if the queue is finished or closed
     */
    public void attach(Connection connection) throws IOException, InterruptedException {
        consumers.attach(connection);
    }

    /**
     * How many consumers are attached now.
     *
     * @return the number
     */
    public int consumers() {
        return consumers.live();
    }

    /**
     * Waits until at least so many consumers are attached.
     *
     * @param count how many
     * @param timeout the longest wait
     * @return false when the time is over
     * @throws InterruptedException if the thread is interrupted
     */
    public boolean awaitConsumers(int count, Duration timeout) throws InterruptedException {
        return consumers.await(count, timeout.toNanos());
    }

    /**
     * Takes a buffer that nobody uses: every consumer that got its last frame has released it, and the release fences are
     * signalled. Waits for one; drops consumers that exceed the patience.
     *
     * @param timeout the longest wait; zero only looks
     * @return the slot, the caller's until {@link #queue} or {@link #cancel}; null when the time is over
     * @throws InterruptedException if the thread is interrupted
     * @throws IllegalStateException if the queue is finished or closed, or the caller has all buffers already
     */
    public @Nullable ProducerSlot dequeue(Duration timeout) throws InterruptedException {
        checkOpen();
        if (returns.freeCount() == 0 && !returns.await(1, timeout.toNanos())) {
            return null;
        }
        dequeued++;
        return returns.take();
    }

    /**
     * Hands a filled buffer over to all consumers. Everything this thread wrote into it is visible to them. With no
     * consumer attached the frame is lost, and the buffer free at once.
     *
     * @param slot from {@link #dequeue}
     * @param presentationTime when to show the frame, in nanoseconds from a zero of the producer's choice
     * @throws IllegalStateException if the slot is not the caller's, or the queue is finished or closed
     */
    public void queue(ProducerSlot slot, long presentationTime) {
        handOver(slot, presentationTime, QueuePages.RING_TIMELINE, 0);
    }

    /**
     * Hands a buffer over while the work that fills it goes on: consumers get it at once, with a fence.
     *
     * @param slot from {@link #dequeue}
     * @param presentationTime as above
     * @param work one of {@link #workTimeline}
     * @param point the point that the timeline reaches when the work is done; the work is already submitted
     * @throws IllegalArgumentException if the timeline is not one of this queue's
     * @throws IllegalStateException as above
     */
    public void queue(ProducerSlot slot, long presentationTime, SignalingTimeline work, long point) {
        handOver(slot, presentationTime, QueuePages.numberOf(buffers.page(), work), point);
    }

    /**
     * Gives a buffer back without handing it over.
     *
     * @param slot from {@link #dequeue}
     * @throws IllegalStateException if the slot is not the caller's
     */
    public void cancel(ProducerSlot slot) {
        checkMine(slot);
        dequeued--;
        returns.put(slot);
    }

    /**
     * A timeline that consumers can wait for, for work that goes on after {@link #queue}. The caller signals it.
     *
     * @param index 0 to {@link #WORK_TIMELINES} - 1
     * @return the timeline; the same object in every call
     */
    public SignalingTimeline workTimeline(int index) {
        return QueuePages.workTimeline(buffers.page(), index);
    }

    /** Ends the stream: consumers are told after the last frame. Nobody can attach any more. Idempotent. */
    public void finish() {
        if (finished || closed) {
            return;
        }
        finished = true;
        consumers.shut("the stream of queue " + buffers.config().name() + " is finished: nobody can attach any more");
        for (ProducerPort port : consumers.ports()) {
            if (!port.started && port.ended() == null) {
                port.begin(ring.published() + 1);
            }
        }
        ring.endStream();
    }

    /**
     * Waits until every buffer is back. Drops consumers that exceed the patience.
     *
     * @param timeout the longest wait
     * @return false when the time is over
     * @throws InterruptedException if the thread is interrupted
     */
    public boolean awaitDrained(Duration timeout) throws InterruptedException {
        return returns.await(buffers.slots().length - dequeued, timeout.toNanos());
    }

    /**
     * Takes the buffers back from the consumers, says goodbye and frees everything. Without {@link #finish} and
     * {@link #awaitDrained} before, frames that are still under way may be lost. Waits for the consumers' answers no longer
     * than the patience. Idempotent.
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        consumers.shut("queue " + buffers.config().name() + " is closed");
        returns.collect();
        if (finished && returns.freeCount() + dequeued == buffers.slots().length) {
            takeBack();
        }
        for (ProducerPort port : consumers.ports()) {
            port.session().close();
        }
        returns.collect(); // takes them all out
        buffers.close();
    }

    private void handOver(ProducerSlot slot, long presentationTime, int timeline, long point) {
        checkOpen();
        checkMine(slot);
        long sequence = ring.published() + 1;
        ProducerPort[] ports = consumers.ports();
        for (ProducerPort port : ports) {
            if (!port.started && port.ended() == null) {
                port.begin(sequence);
            }
        }
        ring.write(slot.id, 0, presentationTime, 0, timeline, point);
        // Consumers that are awake have it now; the books are kept while they look.
        boolean anyGone = false;
        int owing = 0;
        for (ProducerPort port : ports) {
            if (port.ended() != null) {
                anyGone = true;
                continue;
            }
            port.share(slot.index()).handedOver();
            port.owed++;
            owing++;
        }
        dequeued--;
        slot.frame = sequence;
        slot.forgetReleases();
        returns.lend(slot, owing);
        ring.announce();
        if (owing == 0) {
            returns.put(slot);
        }
        if (anyGone) {
            returns.collect();
        }
    }

    /** The polite end: consumers unmap first. Those that do not answer are left with what they map. */
    private void takeBack() {
        long deadline = System.nanoTime() + buffers.config().patience().toNanos();
        for (ProducerPort port : consumers.ports()) {
            if (port.ended() == null) {
                port.retire();
            }
        }
        try {
            for (ProducerPort port : consumers.ports()) {
                port.awaitRetired(deadline);
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt(); // the caller wants to leave; the rest of the end does not wait
        }
    }

    private void checkOpen() {
        if (closed || finished) {
            throw new IllegalStateException(
                    "queue " + buffers.config().name() + " is " + (closed ? "closed" : "finished"));
        }
    }

    private void checkMine(ProducerSlot slot) {
        if (closed || slot.place != ProducerSlot.Place.DEQUEUED || buffers.slots()[slot.index()] != slot) {
            throw new IllegalStateException("buffer " + slot.index() + " is not in the hands of the producer");
        }
    }
}
