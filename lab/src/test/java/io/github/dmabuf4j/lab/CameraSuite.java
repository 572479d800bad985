package io.github.dmabuf4j.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.linux.MemfdPages;
import io.github.dmabuf4j.linux.SystemCallException;
import io.github.dmabuf4j.linux.dmabuf.DmaHeapBacking;
import io.github.dmabuf4j.linux.dmabuf.KernelDmaBuf;
import io.github.dmabuf4j.linux.dmabuf.KernelPages;
import io.github.dmabuf4j.linux.dmabuf.UdmabufBacking;
import io.github.dmabuf4j.linux.drm.DrmDevice;
import io.github.dmabuf4j.linux.drm.GemBuffer;
import io.github.dmabuf4j.linux.testing.LeakCheck;
import io.github.dmabuf4j.linux.v4l2.CaptureQueue;
import io.github.dmabuf4j.linux.v4l2.CapturedFrame;
import io.github.dmabuf4j.linux.v4l2.VideoDevice;
import io.github.dmabuf4j.linux.v4l2.VideoFormat;
import io.github.dmabuf4j.memory.PageBacking;
import io.github.dmabuf4j.memory.Pages;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pictures of vivid, a camera in software, captured without a copy into memory of every origin. */
@Timeout(60)
@ExtendWith(LeakCheck.class)
class CameraSuite {
    private static final VideoFormat FORMAT = VideoFormat.of(320, 180, "XR24");
    private static final int FRAMES = 6;

    private static VideoDevice camera() throws Exception {
        return Vivid.camera();
    }

    private static CapturedFrame next(CaptureQueue queue) throws Exception {
        return Vivid.next(queue);
    }

    private static long checksum(Pages pages, int size) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment view = pages.lease(arena, false);
            CRC32C crc = new CRC32C();
            crc.update(view.asSlice(0, size).asByteBuffer());
            pages.settle(view, false);
            return crc.getValue();
        }
    }

    private static boolean isUniform(Pages pages, int size) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment view = pages.lease(arena, false).asSlice(0, size);
            int first = view.get(ValueLayout.JAVA_INT, 0);
            for (long at = 0; at < size; at += Integer.BYTES) {
                if (view.get(ValueLayout.JAVA_INT, at) != first) {
                    return false;
                }
            }
            return true;
        }
    }

    @Test
    void theDriverChoosesTheLayoutAndSaysSo() throws Exception {
        try (VideoDevice camera = camera()) {
            assertThat(camera.pixelFormats()).contains("YUYV", "XR24");
            VideoFormat set = camera.setFormat(FORMAT);
            assertThat(set.toString()).isEqualTo("320x180 XR24");
            assertThat(set.stride()).isGreaterThanOrEqualTo(320 * 4);
            assertThat(set.size()).isGreaterThanOrEqualTo(set.stride() * 180);
            assertThat(camera.format()).isEqualTo(set);
        }
    }

    @Test
    void picturesComeInTheDriversMemory() throws Exception {
        try (VideoDevice camera = camera()) {
            VideoFormat format = camera.setFormat(FORMAT);
            try (CaptureQueue queue = CaptureQueue.ofDriver(camera, 3)) {
                assertThat(queue.buffers()).hasSizeGreaterThanOrEqualTo(2);
                assertThat(queue.buffers().getFirst().exporterName()).startsWith("videobuf2");
                queue.start();
                long before = -1;
                long captured = 0;
                for (int i = 0; i < FRAMES; i++) {
                    CapturedFrame frame = next(queue);
                    assertThat(frame.damaged()).isFalse();
                    assertThat(frame.size()).isEqualTo(format.size());
                    assertThat(frame.sequence()).isGreaterThan(before);
                    assertThat(frame.timestampNanos()).isGreaterThan(captured);
                    before = frame.sequence();
                    captured = frame.timestampNanos();
                    try (KernelPages pages = queue.buffers().get(frame.index()).map(false)) {
                        assertThat(isUniform(pages, frame.size())).isFalse();
                    }
                    queue.queue(frame.index());
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"dma-heap", "udmabuf"})
    void picturesComeInMemoryOfOurs(String kind) throws Exception {
        try (VideoDevice camera = camera();
                DmaHeapBacking heap = DmaHeapBacking.open("system");
                UdmabufBacking udmabuf = UdmabufBacking.open()) {
            PageBacking backing = kind.equals("udmabuf") ? udmabuf : heap;
            VideoFormat format = camera.setFormat(FORMAT);
            List<KernelPages> memory = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                memory.add((KernelPages) backing.give(format.size(), "camera " + i));
            }
            try (CaptureQueue queue = CaptureQueue.into(
                    camera, memory.stream().map(KernelPages::dmaBuf).toList())) {
                queue.start();
                for (int i = 0; i < FRAMES; i++) {
                    CapturedFrame frame = next(queue);
                    KernelPages pages = memory.get(frame.index());
                    assertThat(isUniform(pages, frame.size())).isFalse();
                    MemfdPages file = pages.memoryFile();
                    if (file != null) {
                        assertThat(checksum(file, frame.size())).isEqualTo(checksum(pages, frame.size()));
                    }
                    queue.queue(frame.index());
                }
            } finally {
                memory.forEach(KernelPages::close);
            }
        }
    }

    @Test
    void picturesComeInTheMemoryOfADisplay() throws Exception {
        try (VideoDevice camera = camera();
                DrmDevice display = DrmDevice.find("virtio_gpu").orElseThrow();
                GemBuffer one = display.createDumbBuffer(320, 180, 32);
                GemBuffer two = display.createDumbBuffer(320, 180, 32);
                KernelDmaBuf first = one.export();
                KernelDmaBuf second = two.export()) {
            camera.setFormat(new VideoFormat(320, 180, FORMAT.pixelFormat(), one.stride(), 0));
            try (CaptureQueue queue = CaptureQueue.into(camera, List.of(first, second))) {
                queue.start();
                for (int i = 0; i < FRAMES; i++) {
                    CapturedFrame frame = next(queue);
                    try (KernelPages pages = queue.buffers().get(frame.index()).map(false)) {
                        assertThat(isUniform(pages, frame.size())).isFalse();
                    }
                    queue.queue(frame.index());
                }
                assertThat(Files.readString(Path.of("/sys/kernel/debug/dma_buf/bufinfo")))
                        .contains(String.format("%08d", first.inode()))
                        .contains(String.format("%08d", second.inode()));
            }
        }
    }

    @Test
    void aBufferThatIsTooSmallIsRefused() throws Exception {
        try (VideoDevice camera = camera();
                DmaHeapBacking heap = DmaHeapBacking.open("system");
                KernelDmaBuf small = heap.allocate(4096)) {
            camera.setFormat(FORMAT);
            try (CaptureQueue queue = CaptureQueue.into(camera, List.of(small, small))) {
                assertThatExceptionOfType(SystemCallException.class)
                        .isThrownBy(queue::start)
                        .withMessageContaining("large enough")
                        .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL));
            }
        }
    }

    @Test
    void aDeviceHasOneQueueAtATime() throws Exception {
        try (VideoDevice camera = camera();
                VideoDevice again = camera()) {
            camera.setFormat(FORMAT);
            try (CaptureQueue queue = CaptureQueue.ofDriver(camera, 2)) {
                assertThat(queue.buffers()).isNotEmpty();
                assertThatExceptionOfType(SystemCallException.class)
                        .isThrownBy(() -> CaptureQueue.ofDriver(again, 2))
                        .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EBUSY));
            }
        }
    }

    @Test
    void whatDoesNotCaptureGivesNoPicture() throws Exception {
        try (VideoDevice camera = camera()) {
            camera.setFormat(FORMAT);
            try (CaptureQueue queue = CaptureQueue.ofDriver(camera, 2)) {
                assertThatExceptionOfType(SystemCallException.class)
                        .isThrownBy(() -> queue.dequeue(Duration.ZERO))
                        .withMessageContaining("was it started?")
                        .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL));
            }
        }
        assertThatExceptionOfType(SystemCallException.class)
                .isThrownBy(() -> VideoDevice.open(Path.of("/dev/null")))
                .withMessageContaining("no video device")
                .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.ENOTTY));
    }
}
