package io.github.dmabuf4j.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.dmabuf4j.buffer.ww.AlreadyLockedException;
import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.fence.FenceContext;
import io.github.dmabuf4j.fence.FenceStatus;
import io.github.dmabuf4j.fence.SyncFile;
import io.github.dmabuf4j.fence.UserFence;
import io.github.dmabuf4j.memory.ArenaBacking;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ImplicitSyncTest {
    private final FenceContext readers = FenceContext.create("test", "readers");
    private final FenceContext writers = FenceContext.create("test", "writers");
    private final UserFence read = readers.newFence();
    private final UserFence write = writers.newFence();
    private final AtomicInteger released = new AtomicInteger();
    private DmaBuf buffer;
    private ImplicitSync sync;

    @BeforeEach
    void open() throws IOException {
        buffer = DmaBuf.export(
                new ArenaBacking().give(4096, "synced"), "test", (pages, shared) -> released.incrementAndGet());
        sync = buffer.implicitSync();
    }

    @AfterEach
    void close() {
        buffer.close();
        read.close();
        write.close();
        assertThat(released).hasValue(1);
    }

    @Test
    void aFreshBufferIsReadableAndWritable() {
        assertThat(sync.isReadable()).isTrue();
        assertThat(sync.isWritable()).isTrue();
        assertThat(sync.readable().status()).isEqualTo(FenceStatus.SIGNALED);
        assertThat(sync.writable().isSignaled()).isTrue();
    }

    @Test
    void aReaderKeepsWritersOutAndAWriterEverybody() {
        buffer.resv().importFence(read, FenceUsage.READ);
        assertThat(sync.isReadable()).isTrue();
        assertThat(sync.isWritable()).isFalse();
        assertThat(sync.readable().isSignaled()).isTrue();
        assertThat(sync.writable().isSignaled()).isFalse();
        buffer.resv().importFence(write, FenceUsage.WRITE);
        assertThat(sync.isReadable()).isFalse();
        assertThat(sync.readable()).isSameAs(write);
        DmaFence both = sync.writable();
        read.signal();
        assertThat(both.poll()).isFalse();
        write.signal();
        assertThat(both.poll()).isTrue();
        assertThat(sync.isReadable()).isTrue();
        assertThat(sync.isWritable()).isTrue();
    }

    @Test
    void whatIsTakenIsASnapshot() {
        DmaFence before = sync.readable();
        buffer.resv().importFence(write, FenceUsage.WRITE);
        assertThat(before.isSignaled()).isTrue();
        DmaFence after = sync.readable();
        UserFence later = writers.newFence();
        buffer.resv().importFence(later, FenceUsage.BOOKKEEP);
        write.signal();
        assertThat(after.isSignaled()).isTrue();
        later.signal();
    }

    @Test
    void failedWorkIsOver() {
        buffer.resv().importFence(write, FenceUsage.WRITE);
        DmaFence taken = sync.readable();
        write.fail(Errno.EIO);
        assertThat(sync.isReadable()).isTrue();
        assertThat(taken.error()).isEqualTo(Errno.EIO);
    }

    @Test
    void aFileForAReaderHasTheWritersAndOneForAWriterEverybody() {
        buffer.resv().importFence(write, FenceUsage.WRITE);
        buffer.resv().importFence(read, FenceUsage.READ);
        try (SyncFile forReader = sync.exportSyncFile(AccessMode.READ);
                SyncFile forWriter = sync.exportSyncFile(AccessMode.WRITE);
                SyncFile forBoth = sync.exportSyncFile(AccessMode.READ_WRITE)) {
            assertThat(forReader.info().fences()).hasSize(1);
            assertThat(forWriter.info().fences()).hasSize(2);
            assertThat(forBoth.info().fences()).hasSize(2);
            write.signal();
            assertThat(forReader.poll()).isTrue();
            assertThat(forWriter.poll()).isFalse();
            read.signal();
            assertThat(forWriter.poll()).isTrue();
        }
        try (SyncFile empty = sync.exportSyncFile(AccessMode.WRITE)) {
            assertThat(empty.status()).isEqualTo(FenceStatus.SIGNALED);
        }
    }

    @Test
    void theLeavesOfAFileAreAddedAsWritersOrReaders() {
        try (SyncFile first = SyncFile.of(read);
                SyncFile second = SyncFile.of(write);
                SyncFile both = SyncFile.merge("both", first, second)) {
            sync.importSyncFile(both, AccessMode.READ);
            assertThat(buffer.resv().fences(FenceUsage.WRITE)).isEmpty();
            assertThat(buffer.resv().fences(FenceUsage.READ)).containsExactlyInAnyOrder(read, write);
            for (AccessMode mode : List.of(AccessMode.WRITE, AccessMode.READ_WRITE)) {
                sync.importSyncFile(second, mode);
                assertThat(buffer.resv().fences(FenceUsage.WRITE)).containsExactly(write);
            }
            // Work that is over changes nothing for anybody.
            read.signal();
            write.signal();
            sync.importSyncFile(both, AccessMode.WRITE);
            assertThat(sync.isWritable()).isTrue();
        }
    }

    @Test
    void aFileThatIsClosedIsRefused() {
        SyncFile file = SyncFile.of(read);
        file.close();
        assertThatIllegalStateException().isThrownBy(() -> sync.importSyncFile(file, AccessMode.READ));
        assertThat(sync.isWritable()).isTrue();
    }

    @Test
    void importingTakesTheLockItself() {
        buffer.resv().lock();
        try (SyncFile file = SyncFile.of(read)) {
            assertThatExceptionOfType(AlreadyLockedException.class)
                    .isThrownBy(() -> sync.importSyncFile(file, AccessMode.READ));
        } finally {
            buffer.resv().unlock();
        }
    }

    @Test
    void pendingFencesKeepNoBufferAlive() throws IOException {
        AtomicInteger gone = new AtomicInteger();
        DmaBuf shortLived = DmaBuf.export(
                new ArenaBacking().give(4096, "short-lived"), "test", (pages, shared) -> gone.incrementAndGet());
        shortLived.resv().importFence(write, FenceUsage.WRITE);
        DmaFence pending = shortLived.implicitSync().readable();
        shortLived.close();
        assertThat(gone).hasValue(1);
        assertThat(pending.isSignaled()).isFalse();
    }
}
