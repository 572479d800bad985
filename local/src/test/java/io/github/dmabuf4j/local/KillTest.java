package io.github.dmabuf4j.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.dmabuf4j.domain.Frame;
import io.github.dmabuf4j.domain.QueueConsumer;
import io.github.dmabuf4j.domain.QueueEvent;
import io.github.dmabuf4j.domain.session.PeerDiedException;
import io.github.dmabuf4j.linux.testing.CProgram;
import io.github.dmabuf4j.linux.testing.ChildJvm;
import io.github.dmabuf4j.linux.testing.LeakCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes end with SIGKILL at random moments of a stream. The others learn it from the pidfd (the patience is far longer
 * than the test), go on or end with a sentence that names the dead, and leak nothing.
 */
@Timeout(3600)
@ExtendWith(LeakCheck.class)
final class KillTest {
    private static final int ROUNDS = Boolean.getBoolean("dmabuf4j.long") ? 1000 : 4;

    @TempDir
    Path folder;

    @BeforeAll
    static void warmUp() throws IOException {
        StreamFixture.warmUp();
    }

    @Test
    void aConsumerDiesAndTheOtherGoesOn() throws Exception {
        long seed = System.nanoTime();
        System.out.println("KillTest, consumers: seed " + seed);
        Random random = new Random(seed);
        try (StreamFixture stream = new StreamFixture(folder, 4);
                ChildJvm survivor = ChildJvm.start(ConsumerMain.class, stream.listener.address())) {
            stream.attach();
            assertThat(stream.event().kind()).isEqualTo(QueueEvent.Kind.JOINED);
            for (int round = 0; round < ROUNDS; round++) {
                try (ChildJvm victim = ChildJvm.start(ConsumerMain.class, stream.listener.address())) {
                    stream.attach();
                    assertThat(stream.event().sentence()).contains("process " + victim.pid());
                    for (int i = random.nextInt(60); i > 0; i--) {
                        stream.send();
                    }
                    Thread killer = Thread.ofPlatform().start(() -> kill(victim));
                    while (stream.producer.consumers() == 2) {
                        stream.send();
                    }
                    QueueEvent event = stream.event();
                    assertThat(event.kind()).as("round %d, %s", round, event).isEqualTo(QueueEvent.Kind.DIED);
                    assertThat(event.sentence())
                            .contains("process " + victim.pid())
                            .contains("died");
                    killer.join();
                }
                for (int i = 0; i < 8; i++) {
                    stream.send();
                }
            }
            stream.producer.finish();
            for (String line : stream.expected) {
                assertThat(survivor.line()).isEqualTo(line);
            }
            assertThat(survivor.line()).isEqualTo("end of stream");
            assertThat(stream.producer.awaitDrained(StreamFixture.LONG)).isTrue();
        }
    }

    @Test
    void aConsumerDiesInTheHandshake() throws Exception {
        try (StreamFixture stream = new StreamFixture(folder, 4)) {
            for (int round = 0; round < ROUNDS / 2; round++) {
                try (ChildJvm victim = ChildJvm.start(ConsumerMain.class, stream.listener.address());
                        LocalConnection connection = stream.listener.accept()) {
                    Thread killer = Thread.ofPlatform().start(() -> kill(victim));
                    boolean joined = true;
                    try {
                        stream.producer.attach(connection);
                    } catch (IOException died) {
                        joined = false;
                        assertThat(died).hasMessageContaining("process " + victim.pid());
                    }
                    QueueEvent event = stream.event();
                    if (joined) {
                        assertThat(event.kind()).isEqualTo(QueueEvent.Kind.JOINED);
                        event = stream.event();
                    }
                    assertThat(event.kind()).as("%s", event).isEqualTo(QueueEvent.Kind.DIED);
                    killer.join();
                }
                stream.send(); // nobody is left that could keep a buffer
            }
        }
    }

    @Test
    void theProducerDies() throws Exception {
        long seed = System.nanoTime();
        System.out.println("KillTest, producers: seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS / 2; round++) {
            try (ChildJvm producer = ChildJvm.start(ProducerMain.class, folder.toString())) {
                assertThat(producer.line()).isEqualTo("listening");
                try (QueueConsumer consumer =
                        QueueConsumer.open(LocalConnection.connect(folder.resolve("stream")), "survivor")) {
                    long last = 0;
                    for (int i = random.nextInt(1, 200); i > 0; i--) {
                        last = next(consumer, last);
                    }
                    Thread killer = Thread.ofPlatform().start(() -> kill(producer));
                    long seen = last;
                    assertThatExceptionOfType(PeerDiedException.class)
                            .isThrownBy(() -> {
                                long number = seen;
                                while (true) {
                                    number = next(consumer, number);
                                }
                            })
                            .withMessageContaining("process " + producer.pid())
                            .withMessageContaining("died");
                    killer.join();
                }
            }
        }
    }

    @Test
    void theProducerOfTheConsumerInCDies() throws Exception {
        Path program = CProgram.compile(
                Path.of("../examples/c/xbp-receive.c"), folder.resolve("xbp-receive"), "-pthread", "-I", "../docs");
        try (ChildJvm producer = ChildJvm.start(ProducerMain.class, folder.toString())) {
            assertThat(producer.line()).isEqualTo("listening");
            Path errors = folder.resolve("errors");
            Process consumer = new ProcessBuilder(
                            program.toString(), folder.resolve("stream").toString())
                    .redirectError(errors.toFile())
                    .start();
            try (var output = consumer.inputReader()) {
                assertThat(output.readLine()).startsWith("1 40000000 ");
                producer.kill();
                while (output.readLine() != null) {
                    // What was handed over before the end counts.
                }
                assertThat(consumer.waitFor()).isEqualTo(1);
                assertThat(Files.readAllLines(errors))
                        .singleElement()
                        .asString()
                        .contains("producer has gone");
            } finally {
                consumer.destroyForcibly().waitFor();
            }
        }
    }

    private static long next(QueueConsumer consumer, long last) throws IOException, InterruptedException {
        Frame frame = consumer.acquire(StreamFixture.LONG);
        assertThat(frame).isNotNull();
        assertThat(frame.number()).isEqualTo(last + 1);
        assertThat(StreamFixture.line(frame.number(), frame.presentationTime(), frame.raw()))
                .isEqualTo(StreamFixture.expectedLine(frame.number()));
        consumer.release(frame);
        return last + 1;
    }

    private static void kill(ChildJvm child) {
        try {
            child.kill();
        } catch (InterruptedException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
