package io.github.dmabuf4j.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.fence.FenceContext;
import io.github.dmabuf4j.fence.UserFence;
import io.github.dmabuf4j.memory.Pages;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DmaBufTest {
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

    private final RevokingBacking backing = new RevokingBacking();
    private final List<Boolean> released = new ArrayList<>();

    private DmaBuf buffer() {
        return export(backing.give(8192, "test"));
    }

    private DmaBuf export(Pages pages) {
        return DmaBuf.export(pages, "test", (returned, shared) -> {
            released.add(shared);
            returned.close();
        });
    }

    @Test
    void theStorageEndsWithTheLastHandle() {
        DmaBuf first = buffer();
        DmaBuf second = first.dup();
        assertThat(second.id()).isEqualTo(first.id()).isPositive();
        assertThat(second.size()).isEqualTo(8192);
        assertThat(second.resv()).isSameAs(first.resv());
        first.close();
        first.close();
        assertThat(released).isEmpty();
        assertThat(second.pages().size()).isEqualTo(8192);
        second.close();
        assertThat(released).containsExactly(false);
        assertThat(backing.given).hasValue(0);
    }

    @Test
    void idsAreNeverUsedAgain() {
        long first;
        try (DmaBuf buffer = buffer()) {
            first = buffer.id();
        }
        try (DmaBuf buffer = buffer()) {
            assertThat(buffer.id()).isGreaterThan(first);
        }
    }

    @Test
    void leasesKeepTheStorageAfterEveryHandleIsClosed() {
        DmaBuf buffer = buffer();
        CpuAccess access = buffer.beginCpuAccess(AccessMode.WRITE);
        CpuAccess shared = buffer.beginCpuAccess(AccessMode.READ, AccessScope.ANY_THREAD);
        RawView raw = buffer.rawView(AccessMode.READ_WRITE);
        buffer.close();
        access.segment().set(BYTE, 5, (byte) 42);
        access.close();
        assertThat(shared.segment().get(BYTE, 5)).isEqualTo((byte) 42);
        shared.close();
        assertThat(raw.segment().get(BYTE, 5)).isEqualTo((byte) 42);
        assertThat(released).isEmpty();
        raw.close();
        assertThat(released).containsExactly(false);
        access.close();
        shared.close();
        raw.close();
        assertThat(released).hasSize(1);
    }

    @Test
    void aConfinedViewDiesWithItsBracket() {
        try (DmaBuf buffer = buffer()) {
            CpuAccess access = buffer.beginCpuAccess(AccessMode.READ_WRITE);
            MemorySegment kept = access.segment();
            kept.set(BYTE, 0, (byte) 1);
            access.close();
            assertThatIllegalStateException().isThrownBy(() -> kept.get(BYTE, 0));
            assertThatExceptionOfType(BufferClosedException.class).isThrownBy(access::segment);
        }
    }

    @Test
    void aConfinedAccessBelongsToItsThread() throws Exception {
        try (DmaBuf buffer = buffer();
                CpuAccess access = buffer.beginCpuAccess(AccessMode.READ)) {
            MemorySegment segment = access.segment();
            assertThat(failureElsewhere(() -> segment.get(BYTE, 0))).isInstanceOf(WrongThreadException.class);
            assertThat(failureElsewhere(access::close)).isInstanceOf(WrongThreadException.class);
            assertThat(access.segment().get(BYTE, 0)).isZero();
        }
        assertThat(released).containsExactly(false);
    }

    @Test
    void aViewForAnyThreadWorksInParallel() {
        try (DmaBuf buffer = buffer();
                CpuAccess access = buffer.beginCpuAccess(AccessMode.WRITE, AccessScope.ANY_THREAD)) {
            MemorySegment segment = access.segment();
            LongStream.range(0, segment.byteSize()).parallel().forEach(at -> segment.set(BYTE, at, (byte) at));
            assertThat(segment.get(BYTE, 8191)).isEqualTo((byte) 8191);
        }
    }

    @Test
    void aReadAccessGivesAReadOnlyView() {
        try (DmaBuf buffer = buffer()) {
            try (CpuAccess read = buffer.beginCpuAccess(AccessMode.READ);
                    CpuAccess shared = buffer.beginCpuAccess(AccessMode.READ, AccessScope.ANY_THREAD);
                    RawView raw = buffer.rawView(AccessMode.READ)) {
                assertThat(read.segment().isReadOnly()).isTrue();
                assertThat(shared.segment().isReadOnly()).isTrue();
                assertThat(raw.segment().isReadOnly()).isTrue();
                assertThat(read.mode()).isEqualTo(AccessMode.READ);
            }
            try (CpuAccess write = buffer.beginCpuAccess(AccessMode.WRITE)) {
                assertThat(write.segment().isReadOnly()).isFalse();
            }
        }
    }

    @Test
    void readOnlyMemoryIsNotWritten() {
        DmaBuf buffer = export(new RevokingBacking(false).give(1, "read-only"));
        for (AccessMode mode : new AccessMode[] {AccessMode.WRITE, AccessMode.READ_WRITE}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> buffer.beginCpuAccess(mode))
                    .withMessageContaining("read-only");
            assertThatIllegalArgumentException().isThrownBy(() -> buffer.rawView(mode));
        }
        try (CpuAccess access = buffer.beginCpuAccess(AccessMode.READ)) {
            assertThat(access.segment().get(BYTE, 0)).isZero();
        }
        buffer.close();
        assertThat(released).containsExactly(false);
    }

    @Test
    void aClosedHandleIsRefusedAlthoughTheBufferLives() {
        DmaBuf closed = buffer();
        try (DmaBuf alive = closed.dup()) {
            closed.close();
            assertThat(closed.isClosed()).isTrue();
            assertThat(alive.isClosed()).isFalse();
            List<Runnable> uses = List.of(
                    closed::name,
                    () -> closed.name("late"),
                    closed::pages,
                    closed::resv,
                    closed::markShared,
                    closed::isShared,
                    closed::dup,
                    () -> closed.beginCpuAccess(AccessMode.READ),
                    () -> closed.beginCpuAccess(AccessMode.READ, AccessScope.ANY_THREAD),
                    () -> closed.rawView(AccessMode.READ));
            for (Runnable use : uses) {
                assertThatExceptionOfType(BufferClosedException.class)
                        .isThrownBy(use::run)
                        .withMessageContaining("is closed");
            }
            assertThat(closed.id()).isEqualTo(alive.id());
            assertThat(closed.toString()).contains("closed handle");
            assertThat(alive.name()).isEmpty();
        }
        assertThat(released).containsExactly(false);
    }

    @Test
    void namesAreAsLongAsInTheKernel() {
        try (DmaBuf buffer = buffer()) {
            buffer.name("n".repeat(31));
            assertThat(buffer.name()).hasSize(31);
            assertThatIllegalArgumentException().isThrownBy(() -> buffer.name("n".repeat(32)));
            assertThatIllegalArgumentException().isThrownBy(() -> buffer.name("é".repeat(16)));
            assertThat(buffer.name()).hasSize(31);
            buffer.name("frame 1");
            assertThat(buffer.dup().toString()).contains("\"frame 1\"", "8192", "test");
        }
    }

    @Test
    void sharedMemoryIsReportedToTheExporter() {
        DmaBuf first = buffer();
        DmaBuf second = first.dup();
        first.markShared();
        assertThat(second.isShared()).isTrue();
        first.close();
        second.close();
        assertThat(released).containsExactly(true);
    }

    @Test
    void theRegistryCountsStoragesNotHandles() {
        long before = BufferRegistry.size();
        DmaBuf buffer = buffer();
        DmaBuf other = buffer.dup();
        RawView view = buffer.rawView(AccessMode.READ);
        assertThat(BufferRegistry.size()).isEqualTo(before + 1);
        buffer.close();
        other.close();
        assertThat(BufferRegistry.size()).isEqualTo(before + 1);
        view.close();
        assertThat(BufferRegistry.size()).isEqualTo(before);
    }

    @Test
    void readingWaitsForWritersAndWritingForEverybody() throws Exception {
        FenceContext context = FenceContext.create("test", "work");
        for (FenceUsage usage : FenceUsage.values()) {
            for (AccessMode mode : AccessMode.values()) {
                boolean waits = usage == FenceUsage.KERNEL
                        || usage == FenceUsage.WRITE
                        || (usage == FenceUsage.READ && mode.writes());
                try (DmaBuf buffer = buffer();
                        UserFence work = context.newFence()) {
                    buffer.resv().importFence(work, usage);
                    FutureTask<Void> access =
                            new FutureTask<>(() -> buffer.beginCpuAccess(mode).close(), null);
                    Thread thread = Thread.ofPlatform().start(access);
                    if (waits) {
                        while (thread.getState() != Thread.State.WAITING && !access.isDone()) {
                            Thread.onSpinWait();
                        }
                        assertThat(access.isDone())
                                .as("%s waits for %s", mode, usage)
                                .isFalse();
                        work.signal();
                    }
                    access.get();
                    assertThat(work.isSignaled()).as("%s and %s", mode, usage).isEqualTo(waits);
                    // A raw view is no bracket.
                    buffer.rawView(AccessMode.READ_WRITE).close();
                }
            }
        }
    }

    @Test
    void failedWorkCountsAsDone() {
        try (DmaBuf buffer = buffer();
                UserFence work = FenceContext.create("test", "work").newFence()) {
            buffer.resv().importFence(work, FenceUsage.WRITE);
            work.fail(Errno.EIO);
            buffer.beginCpuAccess(AccessMode.READ).close();
            assertThat(work.error()).isEqualTo(Errno.EIO);
        }
    }

    @Test
    void aForgottenHandleIsClosedByTheGarbageCollector() throws InterruptedException {
        CountDownLatch returned = new CountDownLatch(2);
        long leaks = Hold.LEAKS.get();
        forget(returned);
        while (!returned.await(20, TimeUnit.MILLISECONDS)) {
            System.gc();
        }
        assertThat(backing.given).hasValue(0);
        assertThat(Hold.LEAKS.get()).isGreaterThanOrEqualTo(leaks + 2);
    }

    private void forget(CountDownLatch returned) {
        DmaBuf handle = DmaBuf.export(backing.give(1, "forgotten"), "test", (pages, shared) -> {
            pages.close();
            returned.countDown();
        });
        assertThat(handle.isClosed()).isFalse();
        DmaBuf viewed = DmaBuf.export(backing.give(1, "viewed"), "test", (pages, shared) -> {
            pages.close();
            returned.countDown();
        });
        assertThat(viewed.rawView(AccessMode.READ).segment().byteSize()).isEqualTo(4096);
        viewed.close();
    }

    private static Throwable failureElsewhere(Runnable action) throws InterruptedException {
        FutureTask<Void> task = new FutureTask<>(action, null);
        Thread.ofPlatform().start(task);
        try {
            task.get();
        } catch (ExecutionException failed) {
            return failed.getCause();
        }
        throw new AssertionError("the action did not fail on the other thread");
    }
}
