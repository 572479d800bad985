package io.github.dmabuf4j.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dmabuf4j.domain.spi.Attachment;
import io.github.dmabuf4j.domain.spi.ConnectionReceiver;
import io.github.dmabuf4j.domain.spi.Disconnect;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Writes down what arrives on a connection. */
final class Recorder implements ConnectionReceiver {
    /** A message as text, or the end. */
    record Event(
            String text,
            List<Attachment> attachments,
            @Nullable Disconnect end) {}

    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();

    @Override
    public void received(ByteBuffer message, List<Attachment> attachments) {
        events.add(new Event(StandardCharsets.UTF_8.decode(message).toString(), attachments, null));
    }

    @Override
    public void disconnected(Disconnect disconnect) {
        events.add(new Event("", List.of(), disconnect));
    }

    Event next() throws InterruptedException {
        Event event = events.poll(30, TimeUnit.SECONDS);
        assertThat(event).as("something should have happened on the connection").isNotNull();
        return event;
    }

    Disconnect end() throws InterruptedException {
        Disconnect end = next().end();
        assertThat(end).as("a message came, and not the end").isNotNull();
        assertThat(events).as("after the end").isEmpty();
        return end;
    }

    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
