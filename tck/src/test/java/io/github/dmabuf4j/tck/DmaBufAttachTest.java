package io.github.dmabuf4j.tck;

import static io.github.dmabuf4j.memory.DmaDirection.BIDIRECTIONAL;
import static io.github.dmabuf4j.memory.DmaDirection.FROM_DEVICE;
import static io.github.dmabuf4j.memory.DmaDirection.TO_DEVICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.dmabuf4j.buffer.AccessMode;
import io.github.dmabuf4j.buffer.BufferLink;
import io.github.dmabuf4j.buffer.BufferPinnedException;
import io.github.dmabuf4j.buffer.DmaAttachment;
import io.github.dmabuf4j.buffer.DmaBuf;
import io.github.dmabuf4j.buffer.FenceUsage;
import io.github.dmabuf4j.buffer.ImporterCallbacks;
import io.github.dmabuf4j.buffer.RawView;
import io.github.dmabuf4j.fence.FenceContext;
import io.github.dmabuf4j.fence.UserFence;
import io.github.dmabuf4j.memory.DmaTable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rules between exporters and importers. */
@Family("dma-buf attach")
@InProcessOnly("user space attaches nothing")
class DmaBufAttachTest {
    private static final ImporterCallbacks DYNAMIC = new ImporterCallbacks(false, null);

    private final MockStorage storage = new MockStorage();
    private final DmaBuf buffer = DmaBuf.export(storage);

    @Test
    @DisplayName(
            "attach, detach, begin, end, vmap and release are called without the lock; map, unmap, pin, unpin with it")
    void locking() throws Exception {
        buffer.beginCpuAccess(AccessMode.READ).close();
        buffer.rawView(AccessMode.READ).close();
        try (DmaAttachment attachment = buffer.attach(storage)) {
            attachment.unmap(attachment.map(TO_DEVICE), TO_DEVICE);
        }
        buffer.close();
        assertThat(storage.calls)
                .containsExactly(
                        "begin",
                        "end",
                        "vmap",
                        "vunmap",
                        "attach",
                        "pin locked",
                        "map locked",
                        "unmap locked",
                        "unpin locked",
                        "detach",
                        "release");
    }

    @Test
    @DisplayName("each mapping is a table of its own, and belongs to the importer until it is unmapped")
    void tables() throws Exception {
        try (buffer;
                DmaAttachment attachment = buffer.attach(storage)) {
            DmaTable first = attachment.map(TO_DEVICE);
            DmaTable second = attachment.map(TO_DEVICE);
            assertThat(second).isNotSameAs(first);
            attachment.unmap(first, TO_DEVICE);
            assertThat(storage.mapped).containsExactly(second);
            attachment.unmap(second, TO_DEVICE);
        }
    }

    @Test
    @DisplayName("unmapping takes the direction of the mapping")
    void direction() throws Exception {
        try (buffer;
                DmaAttachment attachment = buffer.attach(storage)) {
            DmaTable table = attachment.map(FROM_DEVICE);
            assertThatIllegalArgumentException().isThrownBy(() -> attachment.unmap(table, BIDIRECTIONAL));
            assertThat(storage.mapped).containsExactly(table);
            attachment.unmap(table, FROM_DEVICE);
        }
    }

    @Test
    @DisplayName("a static importer pins while it is mapped; a dynamic one pins when it says so")
    void pinning() throws Exception {
        try (buffer;
                DmaAttachment plain = buffer.attach(storage);
                DmaAttachment dynamic = buffer.attach(storage, DYNAMIC)) {
            dynamic.unmap(dynamic.map(TO_DEVICE), TO_DEVICE);
            assertThat(storage.calls).doesNotContain("pin locked");
            DmaTable table = plain.map(TO_DEVICE);
            assertThat(storage.link().isPinned()).isTrue();
            plain.unmap(table, TO_DEVICE);
            assertThat(storage.link().isPinned()).isFalse();
            dynamic.pin();
            assertThat(storage.link().isPinned()).isTrue();
            dynamic.unpin();
            assertThatIllegalStateException().isThrownBy(plain::pin);
        }
    }

    @Test
    @DisplayName("a static importer waits for the exporter's fences, without end, and not for those of others")
    void staticWaits() throws Exception {
        FenceContext context = FenceContext.create("driver", "ring");
        try (buffer;
                DmaAttachment attachment = buffer.attach(storage);
                UserFence move = context.newFence();
                UserFence write = context.newFence()) {
            buffer.resv().importFence(move, FenceUsage.KERNEL);
            buffer.resv().importFence(write, FenceUsage.WRITE);
            FutureTask<Boolean> importer = Case.start(() -> attachment.unmap(attachment.map(TO_DEVICE), TO_DEVICE));
            assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> importer.get(5, TimeUnit.MILLISECONDS));
            move.signal();
            assertThat(importer.get()).isTrue();
        }
    }

    @Test
    @DisplayName("a static importer that is interrupted while it waits has mapped and pinned nothing")
    void interrupted() throws Exception {
        try (buffer;
                DmaAttachment attachment = buffer.attach(storage);
                UserFence move = FenceContext.create("driver", "ring").newFence()) {
            buffer.resv().importFence(move, FenceUsage.KERNEL);
            Thread.currentThread().interrupt();
            assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> attachment.map(TO_DEVICE));
            assertThat(storage.mapped).isEmpty();
            assertThat(storage.link().isPinned()).isFalse();
        }
    }

    @Test
    @DisplayName("a dynamic importer waits for fences itself")
    void dynamicDoesNotWait() throws Exception {
        try (buffer;
                DmaAttachment attachment = buffer.attach(storage, DYNAMIC);
                UserFence move = FenceContext.create("driver", "ring").newFence()) {
            buffer.resv().importFence(move, FenceUsage.KERNEL);
            attachment.unmap(attachment.map(TO_DEVICE), TO_DEVICE);
            assertThat(move.isSignaled()).isFalse();
        }
    }

    @Test
    @DisplayName(
            "invalidation tells those that have a callback, which may unmap at once; the exporter knows who they are")
    void invalidate() throws Exception {
        List<DmaTable> tables = new ArrayList<>();
        ImporterCallbacks follows =
                new ImporterCallbacks(false, told -> told.unmap(tables.removeFirst(), BIDIRECTIONAL));
        try (buffer;
                DmaAttachment follower = buffer.attach(storage, follows);
                DmaAttachment deaf = buffer.attach(storage, DYNAMIC)) {
            assertThat(follower.isRevocable()).isTrue();
            assertThat(deaf.isRevocable()).isFalse();
            tables.add(follower.map(BIDIRECTIONAL));
            BufferLink link = storage.link();
            link.resv().lock();
            link.invalidateMappings();
            link.resv().unlock();
            assertThat(storage.mapped).isEmpty();
            follower.unmap(follower.map(TO_DEVICE), TO_DEVICE);
        }
    }

    @Test
    @DisplayName("pinned storage is not moved")
    void pinned() throws Exception {
        try (buffer;
                DmaAttachment attachment = buffer.attach(storage)) {
            DmaTable table = attachment.map(TO_DEVICE);
            BufferLink link = storage.link();
            link.resv().lock();
            assertThatExceptionOfType(BufferPinnedException.class).isThrownBy(link::checkMovable);
            attachment.unmap(table, TO_DEVICE);
            link.checkMovable();
            link.resv().unlock();
        }
    }

    @Test
    @DisplayName("views are counted: the exporter maps for the first and unmaps after the last")
    void views() {
        try (buffer) {
            RawView first = buffer.rawView(AccessMode.READ);
            RawView second = buffer.rawView(AccessMode.READ_WRITE);
            first.close();
            assertThat(storage.calls).containsExactly("vmap");
            second.close();
            assertThat(storage.calls).containsExactly("vmap", "vunmap");
        }
    }
}
