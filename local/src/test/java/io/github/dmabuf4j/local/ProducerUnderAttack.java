package io.github.dmabuf4j.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dmabuf4j.domain.Frame;
import io.github.dmabuf4j.domain.QueueConsumer;
import io.github.dmabuf4j.linux.testing.LeakCheck;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A producer under attack: after every attack it serves a good consumer, and has leaked nothing. */
@Timeout(60)
@ExtendWith(LeakCheck.class)
abstract class ProducerUnderAttack {
    static final int SLOTS = 3;

    @TempDir
    Path folder;

    StreamFixture stream;
    RawPeer peer;

    @BeforeAll
    static void warmUp() throws IOException {
        StreamFixture.warmUp();
    }

    @BeforeEach
    void connect() throws IOException {
        stream = new StreamFixture(folder, SLOTS);
        peer = RawPeer.connect(stream.listener.path());
    }

    /** After every attack a good consumer gets its frames. */
    @AfterEach
    void aGoodConsumerIsServed() throws Exception {
        peer.close();
        FutureTask<QueueConsumer> opening =
                new FutureTask<>(() -> QueueConsumer.open(LocalConnection.connect(stream.listener.path()), "good"));
        Thread.ofPlatform().daemon().start(opening);
        stream.attach();
        try (QueueConsumer consumer = opening.get(30, TimeUnit.SECONDS)) {
            for (int i = 0; i < 2 * SLOTS; i++) {
                stream.send();
                Frame frame = consumer.acquire(StreamFixture.LONG);
                assertThat(frame).isNotNull();
                assertThat(StreamFixture.line(frame.number(), frame.presentationTime(), frame.raw()))
                        .isEqualTo(stream.expected.getLast());
                consumer.release(frame);
            }
        } finally {
            stream.close();
        }
    }

    /** What an attacker does on a thread of its own. */
    interface Attack {
        void run() throws Exception;
    }

    static FutureTask<Void> attack(Attack attack) {
        FutureTask<Void> task = new FutureTask<>(() -> {
            attack.run();
            return null;
        });
        Thread.ofPlatform().daemon().start(task);
        return task;
    }
}
