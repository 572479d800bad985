package io.github.dmabuf4j.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dmabuf4j.domain.QueueEvent;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Whatever a consumer writes into its ring, the producer throws it out with a reason. */
final class HostileConsumerTest extends ProducerUnderAttack {
    private void join() throws Exception {
        FutureTask<Void> joining = attack(() -> peer.join(SLOTS));
        stream.attach();
        joining.get(30, TimeUnit.SECONDS);
        assertThat(stream.event().kind()).isEqualTo(QueueEvent.Kind.JOINED);
    }

    private void assertThrownOut(String reason) throws Exception {
        while (stream.events.isEmpty()) {
            // The producer looks at the rings when it needs a buffer.
            stream.send();
        }
        QueueEvent event = stream.event();
        assertThat(event.kind()).isEqualTo(QueueEvent.Kind.REFUSED);
        assertThat(event.sentence()).contains(reason);
    }

    @Test
    void aRecordOfAnotherNumber() throws Exception {
        join();
        stream.send();
        peer.record(0, 2, peer.offers.getFirst().envelope().object(), 0, 1, 1);
        peer.ring.signal(1);
        assertThrownOut("says that it is record 2");
    }

    @Test
    void aRecordOfAnUnknownBuffer() throws Exception {
        join();
        stream.send();
        peer.record(0, 1, 99, 0, 1, 1);
        peer.ring.signal(1);
        assertThrownOut("not known here");
    }

    @Test
    void aRecordThatCitesAnUnknownTimeline() throws Exception {
        join();
        stream.send();
        peer.record(0, 1, peer.offers.getFirst().envelope().object(), -1, 1, 1);
        peer.ring.signal(1);
        assertThrownOut("cites timeline 4294967295");
    }

    @Test
    void aBufferGivenBackTwice() throws Exception {
        join();
        stream.send();
        long buffer = peer.offers.getFirst().envelope().object();
        peer.record(0, 1, buffer, 0, 1, 1);
        peer.record(1, 2, buffer, 0, 2, 1);
        peer.ring.signal(2);
        // The second is found when the next buffer is needed: by then the first one has been filled again.
        assertThrownOut("gave frame 1 back in the buffer of frame");
    }

    @Test
    void aFrameGivenBackThatWasNotHandedOver() throws Exception {
        join();
        stream.send();
        peer.record(0, 1, peer.offers.getFirst().envelope().object(), 0, 1, 77);
        peer.ring.signal(1);
        assertThrownOut("gave frame 77 back");
    }

    @Test
    void aTimelineThatJumpsOverItsRing() throws Exception {
        join();
        stream.send();
        peer.ring.signal(1_000_000);
        assertThrownOut("overwritten");
    }

    @Test
    void aTimelineThatRunsBackwards() throws Exception {
        join();
        stream.send();
        long buffer = peer.offers.getFirst().envelope().object();
        peer.record(0, 1, buffer, 0, 1, 1);
        peer.ring.signal(1);
        for (int i = 0; i < SLOTS; i++) {
            stream.send(); // the last one needs the buffer that came back
        }
        assertThat(stream.producer.awaitDrained(Duration.ZERO)).isFalse(); // value 1 was seen
        peer.forceValue(0);
        assertThrownOut("backwards");
        peer.forceValue(1); // its own class would not close otherwise
    }
}
