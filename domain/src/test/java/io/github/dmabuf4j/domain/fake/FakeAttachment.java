package io.github.dmabuf4j.domain.fake;

import io.github.dmabuf4j.domain.spi.Attachment;
import java.util.concurrent.atomic.AtomicBoolean;

/** Stands for an object of the other domain, as a descriptor does. */
final class FakeAttachment implements Attachment {
    final Object target;
    private final FakeBackend backend;
    private final boolean received;
    private final AtomicBoolean closed = new AtomicBoolean();

    FakeAttachment(FakeBackend backend, Object target, boolean received) {
        this.backend = backend;
        this.target = target;
        this.received = received;
        if (received) {
            backend.openAttachments.incrementAndGet();
        }
    }

    FakeAttachment arrived() {
        return new FakeAttachment(backend, target, true);
    }

    @Override
    public void close() {
        if (received && closed.compareAndSet(false, true)) {
            backend.openAttachments.decrementAndGet();
        }
    }
}
