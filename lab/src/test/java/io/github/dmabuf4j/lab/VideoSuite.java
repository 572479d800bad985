package io.github.dmabuf4j.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.dmabuf4j.buffer.Fourcc;
import io.github.dmabuf4j.buffer.ImageLayout;
import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.linux.SystemCallException;
import io.github.dmabuf4j.linux.dmabuf.DmaHeapBacking;
import io.github.dmabuf4j.linux.dmabuf.KernelDmaBuf;
import io.github.dmabuf4j.linux.dmabuf.KernelPages;
import io.github.dmabuf4j.linux.dmabuf.UdmabufBacking;
import io.github.dmabuf4j.linux.testing.LeakCheck;
import io.github.dmabuf4j.linux.v4l2.CaptureQueue;
import io.github.dmabuf4j.linux.v4l2.CapturedFrame;
import io.github.dmabuf4j.linux.v4l2.DeviceGoneException;
import io.github.dmabuf4j.linux.v4l2.Direction;
import io.github.dmabuf4j.linux.v4l2.FormatInfo;
import io.github.dmabuf4j.linux.v4l2.FrameInterval;
import io.github.dmabuf4j.linux.v4l2.OutputQueue;
import io.github.dmabuf4j.linux.v4l2.VideoControls;
import io.github.dmabuf4j.linux.v4l2.VideoDevice;
import io.github.dmabuf4j.linux.v4l2.VideoEvent;
import io.github.dmabuf4j.linux.v4l2.VideoFormat;
import io.github.dmabuf4j.memory.PageBacking;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rest of V4L2: planes in buffers of their own, outputs, converters, what devices list, and everything that goes wrong. */
@Timeout(90)
@ExtendWith(LeakCheck.class)
class VideoSuite {
    private static final int WIDTH = 320;
    private static final int HEIGHT = 180;
    private static final long SEED = 2018;

    private static boolean hasConverter() throws Exception {
        for (Path node : VideoDevice.nodes()) {
            try (VideoDevice device = VideoDevice.open(node, new Direction[0])) {
                if (device.identity().driver().equals("vim2m")) {
                    return true;
                }
            }
        }
        return false;
    }

    @Test
    void devicesListWhatTheyKnow() throws Exception {
        try (VideoDevice camera = Vivid.camera()) {
            assertThat(camera.formats(Direction.CAPTURE))
                    .extracting(FormatInfo::letters)
                    .contains("YUYV", "NV12", "XR24");
            assertThat(camera.frameSizes("YUYV")).anyMatch(size -> size.contains(WIDTH, HEIGHT));
            assertThat(camera.frameSizes("YUYV")).noneMatch(size -> size.contains(WIDTH + 1, HEIGHT));
            assertThat(camera.frameSizes("ABCD")).isEmpty();
            assertThat(camera.frameIntervals("YUYV", WIDTH, HEIGHT)).contains(new FrameInterval(1, 10));
            camera.setFormat(VideoFormat.of(WIDTH, HEIGHT, "YUYV"));
            assertThat(camera.setFrameInterval(new FrameInterval(1, 10)).rate()).isEqualTo(10);
            assertThat(camera.frameInterval().rate()).isEqualTo(10);
            assertThat(camera.setFrameInterval(new FrameInterval(1, 25)).rate()).isEqualTo(25);
            assertThat(camera.controls().find("Brightness")).hasValueSatisfying(brightness -> {
                assertThat(brightness.maximum()).isEqualTo(255);
                assertThat(brightness.usable()).isTrue();
            });
            assertThat(camera.controls().find("Sharpness of Taste")).isEmpty();
        }
    }

    @Test
    void layoutsHaveTheNamesOfDrm() throws Exception {
        try (VideoDevice camera = Vivid.camera()) {
            ImageLayout packed = camera.setFormat(VideoFormat.of(WIDTH, HEIGHT, "BGR4"))
                    .layout()
                    .orElseThrow();
            assertThat(Fourcc.name(packed.fourcc())).isEqualTo("XR24");
            VideoFormat planar = camera.setFormat(VideoFormat.of(WIDTH, HEIGHT, "422P"));
            ImageLayout layout = planar.layout().orElseThrow();
            assertThat(Fourcc.name(layout.fourcc())).isEqualTo("YU16");
            assertThat(layout.planes()).hasSize(3);
            assertThat(layout.size()).isLessThanOrEqualTo(planar.size());
        }
        try (VideoDevice camera = Vivid.open("vivid", Direction.CAPTURE, true)) {
            VideoFormat format = camera.setFormat(VideoFormat.of(WIDTH, HEIGHT, "NM12"));
            assertThat(format.planes()).hasSize(2);
            ImageLayout layout = format.layout().orElseThrow();
            assertThat(layout.buffers()).isEqualTo(2);
            assertThat(Fourcc.name(layout.fourcc())).isEqualTo("NV12");
        }
    }

    @ParameterizedTest
    @CsvSource({"NV12, NM12", "NV16, NM16", "YU12, YM12", "YUYV, YUYV"})
    void planesInBuffersOfTheirOwnHaveTheSameBytes(String piece, String planes) throws Exception {
        try (VideoDevice one = Vivid.camera();
                VideoDevice several = Vivid.open("vivid", Direction.CAPTURE, true)) {
            Vivid.standStill(one, Vivid.COLOUR_BARS);
            Vivid.standStill(several, Vivid.COLOUR_BARS);
            byte[] whole = Vivid.picture(one, VideoFormat.of(WIDTH, HEIGHT, piece));
            byte[] parts = Vivid.picture(several, VideoFormat.of(WIDTH, HEIGHT, planes));
            assertThat(parts).isEqualTo(whole);
            Vivid.goOn(one);
            Vivid.goOn(several);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"dma-heap", "udmabuf"})
    void planesComeInMemoryOfOurs(String kind) throws Exception {
        List<KernelPages> memory = new ArrayList<>();
        try (VideoDevice camera = Vivid.open("vivid", Direction.CAPTURE, true);
                DmaHeapBacking heap = DmaHeapBacking.open("system");
                UdmabufBacking udmabuf = UdmabufBacking.open()) {
            PageBacking backing = kind.equals("udmabuf") ? udmabuf : heap;
            Vivid.standStill(camera, Vivid.COLOUR_BARS);
            byte[] expected = Vivid.picture(camera, VideoFormat.of(WIDTH, HEIGHT, "NM12"));
            List<List<KernelDmaBuf>> buffers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                List<KernelDmaBuf> planes = new ArrayList<>();
                for (VideoFormat.BufferFormat plane : camera.format().planes()) {
                    KernelPages pages = (KernelPages) backing.give(plane.size(), "plane");
                    memory.add(pages);
                    planes.add(pages.dmaBuf());
                }
                buffers.add(planes);
            }
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> CaptureQueue.into(
                            camera, memory.stream().map(KernelPages::dmaBuf).toList()))
                    .withMessageContaining("lies in 2 buffers, not in 1");
            try (CaptureQueue queue = CaptureQueue.intoPlanes(camera, buffers)) {
                queue.start();
                for (int i = 0; i < 4; i++) {
                    CapturedFrame frame = Vivid.next(queue);
                    assertThat(Vivid.bytes(queue, frame)).isEqualTo(expected);
                    queue.queue(frame.index());
                }
            }
            Vivid.goOn(camera);
        } finally {
            memory.forEach(KernelPages::close);
        }
    }

    @ParameterizedTest
    @CsvSource({"false, YUYV", "true, NM12"})
    void anOutputTakesPicturesInTheirOrder(boolean multiPlanar, String format) throws Exception {
        try (VideoDevice output = Vivid.open("vivid", Direction.OUTPUT, multiPlanar)) {
            VideoFormat set = output.setFormat(Direction.OUTPUT, VideoFormat.of(1280, 720, format));
            assertThat(set.letters()).isEqualTo(format);
            int[] used = set.planes().stream()
                    .mapToInt(VideoFormat.BufferFormat::size)
                    .toArray();
            try (OutputQueue queue = OutputQueue.ofDriver(output, 3)) {
                int count = queue.buffers().size();
                assertThat(queue.planes(0)).hasSize(used.length);
                for (int i = 0; i < count; i++) {
                    queue.queue(i, 0, used);
                }
                assertThatExceptionOfType(SystemCallException.class)
                        .isThrownBy(() -> queue.queue(0, 0, used))
                        .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL));
                assertThatIllegalArgumentException().isThrownBy(() -> queue.queue(0, 0, new int[5]));
                queue.start();
                for (int i = 0; i < 2 * count; i++) {
                    int index = queue.dequeue(Vivid.LONG);
                    assertThat(index).isEqualTo(i % count);
                    queue.queue(index, 0, used);
                }
                queue.stop();
            }
        }
    }

    @Test
    void anOutputTakesMemoryOfOurs() throws Exception {
        List<KernelPages> memory = new ArrayList<>();
        try (VideoDevice output = Vivid.open("vivid", Direction.OUTPUT, false);
                UdmabufBacking udmabuf = UdmabufBacking.open()) {
            VideoFormat set = output.setFormat(Direction.OUTPUT, VideoFormat.of(1280, 720, "YUYV"));
            for (int i = 0; i < 3; i++) {
                memory.add(udmabuf.give(set.size(), "output"));
            }
            try (OutputQueue queue = OutputQueue.of(
                    output, memory.stream().map(KernelPages::dmaBuf).toList())) {
                for (int i = 0; i < 3; i++) {
                    queue.queue(i, 0, set.size());
                }
                queue.start();
                assertThat(queue.dequeue(Vivid.LONG)).isZero();
                assertThat(queue.dequeue(Vivid.LONG)).isEqualTo(1);
            }
        } finally {
            memory.forEach(KernelPages::close);
        }
    }

    @Test
    void aConverterReadsOurMemoryAndWritesOurMemory() throws Exception {
        assumeTrue(hasConverter(), "this kernel has no vim2m, the converter in software");
        List<KernelPages> memory = new ArrayList<>();
        try (VideoDevice converter = Vivid.open("vim2m", Direction.OUTPUT, false);
                DmaHeapBacking heap = DmaHeapBacking.open("system");
                UdmabufBacking udmabuf = UdmabufBacking.open()) {
            VideoFormat in = converter.setFormat(Direction.OUTPUT, VideoFormat.of(WIDTH, HEIGHT, "RGB3"));
            VideoFormat out = converter.setFormat(Direction.CAPTURE, VideoFormat.of(WIDTH, HEIGHT, "RGB3"));
            assertThat(in.size()).isEqualTo(out.size()).isEqualTo(WIDTH * HEIGHT * 3);
            for (int i = 0; i < 2; i++) {
                memory.add(heap.give(in.size(), "before"));
                memory.add(udmabuf.give(out.size(), "after"));
            }
            Random random = new Random(SEED);
            try (OutputQueue before = OutputQueue.of(
                            converter,
                            List.of(memory.get(0).dmaBuf(), memory.get(2).dmaBuf()));
                    CaptureQueue after = CaptureQueue.into(
                            converter,
                            List.of(memory.get(1).dmaBuf(), memory.get(3).dmaBuf()))) {
                before.start();
                after.start();
                for (int i = 0; i < 6; i++) {
                    byte[] picture = new byte[in.size()];
                    random.nextBytes(picture);
                    write(memory.get(i % 2 * 2), picture);
                    long time = TimeUnit.MICROSECONDS.toNanos(1_000_000L * i + 17);
                    before.queue(i % 2, time, picture.length);
                    CapturedFrame frame = Vivid.next(after);
                    assertThat(frame.timestampNanos()).isEqualTo(time);
                    assertThat(Vivid.bytes(after, frame)).isEqualTo(picture);
                    assertThat(before.dequeue(Vivid.LONG)).isEqualTo(i % 2);
                    after.queue(frame.index());
                }
            }
        } finally {
            memory.forEach(KernelPages::close);
        }
    }

    private static void write(KernelPages pages, byte[] bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment view = pages.lease(arena, true);
            MemorySegment.copy(MemorySegment.ofArray(bytes), 0, view, 0, bytes.length);
            pages.settle(view, true);
        }
    }

    @Test
    void aDeviceThatLosesItsDriverIsGone() throws Exception {
        Path driver = Path.of("/sys/bus/platform/drivers/vivid");
        try (VideoDevice camera = Vivid.open("vivid", Direction.CAPTURE, true)) {
            camera.setFormat(VideoFormat.of(WIDTH, HEIGHT, "YUYV"));
            try (CaptureQueue queue = CaptureQueue.ofDriver(camera, 3)) {
                queue.start();
                queue.queue(Vivid.next(queue).index());
                CompletableFuture<Throwable> waiting = CompletableFuture.supplyAsync(() -> waitForPictures(queue));
                Files.writeString(driver.resolve("unbind"), "vivid.0");
                assertThat(waiting.get(60, TimeUnit.SECONDS))
                        .isInstanceOf(DeviceGoneException.class)
                        .hasMessageContaining(camera + " was unplugged");
                assertThatExceptionOfType(DeviceGoneException.class).isThrownBy(camera::format);
            }
        } finally {
            Files.writeString(driver.resolve("bind"), "vivid.0");
        }
        try (VideoDevice camera = Vivid.open("vivid", Direction.CAPTURE, true)) {
            assertThat(Vivid.picture(camera, VideoFormat.of(WIDTH, HEIGHT, "YUYV")))
                    .hasSize(WIDTH * HEIGHT * 2);
        }
    }

    @Test
    void aDeviceThatIsUnpluggedSaysSoAndComesBack() throws Exception {
        try (VideoDevice camera = Vivid.open("vivid", Direction.CAPTURE, true)) {
            camera.setFormat(VideoFormat.of(WIDTH, HEIGHT, "YUYV"));
            try (CaptureQueue queue = CaptureQueue.ofDriver(camera, 3)) {
                queue.start();
                queue.queue(Vivid.next(queue).index());
                // Somebody waits for pictures meanwhile; those that are under way may still come.
                CompletableFuture<Throwable> waiting = CompletableFuture.supplyAsync(() -> waitForPictures(queue));
                Vivid.set(camera, "Disconnect", 1);
                assertThat(waiting.get(60, TimeUnit.SECONDS))
                        .isInstanceOf(DeviceGoneException.class)
                        .hasMessageContaining(camera + " was unplugged");
                assertThatExceptionOfType(DeviceGoneException.class).isThrownBy(() -> queue.queue(0));
                assertThatExceptionOfType(DeviceGoneException.class).isThrownBy(queue::stop);
                assertThatExceptionOfType(DeviceGoneException.class).isThrownBy(camera::format);
                assertThatExceptionOfType(DeviceGoneException.class).isThrownBy(camera::pixelFormats);
                // What was given out lives on.
                KernelDmaBuf buffer = queue.buffers().getFirst();
                assertThat(Vivid.bytes(buffer, 0, 4096)).hasSize(4096);
            }
        }
        // Vivid comes back when the last one has closed it.
        try (VideoDevice camera = Vivid.open("vivid", Direction.CAPTURE, true)) {
            assertThat(Vivid.picture(camera, VideoFormat.of(WIDTH, HEIGHT, "YUYV")))
                    .hasSize(WIDTH * HEIGHT * 2);
        }
    }

    private static Throwable waitForPictures(CaptureQueue queue) {
        try {
            while (true) {
                CapturedFrame frame = queue.dequeue(Vivid.LONG);
                if (frame == null) {
                    return new AssertionError("neither a picture nor an end");
                }
            }
        } catch (SystemCallException | InterruptedException ended) {
            return ended;
        }
    }

    @Test
    void aDamagedPictureIsMarkedAndTheNextIsNot() throws Exception {
        try (VideoDevice camera = Vivid.camera()) {
            camera.setFormat(VideoFormat.of(WIDTH, HEIGHT, "YUYV"));
            try (CaptureQueue queue = CaptureQueue.ofDriver(camera, 3)) {
                queue.start();
                assertThat(Vivid.next(queue)).satisfies(frame -> {
                    assertThat(frame.damaged()).isFalse();
                    assertThat(frame.isEmpty()).isFalse();
                    queue.queue(frame.index());
                });
                Vivid.set(camera, "Inject V4L2_BUF_FLAG_ERROR", 1);
                int damaged = 0;
                for (int i = 0; i < 8; i++) {
                    CapturedFrame frame = Vivid.next(queue);
                    damaged += frame.damaged() ? 1 : 0;
                    queue.queue(frame.index());
                }
                assertThat(damaged).isEqualTo(1);
            }
        }
    }

    @Test
    void aDeviceThatFailsForGoodSaysSo() throws Exception {
        try (VideoDevice camera = Vivid.camera()) {
            camera.setFormat(VideoFormat.of(WIDTH, HEIGHT, "YUYV"));
            try (CaptureQueue queue = CaptureQueue.ofDriver(camera, 3)) {
                queue.start();
                queue.queue(Vivid.next(queue).index());
                Vivid.set(camera, "Inject Fatal Streaming Error", 1);
                assertThat(waitForPictures(queue))
                        .isInstanceOfSatisfying(
                                SystemCallException.class,
                                e -> assertThat(e.errno()).isEqualTo(Errno.EIO));
            }
            // After a stop it captures again.
            assertThat(Vivid.picture(camera, VideoFormat.of(WIDTH, HEIGHT, "YUYV")))
                    .isNotEmpty();
        }
    }

    @Test
    void aDeviceTellsOfWhatOthersDo() throws Exception {
        try (VideoDevice camera = Vivid.camera();
                VideoDevice another = Vivid.camera()) {
            VideoControls.Control brightness =
                    camera.controls().find("Brightness").orElseThrow();
            assertThat(camera.events().next()).isEmpty();
            camera.events().subscribeTo(brightness);
            camera.events().subscribeToSourceChanges();
            another.controls().set(brightness, 99);
            assertThat(camera.events().next()).hasValueSatisfying(event -> {
                assertThat(event.kind()).isEqualTo(VideoEvent.Kind.CONTROL);
                assertThat(event.id()).isEqualTo(brightness.id());
                assertThat(event.pending()).isZero();
            });
            assertThat(camera.events().next()).isEmpty();
            assertThat(camera.controls().get(brightness)).isEqualTo(99);
            camera.controls().set(brightness, brightness.standard());
            assertThat(camera.events().next()).isEmpty();
        }
    }

    @Test
    void aNodeOfTheOtherDirectionIsRefused() throws Exception {
        try (VideoDevice output = Vivid.open("vivid", Direction.OUTPUT, false)) {
            assertThatExceptionOfType(SystemCallException.class)
                    .isThrownBy(() -> VideoDevice.open(Path.of(output.toString())))
                    .withMessageContaining("captures no pictures")
                    .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL));
            assertThatExceptionOfType(SystemCallException.class)
                    .isThrownBy(() -> CaptureQueue.ofDriver(output, 2))
                    .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL));
        }
        try (VideoDevice camera = Vivid.camera();
                CaptureQueue queue = CaptureQueue.ofDriver(camera, 2)) {
            assertThat(queue.buffers()).isNotEmpty();
            assertThatExceptionOfType(SystemCallException.class)
                    .isThrownBy(() -> queue.dequeue(Duration.ZERO))
                    .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL));
        }
    }
}
