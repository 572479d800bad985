package io.github.dmabuf4j.linux.v4l2;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.linux.FdDispatcher;
import io.github.dmabuf4j.linux.FdInterest;
import io.github.dmabuf4j.linux.OwnedFd;
import io.github.dmabuf4j.linux.SystemCallException;
import io.github.dmabuf4j.linux.dmabuf.KernelDmaBuf;
import io.github.dmabuf4j.linux.ioctl.CValue;
import io.github.dmabuf4j.linux.ioctl.DeviceNode;
import io.github.dmabuf4j.linux.ioctl.Ioctl;
import io.github.dmabuf4j.linux.ioctl.VideoUapi;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The buffers that go one way between a program and a device: what capture and output have in common. */
final class VideoBuffers implements AutoCloseable {
    private static final int FD_FLAGS = 0x80002; // O_RDWR | O_CLOEXEC
    private static final long NANOS = 1_000_000_000L;
    private static final long NANOS_OF_MICRO = 1_000;

    private static final Ioctl<Integer> REQBUFS = Ioctl.of(
            "VIDIOC_REQBUFS", VideoUapi.VIDIOC_REQBUFS, VideoUapi.REQUEST_BUFFERS, (_, answer) -> answer.get("count"));
    private static final Ioctl<OwnedFd> EXPBUF = Ioctl.of(
            "VIDIOC_EXPBUF",
            VideoUapi.VIDIOC_EXPBUF,
            VideoUapi.EXPORT_BUFFER,
            (_, answer) -> DeviceNode.given(answer.get("fd")));
    private static final Ioctl<Boolean> QBUF = Ioctl.of("VIDIOC_QBUF", VideoUapi.VIDIOC_QBUF, VideoUapi.BUFFER);
    private static final Ioctl<Boolean> STREAMON =
            Ioctl.of("VIDIOC_STREAMON", VideoUapi.VIDIOC_STREAMON, VideoUapi.STREAM);
    private static final Ioctl<Boolean> STREAMOFF =
            Ioctl.of("VIDIOC_STREAMOFF", VideoUapi.VIDIOC_STREAMOFF, VideoUapi.STREAM);

    private final VideoDevice device;
    private final int type;
    private final int memory;
    private final List<List<KernelDmaBuf>> buffers; // by index and plane
    private volatile boolean closed;

    private VideoBuffers(VideoDevice device, int type, int memory, List<List<KernelDmaBuf>> buffers) {
        this.device = device;
        this.type = type;
        this.memory = memory;
        this.buffers = buffers;
    }

    /** Buffers that the driver makes and gives out. */
    static VideoBuffers ofDriver(VideoDevice device, Direction direction, int count) throws IOException {
        int type = device.type(direction);
        int planes = device.format(direction).planes().size();
        int made = request(device, type, count, VideoUapi.V4L2_MEMORY_MMAP);
        List<List<KernelDmaBuf>> buffers = new ArrayList<>();
        try {
            for (int index = 0; index < made; index++) {
                List<KernelDmaBuf> buffer = new ArrayList<>();
                buffers.add(buffer);
                for (int plane = 0; plane < planes; plane++) {
                    buffer.add(KernelDmaBuf.adopt(export(device, type, index, plane)));
                }
            }
            return new VideoBuffers(device, type, VideoUapi.V4L2_MEMORY_MMAP, buffers);
        } catch (IOException | RuntimeException e) {
            discard(device, type, VideoUapi.V4L2_MEMORY_MMAP, buffers);
            throw e;
        }
    }

    /** Buffers of any origin. */
    static VideoBuffers importing(VideoDevice device, Direction direction, List<List<KernelDmaBuf>> buffers)
            throws IOException {
        int type = device.type(direction);
        int planes = device.format(direction).planes().size();
        for (List<KernelDmaBuf> buffer : buffers) {
            if (buffer.size() != planes) {
                throw new IllegalArgumentException(
                        "a picture of " + device + " lies in " + planes + " buffers, not in " + buffer.size());
            }
        }
        int made = request(device, type, buffers.size(), VideoUapi.V4L2_MEMORY_DMABUF);
        List<List<KernelDmaBuf>> own = new ArrayList<>();
        try {
            if (made < buffers.size()) {
                throw new IOException(device + " takes only " + made + " buffers, not " + buffers.size());
            }
            for (List<KernelDmaBuf> buffer : buffers) {
                List<KernelDmaBuf> copies = new ArrayList<>();
                own.add(copies);
                for (KernelDmaBuf plane : buffer) {
                    copies.add(plane.dup());
                }
            }
            return new VideoBuffers(device, type, VideoUapi.V4L2_MEMORY_DMABUF, own);
        } catch (IOException | RuntimeException e) {
            discard(device, type, VideoUapi.V4L2_MEMORY_DMABUF, own);
            throw e;
        }
    }

    private static OwnedFd export(VideoDevice device, int type, int index, int plane) throws SystemCallException {
        return device.call(
                EXPBUF,
                device + " does not give its buffers out",
                argument -> argument.set("type", type)
                        .set("index", index)
                        .set("plane", plane)
                        .set("flags", FD_FLAGS));
    }

    private static int request(VideoDevice device, int type, int count, int memory) throws SystemCallException {
        return device.call(
                REQBUFS,
                device + " does not make a queue of " + count + " buffers; has it one already?",
                argument -> argument.set("count", count).set("type", type).set("memory", memory));
    }

    private static void discard(VideoDevice device, int type, int memory, List<List<KernelDmaBuf>> buffers) {
        buffers.forEach(planes -> planes.forEach(KernelDmaBuf::close));
        try {
            request(device, type, 0, memory);
        } catch (SystemCallException | IllegalStateException gone) {
            // Closed or unplugged, which ended the queue.
        }
    }

    List<List<KernelDmaBuf>> buffers() {
        return buffers.stream().map(List::copyOf).toList();
    }

    int count() {
        return buffers.size();
    }

    /**
     * Gives a buffer to the device.
     *
     * @param used how much of each plane is filled; null where the device fills
     */
    void queue(int index, int @Nullable [] used, long timestampNanos) throws SystemCallException {
        List<KernelDmaBuf> planes = buffers.get(index);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment array = VideoUapi.PLANE.allocateArray(arena, planes.size());
            // Every descriptor stays open until the device has it.
            lend(
                    planes,
                    0,
                    array,
                    () -> device.call(
                            QBUF,
                            device + " does not take buffer " + index + " (" + planes.getFirst()
                                    + "); is it large enough?",
                            argument -> {
                                argument.set("type", type).set("memory", memory).set("index", index);
                                time(argument, timestampNanos);
                                fill(argument, array, planes.size(), used);
                            }));
        }
    }

    private interface Act {
        boolean done() throws SystemCallException;
    }

    private static boolean lend(List<KernelDmaBuf> planes, int plane, MemorySegment array, Act act)
            throws SystemCallException {
        if (plane == planes.size()) {
            return act.done();
        }
        return planes.get(plane).fd().use(number -> {
            VideoUapi.PLANE.element(array, plane).setLong("m", number);
            return lend(planes, plane + 1, array, act);
        });
    }

    private void fill(CValue argument, MemorySegment array, int planes, int @Nullable [] used) {
        boolean imports = memory == VideoUapi.V4L2_MEMORY_DMABUF;
        if (!FormatCodec.isPlanar(type)) {
            argument.setLong("m", imports ? VideoUapi.PLANE.element(array, 0).getLong("m") : 0);
            argument.set("bytesused", used == null ? 0 : used[0]);
            return;
        }
        for (int i = 0; i < planes; i++) {
            CValue plane = VideoUapi.PLANE.element(array, i).set("bytesused", used == null ? 0 : used[i]);
            if (!imports) {
                plane.setLong("m", 0);
            }
        }
        argument.point("m", array).set("length", planes);
    }

    private static void time(CValue argument, long nanos) {
        long at = VideoUapi.BUFFER.offset("timestamp");
        argument.memory().set(ValueLayout.JAVA_LONG, at, nanos / NANOS);
        argument.memory().set(ValueLayout.JAVA_LONG, at + Long.BYTES, nanos % NANOS / NANOS_OF_MICRO);
    }

    void start() throws SystemCallException {
        device.call(STREAMON, device + " does not begin", argument -> argument.set("type", type));
    }

    void stop() throws SystemCallException {
        device.call(STREAMOFF, device + " does not stop", argument -> argument.set("type", type));
    }

    /** Takes back the next buffer that the device is done with; null if the time is over. */
    @Nullable CapturedFrame dequeue(Duration timeout, FdInterest interest) throws SystemCallException, InterruptedException {
        long end = System.nanoTime() + timeout.toNanos();
        while (true) {
            try {
                return take();
            } catch (SystemCallException e) {
                if (!e.errno().equals(Errno.EAGAIN)) {
                    throw e;
                }
            }
            long left = end - System.nanoTime();
            if (left <= 0) {
                return null;
            }
            FdDispatcher.shared().awaitReady(device.fd(), interest, left);
        }
    }

    private CapturedFrame take() throws SystemCallException {
        boolean planar = FormatCodec.isPlanar(type);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment array = VideoUapi.PLANE.allocateArray(arena, VideoUapi.VIDEO_MAX_PLANES);
            Ioctl<CapturedFrame> request = Ioctl.of(
                            "VIDIOC_DQBUF",
                            VideoUapi.VIDIOC_DQBUF,
                            VideoUapi.BUFFER,
                            (_, answer) -> frame(answer, planar ? array : null))
                    .answeringAgain();
            return device.call(request, device + " gives no buffer back; was it started?", argument -> {
                argument.set("type", type).set("memory", memory);
                if (planar) {
                    argument.point("m", array).set("length", VideoUapi.VIDEO_MAX_PLANES);
                }
            });
        }
    }

    private static CapturedFrame frame(CValue answer, @Nullable MemorySegment array) {
        long at = VideoUapi.BUFFER.offset("timestamp");
        long seconds = answer.memory().get(ValueLayout.JAVA_LONG, at);
        long micros = answer.memory().get(ValueLayout.JAVA_LONG, at + Long.BYTES);
        List<CapturedFrame.Payload> payloads = new ArrayList<>();
        if (array == null) {
            payloads.add(new CapturedFrame.Payload(0, answer.get("bytesused")));
        } else {
            for (int i = 0; i < Math.clamp(answer.get("length"), 1, VideoUapi.VIDEO_MAX_PLANES); i++) {
                CValue plane = VideoUapi.PLANE.element(array, i);
                // What is used counts from the beginning of the buffer.
                int offset = plane.get("data_offset");
                payloads.add(new CapturedFrame.Payload(offset, Math.max(0, plane.get("bytesused") - offset)));
            }
        }
        int flags = answer.get("flags");
        return new CapturedFrame(
                answer.get("index"),
                Integer.toUnsignedLong(answer.get("sequence")),
                seconds * NANOS + micros * NANOS_OF_MICRO,
                payloads,
                (flags & VideoUapi.V4L2_BUF_FLAG_ERROR) != 0,
                (flags & VideoUapi.V4L2_BUF_FLAG_LAST) != 0);
    }

    /** Stops the device, ends the queue and closes its descriptors. Idempotent. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            stop();
        } catch (SystemCallException | IllegalStateException gone) {
            // Closed or unplugged, which ended the queue.
        }
        discard(device, type, memory, buffers);
    }
}
