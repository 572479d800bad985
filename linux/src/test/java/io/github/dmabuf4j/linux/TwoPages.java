package io.github.dmabuf4j.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;

/** Two processes that share timelines, played by one: an owner and a waiter, each with its page set. */
final class TwoPages implements AutoCloseable {
    static final int LINES = 64;
    static final int TIMELINE = 1;
    static final int INTEREST = 16;

    final TimelinePage ownerPage = TimelinePage.create("owner", LINES);
    final TimelinePage waiterPage = TimelinePage.create("waiter", LINES);
    final PeerTimelinePage ownerSeen = PeerTimelinePage.map(ownerPage.fd().dup(), LINES);
    final PeerTimelinePage waiterSeen = PeerTimelinePage.map(waiterPage.fd().dup(), LINES);
    final SharedTimeline owner = ownerPage.timeline(TIMELINE, "frames");
    final PeerTimeline peer = ownerSeen.timeline(TIMELINE, "peer's frames", waiterPage, INTEREST);

    TwoPages() throws IOException {
        owner.addWatcher(waiterSeen, INTEREST);
    }

    /** Waits until so many threads of the waiting side are announced as asleep. */
    static void awaitSleepers(TimelinePage page, int interestLine, int count) {
        long at = (long) interestLine * TimelineDescriptor.LINE_BYTES + TimelineDescriptor.WAITERS_OFFSET;
        while (page.memory().get(JAVA_INT, at) != count) {
            Thread.yield();
        }
    }

    void awaitSleepers(int count) {
        awaitSleepers(waiterPage, INTEREST, count);
    }

    int sleepers() {
        return waiterPage
                .memory()
                .get(JAVA_INT, (long) INTEREST * TimelineDescriptor.LINE_BYTES + TimelineDescriptor.WAITERS_OFFSET);
    }

    int doorbell() {
        return ownerPage.memory().get(JAVA_INT, TimelineDescriptor.DOORBELL_OFFSET);
    }

    @Override
    public void close() {
        owner.removeWatcher(waiterSeen, INTEREST);
        ownerSeen.close();
        waiterSeen.close();
        ownerPage.close();
        waiterPage.close();
    }
}
