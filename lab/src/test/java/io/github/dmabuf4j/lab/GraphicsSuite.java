package io.github.dmabuf4j.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.dmabuf4j.buffer.AccessMode;
import io.github.dmabuf4j.buffer.CpuAccess;
import io.github.dmabuf4j.buffer.DmaBuf;
import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.fence.FenceStatus;
import io.github.dmabuf4j.linux.SystemCallException;
import io.github.dmabuf4j.linux.dmabuf.DmaHeapBacking;
import io.github.dmabuf4j.linux.dmabuf.KernelDmaBuf;
import io.github.dmabuf4j.linux.dmabuf.KernelPages;
import io.github.dmabuf4j.linux.drm.DrmCapability;
import io.github.dmabuf4j.linux.drm.DrmDevice;
import io.github.dmabuf4j.linux.drm.DrmSyncObj;
import io.github.dmabuf4j.linux.drm.DrmSyncPoint;
import io.github.dmabuf4j.linux.drm.DrmSyncWait;
import io.github.dmabuf4j.linux.drm.GemBuffer;
import io.github.dmabuf4j.linux.drm.VgemFence;
import io.github.dmabuf4j.linux.sync.EventFd;
import io.github.dmabuf4j.linux.sync.KernelSyncFile;
import io.github.dmabuf4j.linux.testing.LeakCheck;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Buffers, fences and sync objects of the graphics system: vgem for fences, virtio-gpu for sync objects. */
@Timeout(60)
@ExtendWith(LeakCheck.class)
class GraphicsSuite {
    private static final Duration LONG = Duration.ofSeconds(50);

    private static DrmDevice vgem() {
        return DrmDevice.find("vgem").orElseThrow();
    }

    private static DrmDevice virtioGpu() {
        return DrmDevice.find("virtio_gpu").orElseThrow();
    }

    @Test
    void driversSayWhoTheyAreAndWhatTheyCan() throws Exception {
        try (DrmDevice vgem = vgem();
                DrmDevice gpu = virtioGpu()) {
            assertThat(vgem.version().description()).isNotEmpty();
            assertThat(vgem.capability(DrmCapability.PRIME)).isEqualTo(3);
            assertThat(vgem.capability(DrmCapability.SYNCOBJ)).isZero();
            assertThat(gpu.capability(DrmCapability.DUMB_BUFFER)).isOne();
            assertThat(gpu.capability(DrmCapability.SYNCOBJ)).isOne();
            assertThat(gpu.capability(DrmCapability.SYNCOBJ_TIMELINE)).isOne();
        }
    }

    @Test
    void aNodeOfAnotherKindIsRefused() {
        assertThatExceptionOfType(SystemCallException.class)
                .isThrownBy(() -> DrmDevice.open(Path.of("/dev/null")))
                .withMessageContaining("no graphics device")
                .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.ENOTTY));
    }

    @Test
    void dumbBufferIsADmaBuf() throws Exception {
        try (DrmDevice device = vgem();
                GemBuffer dumb = device.createDumbBuffer(64, 48, 32);
                KernelDmaBuf exported = dumb.export();
                KernelDmaBuf again = dumb.export();
                KernelPages pages = exported.map(true)) {
            assertThat(dumb.stride()).isGreaterThanOrEqualTo(64 * 4);
            assertThat(again.inode()).isEqualTo(exported.inode());
            DmaBuf buffer = DmaBuf.export(pages, "vgem", (_, _) -> {});
            try (CpuAccess access = buffer.beginCpuAccess(AccessMode.WRITE)) {
                access.segment().fill((byte) 0x5a);
            }
            buffer.close();
        }
    }

    @Test
    void aBufferThatComesInTwiceHasOneHandleWhichStaysForTheSecond() throws Exception {
        try (DrmDevice device = vgem();
                DmaHeapBacking heap = DmaHeapBacking.open("system");
                KernelDmaBuf memory = heap.allocate(4096)) {
            GemBuffer first = device.importBuffer(memory);
            GemBuffer second = device.importBuffer(memory);
            assertThat(second.handle()).isEqualTo(first.handle());
            first.close();
            try (KernelDmaBuf out = second.export()) {
                assertThat(out.inode()).as("the original").isEqualTo(memory.inode());
            }
            second.close();
            assertThatExceptionOfType(SystemCallException.class)
                    .isThrownBy(second::export)
                    .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT));
        }
    }

    @Test
    void aFenceHoldsAReaderBackUntilItIsSignalled() throws Exception {
        try (DrmDevice device = vgem();
                GemBuffer dumb = device.createDumbBuffer(64, 64, 32);
                KernelDmaBuf memory = dumb.export();
                KernelPages pages = memory.map(true)) {
            VgemFence work = VgemFence.attach(device, dumb, true);
            assertThat(memory.isReadable()).isFalse();
            try (KernelSyncFile file = memory.exportSyncFile(AccessMode.READ)) {
                DmaFence fence = file.fence();
                assertThat(fence.status()).isEqualTo(FenceStatus.ACTIVE);
                assertThat(fence.driverName()).isEqualTo("vgem");
                assertThat(fence.await(Duration.ofMillis(1))).isFalse();
                CountDownLatch called = new CountDownLatch(1);
                fence.onSignaled(_ -> called.countDown());
                DmaBuf buffer = DmaBuf.export(pages, "vgem", (_, _) -> {});
                FutureTask<Long> reader = new FutureTask<>(() -> {
                    try (CpuAccess access = buffer.beginCpuAccess(AccessMode.READ)) {
                        return access.segment().byteSize();
                    }
                });
                Thread.ofVirtual().start(reader);
                assertThat(reader.isDone()).isFalse();
                work.signal();
                assertThat(reader.get()).isEqualTo(pages.size());
                assertThat(fence.await(LONG)).isTrue();
                called.await();
                assertThat(fence.error()).isNull();
                assertThat(fence.timestampNanos()).isPositive().isLessThanOrEqualTo(System.nanoTime());
                buffer.close();
            }
            assertThat(memory.isReadable()).isTrue();
            assertThatExceptionOfType(SystemCallException.class)
                    .isThrownBy(work::signal)
                    .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT));
        }
    }

    @Test
    void aWriterExcludesEverybodyAndReadersOnlyWriters() throws Exception {
        try (DrmDevice device = vgem();
                GemBuffer dumb = device.createDumbBuffer(64, 64, 32);
                KernelDmaBuf memory = dumb.export()) {
            VgemFence reader = VgemFence.attach(device, dumb, false);
            VgemFence other = VgemFence.attach(device, dumb, false);
            assertThat(memory.isReadable()).isTrue();
            assertThat(memory.isWritable()).isFalse();
            assertThatExceptionOfType(SystemCallException.class)
                    .isThrownBy(() -> VgemFence.attach(device, dumb, true))
                    .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EBUSY));
            reader.signal();
            other.signal();
            assertThat(memory.isWritable()).isTrue();
        }
    }

    @Test
    void closingTheDeviceSignalsWhatWasForgotten() throws Exception {
        DmaFence fence;
        try (DrmDevice device = vgem()) {
            try (GemBuffer dumb = device.createDumbBuffer(64, 64, 32);
                    KernelDmaBuf memory = dumb.export()) {
                VgemFence.attach(device, dumb, true);
                try (KernelSyncFile file = memory.exportSyncFile(AccessMode.WRITE)) {
                    fence = file.fence();
                }
            }
            assertThat(fence.poll()).isFalse();
        }
        assertThat(fence.await(LONG)).isTrue();
    }

    @Test
    void syncFilesMergeAndGoIntoReservations() throws Exception {
        try (DrmDevice device = vgem();
                GemBuffer one = device.createDumbBuffer(64, 64, 32);
                GemBuffer two = device.createDumbBuffer(64, 64, 32);
                KernelDmaBuf first = one.export();
                KernelDmaBuf second = two.export()) {
            VgemFence workOne = VgemFence.attach(device, one, true);
            VgemFence workTwo = VgemFence.attach(device, two, true);
            try (KernelSyncFile fileOne = first.exportSyncFile(AccessMode.READ);
                    KernelSyncFile fileTwo = second.exportSyncFile(AccessMode.READ);
                    KernelSyncFile both = KernelSyncFile.merge("both", fileOne, fileTwo);
                    DmaHeapBacking heap = DmaHeapBacking.open("system");
                    KernelDmaBuf target = heap.allocate(4096)) {
                assertThat(both.info().name()).isEqualTo("both");
                assertThat(both.info().fences()).hasSize(2);
                target.importSyncFile(both, AccessMode.WRITE);
                assertThat(target.isReadable()).isFalse();
                workOne.signal();
                assertThat(both.fence().poll()).isFalse();
                workTwo.signal();
                assertThat(both.fence().await(LONG)).isTrue();
                try (KernelSyncFile left = target.exportSyncFile(AccessMode.READ)) {
                    assertThat(left.fence().await(LONG)).isTrue();
                }
            }
        }
    }

    @Test
    void syncObjectCarriesAFenceAndPoints() throws Exception {
        try (DrmDevice gpu = virtioGpu();
                DrmSyncObj binary = gpu.createSyncObj(true);
                DrmSyncObj timeline = gpu.createSyncObj(false)) {
            DrmSyncWait wait = DrmSyncWait.forAll(List.of(new DrmSyncPoint(binary, 0)));
            assertThat(wait.await(Duration.ZERO).done()).isTrue();
            try (KernelSyncFile file = binary.exportSyncFile(0)) {
                assertThat(file.fence().isSignaled() || file.fence().poll()).isTrue();
                timeline.importSyncFile(file, 3);
            }
            assertThat(timeline.query()).isEqualTo(3);
            timeline.signalPoint(5);
            assertThat(timeline.lastSubmitted()).isEqualTo(5);
            try (KernelSyncFile point = timeline.exportSyncFile(4)) {
                assertThat(point.status()).isOne();
            }
            binary.reset();
            assertThatExceptionOfType(SystemCallException.class)
                    .isThrownBy(() -> wait.await(Duration.ZERO))
                    .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL));
        }
    }

    @Test
    void aPointCanBeWaitedForBeforeItExistsAndCrossesDescriptors() throws Exception {
        try (DrmDevice gpu = virtioGpu();
                DrmDevice other = virtioGpu();
                DrmSyncObj mine = gpu.createSyncObj(false);
                EventFd event = EventFd.create()) {
            mine.notify(event, 9, false);
            FutureTask<DrmSyncWait.Result> waiter;
            try (var fd = mine.exportObject();
                    DrmSyncObj theirs = DrmSyncObj.importObject(other, fd.borrow())) {
                waiter = new FutureTask<>(() -> DrmSyncWait.forAny(List.of(new DrmSyncPoint(theirs, 9)))
                        .forSubmit()
                        .await(LONG));
                Thread.ofVirtual().start(waiter);
                assertThat(event.take()).isZero();
                mine.signalPoint(9);
                assertThat(waiter.get()).isEqualTo(new DrmSyncWait.Result(true, 0));
            }
            assertThat(event.take()).isOne();
        }
    }

    @Test
    void anInterruptEndsAWaitForASyncObject() throws Exception {
        try (DrmDevice gpu = virtioGpu();
                DrmSyncObj never = gpu.createSyncObj(false)) {
            CountDownLatch waiting = new CountDownLatch(1);
            FutureTask<Boolean> waiter = new FutureTask<>(() -> {
                waiting.countDown();
                try {
                    DrmSyncWait.forAny(List.of(new DrmSyncPoint(never, 1)))
                            .forSubmit()
                            .await(LONG);
                    return false;
                } catch (InterruptedException interrupted) {
                    return true;
                }
            });
            Thread thread = Thread.ofPlatform().start(waiter);
            waiting.await();
            thread.interrupt();
            assertThat(waiter.get()).isTrue();
        }
    }
}
