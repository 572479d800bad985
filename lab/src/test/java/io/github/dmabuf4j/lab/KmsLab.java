package io.github.dmabuf4j.lab;

import io.github.dmabuf4j.buffer.Fourcc;
import io.github.dmabuf4j.buffer.ImageLayout;
import io.github.dmabuf4j.buffer.Modifier;
import io.github.dmabuf4j.buffer.Plane;
import io.github.dmabuf4j.linux.SystemCallException;
import io.github.dmabuf4j.linux.dmabuf.KernelDmaBuf;
import io.github.dmabuf4j.linux.dmabuf.KernelPages;
import io.github.dmabuf4j.linux.drm.GemBuffer;
import io.github.dmabuf4j.linux.kms.Connector;
import io.github.dmabuf4j.linux.kms.FrameBuffer;
import io.github.dmabuf4j.linux.kms.KmsDevice;
import io.github.dmabuf4j.linux.kms.KmsOutput;
import io.github.dmabuf4j.linux.v4l2.VideoDevice;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the suites about displays share: displays and cameras that are there, and pictures of one size. */
final class KmsLab {
    static final int WIDTH = 640;
    static final int HEIGHT = 480;
    static final int XRGB = Fourcc.of("XR24");

    private KmsLab() {}

    static KmsDevice device(String driver, KmsDevice.Api api) {
        return KmsDevice.find(driver, api).orElseThrow(() -> new AssertionError("no display of " + driver));
    }

    /** The first display, in the mode of the pictures. */
    static KmsOutput output(KmsDevice device) throws IOException {
        Connector connector = device.connectors().stream()
                .filter(each -> !each.writesBack() && each.state() == Connector.State.CONNECTED)
                .findFirst()
                .orElseThrow();
        return KmsOutput.open(
                device, connector, connector.mode(WIDTH + "x" + HEIGHT).orElseThrow());
    }

    static ImageLayout layout(int stride) {
        return new ImageLayout(WIDTH, HEIGHT, XRGB, Modifier.LINEAR, List.of(new Plane(0, 0, stride, HEIGHT)));
    }

    /** A buffer of the display, filled with a colour. */
    static FrameBuffer colour(KmsDevice device, int colour) throws IOException {
        try (GemBuffer buffer = device.drm().createDumbBuffer(WIDTH, HEIGHT, 32);
                KernelDmaBuf memory = buffer.export();
                KernelPages pages = memory.map(true);
                Arena arena = Arena.ofConfined()) {
            MemorySegment view = pages.lease(arena, true);
            for (long at = 0; at < view.byteSize(); at += Integer.BYTES) {
                view.set(ValueLayout.JAVA_INT, at, colour);
            }
            pages.settle(view, true);
            return FrameBuffer.of(device, layout(buffer.stride()), List.of(buffer));
        }
    }

    /** The pixels of a buffer without the padding of its rows. */
    static byte[] pixels(KernelDmaBuf buffer, int stride) throws IOException {
        byte[] pixels = new byte[WIDTH * HEIGHT * Integer.BYTES];
        try (KernelPages pages = buffer.map(false);
                Arena arena = Arena.ofConfined()) {
            MemorySegment view = pages.lease(arena, false);
            for (int y = 0; y < HEIGHT; y++) {
                int row = WIDTH * Integer.BYTES;
                MemorySegment.copy(view, ValueLayout.JAVA_BYTE, (long) y * stride, pixels, y * row, row);
            }
            pages.settle(view, false);
        }
        return pixels;
    }

    /** The cameras in software, in the order of their nodes. */
    static List<Path> cameras() {
        List<Path> cameras = new ArrayList<>();
        for (Path node : VideoDevice.nodes()) {
            try (VideoDevice device = VideoDevice.open(node)) {
                if (device.identity().driver().equals("vivid")) {
                    cameras.add(node);
                }
            } catch (SystemCallException notACamera) {
                continue;
            }
        }
        if (cameras.isEmpty()) {
            throw new AssertionError("no camera among " + VideoDevice.nodes());
        }
        return cameras;
    }
}
