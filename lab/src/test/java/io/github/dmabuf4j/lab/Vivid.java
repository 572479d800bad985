package io.github.dmabuf4j.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dmabuf4j.linux.SystemCallException;
import io.github.dmabuf4j.linux.dmabuf.KernelDmaBuf;
import io.github.dmabuf4j.linux.dmabuf.KernelPages;
import io.github.dmabuf4j.linux.v4l2.CaptureQueue;
import io.github.dmabuf4j.linux.v4l2.CapturedFrame;
import io.github.dmabuf4j.linux.v4l2.Direction;
import io.github.dmabuf4j.linux.v4l2.VideoDevice;
import io.github.dmabuf4j.linux.v4l2.VideoFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/**
 * The kernel's camera in software. There are two of it: one whose pictures lie in one buffer, and one that has a buffer for each
 * plane.
 */
final class Vivid {
    static final Duration LONG = Duration.ofSeconds(40);
    static final int COLOUR_BARS = 0;
    static final int BLACK = 5;
    static final int WHITE = 6;

    private Vivid() {}

    /** The camera with pictures in one piece. */
    static VideoDevice camera() throws Exception {
        return open("vivid", Direction.CAPTURE, false);
    }

    /** A device of a driver; the caller closes it. */
    static VideoDevice open(String driver, Direction direction, boolean multiPlanar) throws Exception {
        for (Path node : VideoDevice.nodes()) {
            try {
                VideoDevice device = VideoDevice.open(node, direction);
                if (device.identity().driver().equals(driver)
                        && device.identity().isMultiPlanar(direction) == multiPlanar) {
                    return device;
                }
                device.close();
            } catch (SystemCallException another) {
                assertThat(another.getMessage()).contains(node.toString());
            }
        }
        throw new AssertionError("no such device among " + VideoDevice.nodes());
    }

    static void set(VideoDevice device, String control, int value) throws Exception {
        device.controls().set(device.controls().find(control).orElseThrow(), value);
    }

    /** Pictures that are all the same: a pattern that does not move, without the numbers that are written over it. */
    static void standStill(VideoDevice camera, int pattern) throws Exception {
        set(camera, "Test Pattern", pattern);
        set(camera, "OSD Text Mode", 2);
    }

    /** The numbers again, which make each picture another one. */
    static void goOn(VideoDevice camera) throws Exception {
        set(camera, "Test Pattern", COLOUR_BARS);
        set(camera, "OSD Text Mode", 0);
    }

    static CapturedFrame next(CaptureQueue queue) throws Exception {
        return Objects.requireNonNull(queue.dequeue(LONG), "no picture within the time");
    }

    /** One picture, plane after plane, as the driver gives it. */
    static byte[] picture(VideoDevice camera, VideoFormat wanted) throws Exception {
        VideoFormat set = camera.setFormat(wanted);
        assertThat(set.letters()).isEqualTo(wanted.letters());
        try (CaptureQueue queue = CaptureQueue.ofDriver(camera, 3)) {
            queue.start();
            return bytes(queue, next(queue));
        }
    }

    static byte[] bytes(CaptureQueue queue, CapturedFrame frame) throws Exception {
        byte[] bytes = new byte[frame.size()];
        int at = 0;
        for (int plane = 0; plane < frame.payloads().size(); plane++) {
            CapturedFrame.Payload payload = frame.payloads().get(plane);
            byte[] part = bytes(queue.planes(frame.index()).get(plane), payload.offset(), payload.size());
            System.arraycopy(part, 0, bytes, at, part.length);
            at += part.length;
        }
        return bytes;
    }

    static byte[] bytes(KernelDmaBuf buffer, int offset, int size) throws Exception {
        byte[] bytes = new byte[size];
        try (KernelPages pages = buffer.map(false);
                Arena arena = Arena.ofConfined()) {
            MemorySegment view = pages.lease(arena, false);
            MemorySegment.copy(view, ValueLayout.JAVA_BYTE, offset, bytes, 0, size);
            pages.settle(view, false);
        }
        return bytes;
    }
}
