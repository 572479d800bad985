package io.github.dmabuf4j.tck;

import static io.github.dmabuf4j.memory.DmaDirection.TO_DEVICE;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dmabuf4j.buffer.AccessMode;
import io.github.dmabuf4j.buffer.CpuAccess;
import io.github.dmabuf4j.buffer.DmaAttachment;
import io.github.dmabuf4j.buffer.DmaBuf;
import io.github.dmabuf4j.buffer.FenceUsage;
import io.github.dmabuf4j.buffer.ImporterCallbacks;
import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.FenceContext;
import io.github.dmabuf4j.fence.UserFence;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Where buffers of this library answer differently from the kernel's, on purpose; see {@link Deviations}. */
@Family("deviations")
@InProcessOnly("they are this library's")
class DmaBufDeviationsTest {
    private final MockStorage storage = new MockStorage();
    private final DmaBuf buffer = DmaBuf.export(storage);

    /** The kernel's attachment borrows the importer's reference, and warns when a buffer is released with one left. */
    @Test
    @DisplayName("an attachment keeps the storage")
    void attachmentHolds() throws Exception {
        DmaAttachment attachment = buffer.attach(storage);
        buffer.close();
        attachment.unmap(attachment.map(TO_DEVICE), TO_DEVICE);
        assertThat(storage.calls).doesNotContain("release");
        attachment.close();
        assertThat(storage.calls).endsWith("detach", "release");
    }

    /** The kernel warns and leaves the device with addresses of memory that gets another owner. */
    @Test
    @DisplayName("detaching with a mapping left unmaps it, and says so")
    void detachUnmaps() throws Exception {
        try (buffer) {
            List<LogRecord> logged = new ArrayList<>();
            Logger logger = Logger.getLogger(DmaBuf.class.getName());
            logger.setFilter(record -> !logged.add(record));
            DmaAttachment attachment = buffer.attach(storage);
            attachment.map(TO_DEVICE);
            attachment.close();
            logger.setFilter(null);
            assertThat(logged)
                    .extracting(LogRecord::getMessage)
                    .singleElement()
                    .asString()
                    .contains("not unmapped");
            assertThat(storage.mapped).isEmpty();
            assertThat(storage.link().isPinned()).isFalse();
        }
    }

    /** The kernel hands every pin to the exporter, each of which then counts. */
    @Test
    @DisplayName("pins are counted here: the exporter is asked for the first and told of the last")
    void pins() throws Exception {
        try (buffer;
                DmaAttachment attachment = buffer.attach(storage, new ImporterCallbacks(false, null))) {
            attachment.pin();
            attachment.pin();
            attachment.unpin();
            assertThat(storage.calls).containsExactly("attach", "pin locked");
            attachment.unpin();
            assertThat(storage.calls).endsWith("unpin locked");
        }
    }

    /** The kernel has two functions for each: one for callers that have the lock, one that takes it. */
    @Test
    @DisplayName("map, unmap, pin and unpin take the lock unless the caller has it")
    void lock() throws Exception {
        try (buffer;
                DmaAttachment attachment = buffer.attach(storage)) {
            attachment.unmap(attachment.map(TO_DEVICE), TO_DEVICE);
            buffer.resv().lock();
            attachment.unmap(attachment.map(TO_DEVICE), TO_DEVICE);
            assertThat(buffer.resv().isLocked()).isTrue();
            buffer.resv().unlock();
        }
    }

    /** The kernel's wait can be interrupted, and user space repeats it. Every fence ends; a bracket is no checked call. */
    @Test
    @DisplayName("the begin of an access is not interrupted; the thread stays so")
    void uninterrupted() {
        try (buffer;
                UserFence work = FenceContext.create("driver", "ring").newFence()) {
            buffer.resv().importFence(work, FenceUsage.WRITE);
            Thread.currentThread().interrupt();
            Thread.ofPlatform().start(work::signal);
            buffer.beginCpuAccess(AccessMode.READ).close();
            assertThat(Thread.interrupted()).isTrue();
            assertThat(work.isSignaled()).isTrue();
        }
    }

    /** The kernel does not look what is done between start and end. */
    @Test
    @DisplayName("the view of an access that reads cannot be written")
    void readOnly() {
        try (buffer;
                CpuAccess access = buffer.beginCpuAccess(AccessMode.READ)) {
            assertThat(access.segment().isReadOnly()).isTrue();
        }
    }

    /** In the kernel whoever polls keeps the whole buffer until the fence is signalled. */
    @Test
    @DisplayName("a fence to wait for keeps no buffer alive")
    void pollKeepsNothing() {
        try (UserFence work = FenceContext.create("driver", "ring").newFence()) {
            buffer.resv().importFence(work, FenceUsage.WRITE);
            DmaFence readable = buffer.implicitSync().readable();
            buffer.close();
            assertThat(storage.calls).containsExactly("release");
            assertThat(readable.isSignaled()).isFalse();
        }
    }
}
