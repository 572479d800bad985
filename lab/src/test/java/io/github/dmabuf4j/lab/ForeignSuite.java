package io.github.dmabuf4j.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.dmabuf4j.buffer.AccessMode;
import io.github.dmabuf4j.buffer.ImageLayout;
import io.github.dmabuf4j.buffer.PixelFormat;
import io.github.dmabuf4j.buffer.Plane;
import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.fence.FenceStatus;
import io.github.dmabuf4j.linux.BorrowedFd;
import io.github.dmabuf4j.linux.OwnedFd;
import io.github.dmabuf4j.linux.SystemCallException;
import io.github.dmabuf4j.linux.UnsafeDescriptorException;
import io.github.dmabuf4j.linux.dmabuf.DmaBufs;
import io.github.dmabuf4j.linux.dmabuf.DmaHeapBacking;
import io.github.dmabuf4j.linux.dmabuf.DoneSignal;
import io.github.dmabuf4j.linux.dmabuf.ForeignFrame;
import io.github.dmabuf4j.linux.dmabuf.ForeignImage;
import io.github.dmabuf4j.linux.dmabuf.KernelDmaBuf;
import io.github.dmabuf4j.linux.dmabuf.KernelPages;
import io.github.dmabuf4j.linux.dmabuf.WrapOptions;
import io.github.dmabuf4j.linux.drm.DrmDevice;
import io.github.dmabuf4j.linux.drm.GemBuffer;
import io.github.dmabuf4j.linux.drm.VgemFence;
import io.github.dmabuf4j.linux.ioctl.DeviceNode;
import io.github.dmabuf4j.linux.ioctl.DmaBufUapi;
import io.github.dmabuf4j.linux.ioctl.Ioctl;
import io.github.dmabuf4j.linux.sync.EventFd;
import io.github.dmabuf4j.linux.sync.KernelSyncFile;
import io.github.dmabuf4j.linux.testing.ForeignProducer;
import io.github.dmabuf4j.linux.testing.ForeignProducer.Turn;
import io.github.dmabuf4j.linux.testing.LeakCheck;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Buffers of others: a producer in C with memory of every kind, fences that reach across processes, and what is refused. */
@Timeout(120)
@ExtendWith(LeakCheck.class)
class ForeignSuite {
    private static final Path PRODUCER = Path.of("/lab/foreign-producer");
    private static final ImageLayout PICTURE = ImageLayout.packed(PixelFormat.R8, 64, 64);
    private static final int FRAMES = 12;

    @TempDir
    Path folder;

    private ForeignProducer producer(String... words) throws Exception {
        assumeTrue(Files.exists(PRODUCER), "there was no C compiler (cc) to build examples/c/foreign-producer.c");
        return ForeignProducer.start(PRODUCER, folder, WrapOptions.DEFAULT, words);
    }

    private static Turn next(ForeignProducer producer) throws Exception {
        Turn turn = producer.next();
        assertThat(turn).isNotNull();
        return turn;
    }

    @ParameterizedTest
    @ValueSource(strings = {"memfd", "udmabuf", "dma-heap", "vgem"})
    void picturesOfAProducerInCAreReadWhereItDrewThem(String memory) throws Exception {
        try (ForeignProducer producer = producer(memory, "" + FRAMES)) {
            for (int i = 1; i <= FRAMES; i++) {
                Turn turn = next(producer);
                try (ForeignFrame frame = turn.frame()) {
                    assertThat(frame.image().buffers()).hasSize(1); // of three descriptors
                    assertThat(frame.image().buffers().getFirst().pages() instanceof KernelPages)
                            .isEqualTo(!memory.equals("memfd"));
                    frame.ready(AccessMode.READ).await();
                    assertThat(ForeignProducer.describe(turn)).isEqualTo(producer.line());
                    frame.done();
                }
            }
            assertThat(producer.next()).isNull();
            assertThat(producer.line()).isEqualTo("end");
            assertThat(producer.exitCode()).isZero();
        }
    }

    @Test
    void aFenceOfAnotherProcessHoldsAReaderBackUntilItIsSignalled() throws Exception {
        int frames = 4;
        try (ForeignProducer producer = producer("vgem", "" + frames, "hold")) {
            for (int i = 1; i <= frames; i++) {
                Turn turn = next(producer);
                KernelPages pages =
                        (KernelPages) turn.frame().image().buffers().getFirst().pages();
                DmaFence ready = turn.frame().ready(AccessMode.READ);
                DmaFence polled = pages.dmaBuf().pollFence(AccessMode.READ);
                FutureTask<String> reader = new FutureTask<>(() -> ForeignProducer.describe(turn));
                Thread thread = i % 2 == 0
                        ? Thread.ofVirtual().start(reader)
                        : Thread.ofPlatform().start(reader);
                // Nothing is drawn yet: the producer waits for a line, its fence for the producer.
                assertThat(ready.status()).isEqualTo(FenceStatus.ACTIVE);
                assertThat(ready.driverName()).isEqualTo("vgem");
                assertThat(polled.poll()).isFalse();
                assertThat(pages.dmaBuf().isReadable()).isFalse();
                assertThat(reader.isDone()).isFalse();
                producer.go();
                String drawn = producer.line();
                assertThat(reader.get()).isEqualTo(drawn);
                assertThat(producer.line()).isEqualTo("signal 0");
                ready.await();
                polled.await();
                assertThat(ready.error()).isNull();
                thread.join();
                turn.frame().done();
            }
            assertThat(producer.next()).isNull();
            assertThat(producer.exitCode()).isZero();
        }
    }

    @Test
    void aForgottenFenceEndsAsTheKernelSays() throws Exception {
        try (ForeignProducer producer = producer("vgem", "1", "forget")) {
            Turn turn = next(producer);
            DmaFence ready = turn.frame().ready(AccessMode.READ);
            assertThat(ready.status()).isEqualTo(FenceStatus.ACTIVE);
            ready.await(); // after ten seconds, by the kernel's own clock
            assertThat(ready.status()).isEqualTo(FenceStatus.SIGNALED);
            assertThat(ready.error()).isNull();
            // The reader is let in although nothing was drawn: that is what the kernel promises, and no more.
            producer.go();
            assertThat(producer.line()).startsWith("1 ");
            assertThat(producer.line()).isEqualTo("signal " + Errno.ETIMEDOUT.number());
            turn.frame().done();
            assertThat(producer.next()).isNull();
        }
    }

    @Test
    void theFenceOfOurWorkIsSeenByTheirDriverAndTheyAreToldAtOnce() throws Exception {
        List<String> told = new ArrayList<>();
        try (DrmDevice device = DrmDevice.find("vgem").orElseThrow();
                GemBuffer ours = device.createDumbBuffer(64, 64, 8);
                KernelDmaBuf work = ours.export();
                DmaHeapBacking heap = DmaHeapBacking.open("system");
                KernelDmaBuf theirs = heap.allocate(4096);
                ForeignImage image = DmaBufs.wrap(List.of(theirs.fd()), PICTURE)) {
            VgemFence fence = VgemFence.attach(device, ours, true);
            try (KernelSyncFile file = work.exportSyncFile(AccessMode.READ)) {
                assertThat(image.begin(error -> told.add("done")).done(file, AccessMode.READ))
                        .isTrue();
                assertThat(told).containsExactly("done");
                assertThat(theirs.isReadable()).isTrue();
                assertThat(theirs.isWritable()).isFalse();
                DmaFence writable = theirs.pollFence(AccessMode.WRITE);
                fence.signal();
                writable.await();
                assertThat(theirs.isWritable()).isTrue();
            }
        }
    }

    @Test
    void aDescriptorOfAnImportedBufferIsTheSameBuffer() throws Exception {
        ImageLayout twice = new ImageLayout(
                16, 16, PixelFormat.NV12.fourcc(), 0, List.of(new Plane(0, 0, 16, 16), new Plane(1, 256, 16, 8)));
        try (DmaHeapBacking heap = DmaHeapBacking.open("system");
                KernelDmaBuf first = heap.allocate(4096);
                KernelDmaBuf again = first.dup();
                ForeignImage next = DmaBufs.wrap(List.of(first.fd()), PICTURE, WrapOptions.DEFAULT.withBorrowing())) {
            // The new picture is there before the old one is dropped, in the same memory.
            try (ForeignImage image = DmaBufs.wrap(List.of(first.fd(), again.fd()), twice)) {
                assertThat(image.buffers()).hasSize(1);
                assertThat(image.layout().planes().getLast().buffer()).isZero();
            }
            assertThat(next.buffers().getFirst().size()).isEqualTo(first.size());
            next.begin(DoneSignal.NOBODY).done();
        }
    }

    @Test
    void aPictureLargerThanItsBufferIsRefused() throws Exception {
        ImageLayout large = ImageLayout.packed(PixelFormat.R8, 64, 65);
        try (DmaHeapBacking heap = DmaHeapBacking.open("system");
                KernelDmaBuf small = heap.allocate(4096)) {
            for (WrapOptions options : List.of(WrapOptions.DEFAULT, WrapOptions.DEFAULT.withBorrowing())) {
                assertThatExceptionOfType(UnsafeDescriptorException.class)
                        .isThrownBy(() -> DmaBufs.wrap(List.of(small.fd()), large, options))
                        .withMessageContaining("4160 bytes of a dma-buf that has 4096");
            }
        }
    }

    @Test
    void aReadOnlyDmaBufIsReadAndNotWritten() throws Exception {
        Ioctl<OwnedFd> allocate = Ioctl.of(
                "DMA_HEAP_IOCTL_ALLOC",
                DmaBufUapi.DMA_HEAP_IOCTL_ALLOC,
                DmaBufUapi.HEAP_ALLOCATION,
                (_, answer) -> DeviceNode.given(answer.get("fd")));
        int readOnlyAndCloseOnExec = 0x80000;
        try (OwnedFd node = DeviceNode.open(Path.of("/dev/dma_heap/system"), false, "this kernel has no heaps");
                OwnedFd readOnly = allocate.call(
                        node.borrow(),
                        "no buffer",
                        (argument, _) -> argument.setLong("len", 4096).set("fd_flags", readOnlyAndCloseOnExec))) {
            DmaBufs.wrap(List.of(readOnly.borrow()), PICTURE).close();
            assertThatExceptionOfType(UnsafeDescriptorException.class)
                    .isThrownBy(() -> DmaBufs.wrap(
                            List.of(readOnly.borrow()), PICTURE, WrapOptions.DEFAULT.withAccess(AccessMode.READ_WRITE)))
                    .withMessageContaining("read-only");
        }
    }

    @Test
    void refusalsOfTheKernelAreToldApart() throws Exception {
        Ioctl<Boolean> export = Ioctl.of(
                "DMA_BUF_IOCTL_EXPORT_SYNC_FILE",
                DmaBufUapi.DMA_BUF_IOCTL_EXPORT_SYNC_FILE,
                DmaBufUapi.EXPORT_SYNC_FILE);
        try (DmaHeapBacking heap = DmaHeapBacking.open("system");
                KernelDmaBuf buffer = heap.allocate(4096);
                EventFd event = EventFd.create()) {
            int closed;
            try (KernelDmaBuf gone = buffer.dup()) {
                closed = gone.fd().number();
            }
            assertThat(refusal(export, buffer.fd())).as("no such flag").isEqualTo(Errno.EINVAL);
            assertThat(refusal(export, event.fd())).as("an eventfd").isEqualTo(Errno.ENOTTY);
            assertThat(refusal(export, BorrowedFd.of(closed))).as("closed").isEqualTo(Errno.EBADF);
            assertThatExceptionOfType(SystemCallException.class)
                    .isThrownBy(() -> DmaBufs.wrap(List.of(BorrowedFd.of(closed)), PICTURE))
                    .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EBADF));
            try (KernelSyncFile file = buffer.exportSyncFile(AccessMode.READ)) {
                assertThatExceptionOfType(UnsafeDescriptorException.class)
                        .isThrownBy(() -> DmaBufs.wrap(List.of(file.fd()), PICTURE))
                        .withMessageContaining("sync_file");
            }
        }
    }

    private static Errno refusal(Ioctl<Boolean> request, BorrowedFd fd) {
        try {
            request.call(fd, "a test asks", (argument, _) -> argument.set("flags", 0x100));
            throw new AssertionError(fd + " takes the request");
        } catch (SystemCallException e) {
            return e.errno();
        }
    }
}
