package io.github.dmabuf4j.domain;

import io.github.dmabuf4j.domain.ring.HandOver;
import io.github.dmabuf4j.domain.ring.PeerRing;
import io.github.dmabuf4j.domain.ring.RingViolationException;
import io.github.dmabuf4j.domain.session.BufferState;
import io.github.dmabuf4j.domain.session.Refusal;
import io.github.dmabuf4j.domain.session.Share;
import io.github.dmabuf4j.domain.wire.XbpError;
import io.github.dmabuf4j.fence.PointStatus;
import io.github.dmabuf4j.fence.Timeline;
import org.jspecify.annotations.Nullable;

/**
 * How buffers come back to the producer: it reads the consumers' rings, keeps the free buffers in the order in which they
 * became free, waits, and loses patience. The producer's thread alone. Allocates nothing while nothing goes wrong, with one
 * exception: when no consumer has all the buffers that are out, it must wait for any of several, and then
 * {@link io.github.dmabuf4j.domain.spi.SyncPage#awaitAny} says what that costs.
 *
 * <p><b>Patience.</b> The clock of a consumer runs while the producer starves and the consumer gives nothing back. When
 * several have run out of time, the one that has the most buffers goes first, and only if that does not help the next: a
 * consumer that keeps a single frame for long does no harm as long as the others come back.
 */
final class BufferReturns {
    private final ProducerBuffers buffers;
    private final ConsumerSet consumers;
    private final long patienceNanos;
    private final HandOver record = new HandOver();
    private final ProducerSlot[] free; // a ring: taken at head, put behind
    private int freeHead;
    private int freeCount;
    private int out; // handed over and not back
    private boolean starving;
    private long starvingSince;
    // What to wait for, filled anew for each wait.
    private final @Nullable Timeline[] waitTimelines;
    private final long[] waitPoints;
    private int waits;
    private boolean anyGone; // somebody is to be taken out: no sleep before that

    BufferReturns(ProducerBuffers buffers, ConsumerSet consumers) {
        this.buffers = buffers;
        this.consumers = consumers;
        this.patienceNanos = buffers.config().patience().toNanos();
        this.free = buffers.slots().clone();
        this.freeCount = free.length;
        int most = QueueConfig.MAX_CONSUMERS * (1 + free.length);
        this.waitTimelines = new @Nullable Timeline[most];
        this.waitPoints = new long[most];
    }

    int freeCount() {
        return freeCount;
    }

    /** Takes the buffer that has been free for the longest time. There must be one. */
    ProducerSlot take() {
        ProducerSlot slot = free[freeHead];
        freeHead = freeHead + 1 == free.length ? 0 : freeHead + 1;
        freeCount--;
        slot.place = ProducerSlot.Place.DEQUEUED;
        return slot;
    }

    /** A buffer is about to be handed over to so many consumers. */
    void lend(ProducerSlot slot, int owing) {
        slot.place = ProducerSlot.Place.QUEUED;
        slot.owing = owing;
        out++;
    }

    /** Puts a buffer among the free ones. */
    void put(ProducerSlot slot) {
        if (slot.place == ProducerSlot.Place.QUEUED) {
            out--;
        }
        slot.place = ProducerSlot.Place.FREE;
        int tail = freeHead + freeCount;
        free[tail >= free.length ? tail - free.length : tail] = slot;
        freeCount++;
    }

    /**
     * Waits until so many buffers are free.
     *
     * @return false when the time is over
     */
    boolean await(int wanted, long timeoutNanos) throws InterruptedException {
        if (timeoutNanos > 0 && glance()) {
            for (ProducerPort port : consumers.ports()) {
                if (port.owed > 0) {
                    collect(port, true);
                }
            }
            if (freeCount >= wanted) {
                starving = false;
                return true;
            }
        }
        collect();
        if (freeCount >= wanted) {
            starving = false;
            return true;
        }
        if (timeoutNanos <= 0) {
            return false;
        }
        long begin = System.nanoTime();
        if (!starving) {
            starving = true;
            starvingSince = begin;
        }
        long now = begin;
        while (true) {
            ProducerPort overdue = prepareWait(now);
            long left = timeoutNanos - (now - begin);
            if (overdue != null) {
                overdue.drop(buffers.config().patience());
            } else if (left <= 0) {
                return false;
            } else if (!anyGone) {
                sleep(Math.min(left, untilOverdue(now)));
            }
            collect();
            if (freeCount >= wanted) {
                starving = false;
                return true;
            }
            now = System.nanoTime();
        }
    }

    /** Reads what came back from everybody, and takes out those that are gone. */
    void collect() {
        ProducerPort[] ports = consumers.ports();
        for (ProducerPort port : ports) {
            collect(port, false);
            if (port.ended() != null) {
                remove(port);
            }
        }
    }

    /** Whether all consumers that have something give something back at once. */
    private boolean glance() {
        for (ProducerPort port : consumers.ports()) {
            if (port.owed > 0 && !port.ring().glance()) {
                return false;
            }
        }
        return true;
    }

    private void collect(ProducerPort port, boolean briefly) {
        try {
            PeerRing ring = port.ring();
            // Briefly: one look at the record behind would fetch the cache line that the peer writes next.
            for (boolean more = true; more && ring.poll(record); more = !briefly) {
                released(port);
            }
        } catch (RingViolationException violation) {
            port.violated(new Refusal(XbpError.BADMSG, String.valueOf(violation.getMessage())));
        } catch (Refusal refusal) {
            port.violated(refusal);
        }
        for (int slot = 0; port.pending > 0 && slot < free.length; slot++) {
            if (port.pendingTimeline(slot) != null && !port.isPending(slot)) {
                port.unpend(slot);
                settled(port, buffers.slots()[slot]);
            }
        }
    }

    private void released(ProducerPort port) throws Refusal {
        ProducerSlot slot = buffers.table().require(record.buffer());
        Share share = port.share(slot.index());
        share.released();
        if (record.frame() != slot.frame) {
            share.handedOver();
            throw new Refusal(
                    XbpError.BADSTATE,
                    "it gave frame " + record.frame() + " back in the buffer of frame " + slot.frame);
        }
        port.progressed = true;
        if (record.isDone(port.ring().timelineIndex())) {
            settled(port, slot);
            return;
        }
        Timeline timeline = port.page().timeline(record.timeline());
        slot.released(port.index(), timeline, record.value());
        if (timeline.status(record.value()) == PointStatus.PENDING) {
            port.pend(slot.index(), timeline, record.value());
        } else {
            settled(port, slot);
        }
    }

    private void settled(ProducerPort port, ProducerSlot slot) {
        port.owed--;
        port.progressed = true;
        if (--slot.owing == 0) {
            put(slot);
        }
    }

    /** What a consumer that is gone still had counts as given back. */
    private void remove(ProducerPort port) {
        for (ProducerSlot slot : buffers.slots()) {
            if (port.pendingTimeline(slot.index()) != null) {
                port.unpend(slot.index());
                settled(port, slot);
            } else if (port.share(slot.index()).state() == BufferState.LENT) {
                settled(port, slot);
            }
            slot.forget(port.index());
        }
        consumers.remove(port);
    }

    /** Fills the list of what to wait for; finds the consumer to be dropped now, if there is one. */
    private @Nullable ProducerPort prepareWait(long now) {
        waits = 0;
        anyGone = false;
        boolean owed = false;
        ProducerPort overdue = null;
        ProducerPort bottleneck = null;
        for (ProducerPort port : consumers.ports()) {
            if (port.owed == 0) {
                continue;
            }
            owed = true;
            if (port.progressed) {
                port.progressed = false;
                port.lastProgress = now;
            }
            Timeline ring = port.ring().timeline();
            if (ring.error() != null && ring.value() < port.ring().next()) {
                port.withdrew(); // it can never give anything back; the next look takes it out
                anyGone = true;
                continue;
            }
            if (patienceLeft(port, now) <= 0 && (overdue == null || port.owed > overdue.owed)) {
                overdue = port;
            }
            if (port.owed == out && port.pending == 0) {
                bottleneck = port;
            }
            addWait(ring, port.ring().next());
            for (int slot = 0; port.pending > 0 && slot < free.length; slot++) {
                Timeline pending = port.pendingTimeline(slot);
                if (pending != null) {
                    addWait(pending, port.pendingPoint(slot));
                }
            }
        }
        if (!owed) {
            throw new IllegalStateException("the caller has all buffers already: queue or cancel one of them first");
        }
        if (bottleneck != null) { // it has every buffer that is out: nothing becomes free without it
            waits = 0;
            addWait(bottleneck.ring().timeline(), bottleneck.ring().next());
        }
        return overdue;
    }

    private void addWait(Timeline timeline, long point) {
        waitTimelines[waits] = timeline;
        waitPoints[waits] = point;
        waits++;
    }

    private long untilOverdue(long now) {
        long least = Long.MAX_VALUE;
        for (ProducerPort port : consumers.ports()) {
            if (port.owed > 0) {
                least = Math.min(least, patienceLeft(port, now));
            }
        }
        return Math.max(least, 1);
    }

    private long patienceLeft(ProducerPort port, long now) {
        long since = port.lastProgress - starvingSince > 0 ? port.lastProgress : starvingSince;
        return patienceNanos - (now - since);
    }

    @SuppressWarnings("NullAway") // the first entries are filled
    private void sleep(long nanos) throws InterruptedException {
        if (waits == 1) {
            waitTimelines[0].awaitPoint(waitPoints[0], nanos);
        } else {
            buffers.page().awaitAny(waitTimelines, waitPoints, waits, nanos);
        }
    }
}
