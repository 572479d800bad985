package io.github.dmabuf4j.linux.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.dmabuf4j.buffer.AccessMode;
import io.github.dmabuf4j.buffer.CpuAccess;
import io.github.dmabuf4j.buffer.DmaBuf;
import io.github.dmabuf4j.buffer.DmaHeap;
import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.linux.BorrowedFd;
import io.github.dmabuf4j.linux.MemfdBacking;
import io.github.dmabuf4j.linux.MemfdPages;
import io.github.dmabuf4j.linux.OwnedFd;
import io.github.dmabuf4j.linux.SystemCallException;
import io.github.dmabuf4j.linux.UnsafeDescriptorException;
import io.github.dmabuf4j.linux.drm.DrmDevice;
import io.github.dmabuf4j.linux.sync.EventFd;
import io.github.dmabuf4j.linux.sync.KernelSyncFile;
import io.github.dmabuf4j.linux.sync.SwSyncTimeline;
import io.github.dmabuf4j.linux.testing.LeakCheck;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an ordinary machine says when it lacks the objects, and when it is given others: nothing of it needs any device. */
@Timeout(60)
@ExtendWith(LeakCheck.class)
class WithoutKernelObjectsTest {
    @Test
    void thereIsAlwaysAHeap() throws Exception {
        assertThat(Heaps.available()).endsWith(Heaps.MEMFD);
        try (DmaHeap heap = Heaps.open(Heaps.MEMFD);
                DmaBuf buffer = heap.allocate(1);
                CpuAccess access = buffer.beginCpuAccess(AccessMode.READ)) {
            assertThat(access.segment().byteSize()).isEqualTo(buffer.size());
        }
    }

    @Test
    void anUnknownHeapIsRefusedWithTheNamesThereAre() {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> Heaps.open("carrots"))
                .withMessageContaining("memfd, udmabuf, dma-heap");
    }

    @Test
    void aHeapThatIsMissingIsNamed() {
        assertThatExceptionOfType(SystemCallException.class)
                .isThrownBy(() -> Heaps.open("dma-heap:no such heap"))
                .withMessageContaining("/dev/dma_heap/no such heap")
                .withMessageContaining("this kernel has")
                .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "..", "a/b", "../null"})
    void aHeapsNameIsNoPath(String name) {
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> DmaHeapBacking.open(name));
    }

    @Test
    void descriptorsOfOtherKindsAreRefusedAndClosed() throws Exception {
        try (MemfdPages file = new MemfdBacking().give(4096, "memory");
                EventFd event = EventFd.create()) {
            for (BorrowedFd fd : new BorrowedFd[] {file.fd(), event.fd()}) {
                OwnedFd asBuffer = fd.dup();
                assertThatExceptionOfType(UnsafeDescriptorException.class)
                        .isThrownBy(() -> KernelDmaBuf.adopt(asBuffer))
                        .withMessageContaining("no dma-buf");
                assertThat(asBuffer.isClosed()).isTrue();
                OwnedFd asSyncFile = fd.dup();
                assertThatExceptionOfType(UnsafeDescriptorException.class)
                        .isThrownBy(() -> KernelSyncFile.adopt(asSyncFile))
                        .withMessageContaining("no sync file");
                assertThat(asSyncFile.isClosed()).isTrue();
            }
        }
    }

    @Test
    void aClosedDescriptorIsRefusedBeforeTheCall() throws Exception {
        OwnedFd closed;
        try (EventFd event = EventFd.create()) {
            closed = event.fd().dup();
        }
        closed.close();
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> KernelSyncFile.adopt(closed));
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> KernelDmaBuf.adopt(closed));
    }

    @Test
    void aDeviceOfAnotherKindIsNoGraphicsDevice() {
        assertThatExceptionOfType(SystemCallException.class)
                .isThrownBy(() -> DrmDevice.open(Path.of("/dev/null")))
                .withMessageContaining("/dev/null is no graphics device")
                .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.ENOTTY));
    }

    @Test
    void missingDevicesAreNamedWithWhatToDo() {
        assertThatExceptionOfType(SystemCallException.class)
                .isThrownBy(() -> DrmDevice.open(Path.of("/dev/dri/card99")))
                .withMessageContaining("is its driver's module loaded?")
                .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT));
        assertThat(DrmDevice.find("no such driver")).isEmpty();
        if (!SwSyncTimeline.isAvailable()) {
            assertThatExceptionOfType(SystemCallException.class)
                    .isThrownBy(SwSyncTimeline::open)
                    .withMessageContaining(SwSyncTimeline.NODE.toString());
        }
    }
}
