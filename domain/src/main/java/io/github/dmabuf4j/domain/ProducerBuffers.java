package io.github.dmabuf4j.domain;

import io.github.dmabuf4j.buffer.DmaBuf;
import io.github.dmabuf4j.buffer.DmaHeap;
import io.github.dmabuf4j.domain.ring.ReleaseRing;
import io.github.dmabuf4j.domain.session.ObjectTable;
import io.github.dmabuf4j.domain.session.SessionSetup;
import io.github.dmabuf4j.domain.spi.Backend;
import io.github.dmabuf4j.domain.spi.SyncPage;
import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a producer owns: the buffers, their ids, and the one sync page for all its consumers. */
final class ProducerBuffers implements AutoCloseable {
    private final QueueConfig config;
    private final SyncPage page;
    private final int epoch = SessionSetup.newEpoch();
    private final ProducerSlot[] slots;
    private final ObjectTable<ProducerSlot> table;
    private final ReleaseRing ring;

    private ProducerBuffers(QueueConfig config, SyncPage page, ProducerSlot[] slots) {
        this.config = config;
        this.page = page;
        this.slots = slots;
        this.ring = new ReleaseRing(page);
        this.table = new ObjectTable<>(epoch, slots.length);
        for (ProducerSlot slot : slots) {
            slot.id = table.add(slot);
        }
    }

    static ProducerBuffers allocate(QueueConfig config, DmaHeap heap, Backend backend) throws IOException {
        @Nullable ProducerSlot[] slots = new @Nullable ProducerSlot[config.slots()];
        try {
            for (int i = 0; i < slots.length; i++) {
                DmaBuf buffer = heap.allocate(config.bufferSize());
                buffer.name(label(config.name()));
                slots[i] = new ProducerSlot(i, buffer);
            }
            SyncPage page = backend.createSyncPage(QueuePages.producer(config.slots()), config.name());
            return new ProducerBuffers(
                    config,
                    page,
                    Arrays.stream(slots).map(Objects::requireNonNull).toArray(ProducerSlot[]::new));
        } catch (IOException | RuntimeException failed) {
            for (ProducerSlot slot : slots) {
                if (slot != null) {
                    slot.close();
                }
            }
            throw failed;
        }
    }

    QueueConfig config() {
        return config;
    }

    SyncPage page() {
        return page;
    }

    ProducerSlot[] slots() {
        return slots;
    }

    ReleaseRing ring() {
        return ring;
    }

    ObjectTable<ProducerSlot> table() {
        return table;
    }

    long bytes() {
        return Arrays.stream(slots).mapToLong(slot -> slot.buffer().size()).sum();
    }

    /** What our HELLO to one of the consumers says. */
    SessionSetup setup(int consumer) {
        return new SessionSetup(
                SessionSetup.Role.EXPORTER,
                epoch,
                slots.length,
                bytes(),
                page,
                QueuePages.interestLine(page.geometry(), consumer));
    }

    @Override
    public void close() {
        page.close();
        for (ProducerSlot slot : slots) {
            slot.close();
        }
    }

    private static String label(String name) {
        return name.length() <= 31 ? name : name.substring(0, 31);
    }
}
