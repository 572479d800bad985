package io.github.dmabuf4j.lab;

import static io.github.dmabuf4j.lab.KmsLab.HEIGHT;
import static io.github.dmabuf4j.lab.KmsLab.WIDTH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.dmabuf4j.linux.dmabuf.BufferCensus;
import io.github.dmabuf4j.linux.dmabuf.DmaHeapBacking;
import io.github.dmabuf4j.linux.dmabuf.KernelDmaBuf;
import io.github.dmabuf4j.linux.dmabuf.KernelPages;
import io.github.dmabuf4j.linux.dmabuf.SystemBuffer;
import io.github.dmabuf4j.linux.dmabuf.UdmabufBacking;
import io.github.dmabuf4j.linux.drm.GemBuffer;
import io.github.dmabuf4j.linux.kms.Flip;
import io.github.dmabuf4j.linux.kms.FrameBuffer;
import io.github.dmabuf4j.linux.kms.KmsDevice;
import io.github.dmabuf4j.linux.kms.KmsOutput;
import io.github.dmabuf4j.linux.kms.Writeback;
import io.github.dmabuf4j.linux.testing.LeakCheck;
import io.github.dmabuf4j.linux.v4l2.CaptureQueue;
import io.github.dmabuf4j.linux.v4l2.CapturedFrame;
import io.github.dmabuf4j.linux.v4l2.VideoDevice;
import io.github.dmabuf4j.linux.v4l2.VideoFormat;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * From a camera to a display without a copy: both use the same memory, and every pixel of pictures at random times is compared
 * with what the camera captured.
 */
@Timeout(180)
@ExtendWith(LeakCheck.class)
class CameraDisplaySuite {
    private static final Duration LONG = Duration.ofSeconds(40);
    private static final int BUFFERS = 4;
    private static final int SHOTS = 3;
    private static final int LONGEST_GAP = 12;

    /** When to look: after how many pictures each. */
    private static int[] moments(String what) {
        long seed = Long.getLong("dmabuf4j.seed", System.nanoTime());
        int[] moments = new Random(seed).ints(SHOTS, 2, LONGEST_GAP).toArray();
        System.out.println("seed of " + what + ": " + seed + ", looks after " + Arrays.toString(moments) + " pictures");
        return moments;
    }

    private static CapturedFrame next(CaptureQueue queue) throws Exception {
        return Objects.requireNonNull(queue.dequeue(LONG), "no picture within the time");
    }

    private static VideoFormat format(int stride) {
        VideoFormat wanted = VideoFormat.of(WIDTH, HEIGHT, "XR24");
        return new VideoFormat(WIDTH, HEIGHT, wanted.pixelFormat(), stride, 0);
    }

    /** Shows what the camera captures until it is time to look; the picture that was replaced goes back to the camera. */
    private static final class Road {
        private final CaptureQueue queue;
        private final List<FrameBuffer> pictures;
        private int onScreen = -1;

        Road(CaptureQueue queue, List<FrameBuffer> pictures) {
            this.queue = queue;
            this.pictures = pictures;
        }

        interface Shower {
            Flip show(FrameBuffer picture) throws Exception;
        }

        /** The index of the buffer that is on the screen then. */
        int show(int count, Shower shower) throws Exception {
            for (int i = 0; i < count; i++) {
                CapturedFrame frame = next(queue);
                Flip flip = shower.show(pictures.get(frame.index()));
                assertThat(flip.shown().await(LONG)).isTrue();
                assertThat(flip.shown().error()).isNull();
                if (onScreen >= 0) {
                    assertThat(flip.replaced()).contains(pictures.get(onScreen));
                    queue.queue(onScreen);
                }
                onScreen = frame.index();
            }
            return onScreen;
        }
    }

    @Test
    void whatTheCameraCapturesIsOnTheScreen() throws Exception {
        int[] moments = moments("the screen");
        try (KmsDevice device = KmsLab.device("virtio_gpu", KmsDevice.Api.BEST);
                VideoDevice camera = VideoDevice.open(KmsLab.cameras().getFirst());
                OutsideView outside = OutsideView.open()) {
            List<KernelDmaBuf> memory = new ArrayList<>();
            List<FrameBuffer> pictures = new ArrayList<>();
            int stride = 0;
            for (int i = 0; i < BUFFERS; i++) {
                try (GemBuffer dumb = device.drm().createDumbBuffer(WIDTH, HEIGHT, 32)) {
                    stride = dumb.stride();
                    pictures.add(FrameBuffer.of(device, KmsLab.layout(stride), List.of(dumb)));
                    memory.add(dumb.export());
                }
            }
            VideoFormat format = camera.setFormat(format(stride));
            assertThat(format.letters()).isEqualTo("XR24");
            assertThat(format.stride()).isEqualTo(stride);
            Set<Integer> different = new HashSet<>();
            try (KmsOutput output = KmsLab.output(device);
                    CaptureQueue queue = CaptureQueue.into(camera, memory)) {
                queue.start();
                Road road = new Road(queue, pictures);
                for (int shot = 0; shot < SHOTS; shot++) {
                    int index = road.show(moments[shot], output::show);
                    byte[] pixels = KmsLab.pixels(memory.get(index), stride);
                    different.add(Arrays.hashCode(pixels));
                    outside.take("screen-" + (shot + 1), pixels, WIDTH, HEIGHT);
                }
                assertThat(BufferCensus.take())
                        .extracting(SystemBuffer::inode)
                        .contains(memory.getFirst().inode());
            }
            assertThat(different).as("the camera's picture moves").hasSize(SHOTS);
            pictures.forEach(FrameBuffer::close);
            memory.forEach(KernelDmaBuf::close);
            assertThat(device.strayEvents()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"dma-heap", "udmabuf"})
    void whatTheCameraCapturesIntoOurMemoryIsWrittenBackByTheDisplay(String kind) throws Exception {
        assumeTrue(hasVkms(), "this kernel has no display that writes back (VKMS)");
        try (DmaHeapBacking heap = DmaHeapBacking.open("system");
                UdmabufBacking udmabuf = UdmabufBacking.open()) {
            List<KernelPages> memory = new ArrayList<>();
            for (int i = 0; i < BUFFERS; i++) {
                long size = 4L * WIDTH * HEIGHT;
                memory.add(kind.equals("udmabuf") ? udmabuf.give(size, "camera") : heap.give(size, "camera"));
            }
            throughTheDisplay(
                    kind,
                    KmsLab.cameras().getFirst(),
                    memory.stream().map(KernelPages::dmaBuf).toList());
            memory.forEach(KernelPages::close);
        }
    }

    /** The other cameras touch the memory by the processor only; this one is a device that attaches. */
    @Test
    void oneBufferIsAttachedByCameraAndDisplay() throws Exception {
        assumeTrue(hasVkms(), "this kernel has no display that takes buffers of others in (VKMS)");
        List<String> contiguous = DmaHeapBacking.names().stream()
                .filter(name -> name.contains("cma"))
                .toList();
        assumeTrue(!contiguous.isEmpty(), "this kernel has no heap of contiguous memory");
        try (DmaHeapBacking heap = DmaHeapBacking.open(contiguous.getFirst())) {
            List<KernelDmaBuf> memory = new ArrayList<>();
            for (int i = 0; i < BUFFERS; i++) {
                memory.add(heap.allocate(4L * WIDTH * HEIGHT));
            }
            List<SystemBuffer> census =
                    throughTheDisplay("cma", KmsLab.cameras().getLast(), memory);
            long inode = memory.getFirst().inode();
            SystemBuffer found = census.stream()
                    .filter(buffer -> buffer.kind() == SystemBuffer.Kind.DMA_BUF && buffer.inode() == inode)
                    .findFirst()
                    .orElseThrow();
            System.out.println("attached to inode " + inode + ": " + found.devices());
            assertThat(found.devices())
                    .anyMatch(name -> name.contains("vivid"))
                    .anyMatch(name -> name.contains("vkms"));
            memory.forEach(KernelDmaBuf::close);
        }
    }

    private static boolean hasVkms() {
        return KmsDevice.find("vkms", KmsDevice.Api.BEST)
                .map(device -> {
                    device.close();
                    return true;
                })
                .orElse(false);
    }

    private static List<SystemBuffer> throughTheDisplay(String kind, Path node, List<KernelDmaBuf> memory)
            throws Exception {
        int[] moments = moments("the write-back of " + kind);
        try (KmsDevice device = KmsLab.device("vkms", KmsDevice.Api.BEST);
                VideoDevice camera = VideoDevice.open(node);
                GemBuffer written = device.drm().createDumbBuffer(WIDTH, HEIGHT, 32);
                KernelDmaBuf writtenMemory = written.export();
                FrameBuffer target = FrameBuffer.of(device, KmsLab.layout(written.stride()), List.of(written))) {
            VideoFormat format = camera.setFormat(format(0));
            List<FrameBuffer> pictures = new ArrayList<>();
            for (KernelDmaBuf buffer : memory) {
                try (GemBuffer imported = device.drm().importBuffer(buffer)) {
                    pictures.add(FrameBuffer.of(device, KmsLab.layout(format.stride()), List.of(imported)));
                }
            }
            List<SystemBuffer> census;
            try (KmsOutput output = KmsLab.output(device);
                    CaptureQueue queue = CaptureQueue.into(camera, memory)) {
                Writeback writeback = output.writebacks().getFirst();
                assertThat(writeback.formats()).contains(KmsLab.XRGB);
                queue.start();
                Road road = new Road(queue, pictures);
                for (int shot = 0; shot < SHOTS; shot++) {
                    road.show(moments[shot] - 1, output::show);
                    int index = road.show(1, picture -> {
                        Flip flip = output.showAndWrite(picture, null, writeback, target);
                        assertThat(flip.written().orElseThrow().await(LONG)).isTrue();
                        assertThat(flip.written().orElseThrow().error()).isNull();
                        return flip;
                    });
                    byte[] captured = KmsLab.pixels(memory.get(index), format.stride());
                    byte[] displayed = KmsLab.pixels(writtenMemory, written.stride());
                    assertThat(differences(captured, displayed))
                            .as("picture %d", shot)
                            .isZero();
                    OutsideView.leave("writeback-" + kind + "-" + (shot + 1), displayed, WIDTH, HEIGHT);
                }
                census = BufferCensus.take();
                assertThat(device.strayEvents()).isZero();
            }
            pictures.forEach(FrameBuffer::close);
            return census;
        }
    }

    /** The byte that is no colour is nobody's. */
    private static int differences(byte[] expected, byte[] actual) {
        int differences = 0;
        for (int i = 0; i < expected.length; i++) {
            if (i % Integer.BYTES != 3 && expected[i] != actual[i]) {
                differences++;
            }
        }
        return differences;
    }
}
