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
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The buffers that a {@link VideoDevice} captures into. A buffer is the device's while it is queued and the program's otherwise:
 * never touch one that is queued.
 *
 * <p>A device has one queue at a time. All methods may be called from any thread; {@link #dequeue} waits without keeping the
 * carrier of a virtual thread.
 */
public final class CaptureQueue implements AutoCloseable {
    private static final int FD_FLAGS = 0x80002; // O_RDWR | O_CLOEXEC
    private static final long NANOS = 1_000_000_000L;

    private static final Ioctl<Integer> REQBUFS = Ioctl.of(
            "VIDIOC_REQBUFS", VideoUapi.VIDIOC_REQBUFS, VideoUapi.REQUEST_BUFFERS, (_, answer) -> answer.get("count"));
    private static final Ioctl<OwnedFd> EXPBUF = Ioctl.of(
            "VIDIOC_EXPBUF",
            VideoUapi.VIDIOC_EXPBUF,
            VideoUapi.EXPORT_BUFFER,
            (_, answer) -> DeviceNode.given(answer.get("fd")));
    private static final Ioctl<Boolean> QBUF = Ioctl.of("VIDIOC_QBUF", VideoUapi.VIDIOC_QBUF, VideoUapi.BUFFER);
    private static final Ioctl<CapturedFrame> DQBUF = Ioctl.of(
                    "VIDIOC_DQBUF", VideoUapi.VIDIOC_DQBUF, VideoUapi.BUFFER, (_, answer) -> frame(answer))
            .answeringAgain();
    private static final Ioctl<Boolean> STREAMON =
            Ioctl.of("VIDIOC_STREAMON", VideoUapi.VIDIOC_STREAMON, VideoUapi.STREAM);
    private static final Ioctl<Boolean> STREAMOFF =
            Ioctl.of("VIDIOC_STREAMOFF", VideoUapi.VIDIOC_STREAMOFF, VideoUapi.STREAM);

    private final VideoDevice device;
    private final int memory;
    private final List<KernelDmaBuf> buffers;
    private volatile boolean closed;

    private CaptureQueue(VideoDevice device, int memory, List<KernelDmaBuf> buffers) {
        this.device = device;
        this.memory = memory;
        this.buffers = buffers;
    }

    private static CapturedFrame frame(CValue answer) {
        long at = VideoUapi.BUFFER.offset("timestamp");
        long seconds = answer.memory().get(ValueLayout.JAVA_LONG, at);
        long micros = answer.memory().get(ValueLayout.JAVA_LONG, at + Long.BYTES);
        return new CapturedFrame(
                answer.get("index"),
                Integer.toUnsignedLong(answer.get("sequence")),
                seconds * NANOS + micros * 1000,
                answer.get("bytesused"),
                (answer.get("flags") & VideoUapi.V4L2_BUF_FLAG_ERROR) != 0);
    }

    /**
     * A queue of buffers that the driver makes and gives out.
     *
     * @param device the device; its format is fixed while it has the queue
     * @param count how many buffers; the driver may make more or fewer
     * @return the queue, with nothing queued; the caller owns it
     * @throws IOException if the device has a queue already (EBUSY), or gives no buffers out
     */
    public static CaptureQueue ofDriver(VideoDevice device, int count) throws IOException {
        int made = request(device, count, VideoUapi.V4L2_MEMORY_MMAP);
        List<KernelDmaBuf> buffers = new ArrayList<>();
        try {
            for (int i = 0; i < made; i++) {
                int index = i;
                buffers.add(KernelDmaBuf.adopt(EXPBUF.call(
                        device.fd(),
                        device + " does not give its buffers out",
                        (argument, _) -> argument.set("type", VideoUapi.V4L2_BUF_TYPE_VIDEO_CAPTURE)
                                .set("index", index)
                                .set("flags", FD_FLAGS))));
            }
            return new CaptureQueue(device, VideoUapi.V4L2_MEMORY_MMAP, buffers);
        } catch (IOException | RuntimeException e) {
            buffers.forEach(KernelDmaBuf::close);
            throw e;
        }
    }

    /**
     * A queue of buffers of any origin.
     *
     * @param device the device; its format is fixed while it has the queue
     * @param buffers the buffers, each large enough for a picture; they stay the caller's, the queue has descriptors of its own
     * @return the queue, with nothing queued; the caller owns it
     * @throws SystemCallException if the device has a queue already (EBUSY), or takes no dma-bufs (EINVAL)
     */
    public static CaptureQueue into(VideoDevice device, List<KernelDmaBuf> buffers) throws IOException {
        int made = request(device, buffers.size(), VideoUapi.V4L2_MEMORY_DMABUF);
        List<KernelDmaBuf> own = new ArrayList<>();
        try {
            if (made < buffers.size()) {
                throw new IOException(device + " takes only " + made + " buffers, not " + buffers.size());
            }
            for (KernelDmaBuf buffer : buffers) {
                own.add(buffer.dup());
            }
            return new CaptureQueue(device, VideoUapi.V4L2_MEMORY_DMABUF, own);
        } catch (IOException | RuntimeException e) {
            own.forEach(KernelDmaBuf::close);
            request(device, 0, VideoUapi.V4L2_MEMORY_DMABUF);
            throw e;
        }
    }

    private static int request(VideoDevice device, int count, int memory) throws SystemCallException {
        return REQBUFS.call(
                device.fd(),
                device + " does not make a queue of " + count + " buffers; has it one already?",
                (argument, _) -> argument.set("count", count)
                        .set("type", VideoUapi.V4L2_BUF_TYPE_VIDEO_CAPTURE)
                        .set("memory", memory));
    }

    /**
     * The buffers of the queue.
     *
     * @return the buffers, by their index; they stay the queue's
     */
    public List<KernelDmaBuf> buffers() {
        return List.copyOf(buffers);
    }

    /**
     * Gives a buffer to the device.
     *
     * @param index which buffer
     * @throws SystemCallException if the device has it already, or cannot use it (EINVAL), or was unplugged (ENODEV)
     */
    public void queue(int index) throws SystemCallException {
        KernelDmaBuf buffer = buffers.get(index);
        buffer.fd()
                .use(number -> QBUF.call(
                        device.fd(),
                        device + " does not take buffer " + index + " (" + buffer + "); is it large enough?",
                        (argument, _) -> {
                            describe(argument).set("index", index);
                            if (memory == VideoUapi.V4L2_MEMORY_DMABUF) {
                                argument.setLong("m", number);
                            }
                        }));
    }

    private CValue describe(CValue argument) {
        return argument.set("type", VideoUapi.V4L2_BUF_TYPE_VIDEO_CAPTURE).set("memory", memory);
    }

    /**
     * Gives all buffers to the device and lets it begin.
     *
     * @throws SystemCallException if it cannot (EINVAL for a buffer that is too small, EPIPE and others by the device)
     */
    public void start() throws SystemCallException {
        for (int i = 0; i < buffers.size(); i++) {
            queue(i);
        }
        STREAMON.call(
                device.fd(),
                device + " does not begin to capture",
                (argument, _) -> argument.set("type", VideoUapi.V4L2_BUF_TYPE_VIDEO_CAPTURE));
    }

    /**
     * Takes back the next buffer that has a picture.
     *
     * @param timeout the longest wait; zero only looks
     * @return the picture, whose buffer is the program's until it is queued again; null if the time is over
     * @throws SystemCallException if the device was unplugged (ENODEV), or does not capture (EINVAL)
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public @Nullable CapturedFrame dequeue(Duration timeout) throws SystemCallException, InterruptedException {
        long end = System.nanoTime() + timeout.toNanos();
        while (true) {
            try {
                return DQBUF.call(
                        device.fd(),
                        device + " gives no picture; was it started?",
                        (argument, _) -> describe(argument));
            } catch (SystemCallException e) {
                if (!e.errno().equals(Errno.EAGAIN)) {
                    throw e;
                }
            }
            long left = end - System.nanoTime();
            if (left <= 0) {
                return null;
            }
            FdDispatcher.shared().awaitReady(device.fd(), FdInterest.READABLE, left);
        }
    }

    /**
     * Stops the device and takes all buffers back; pictures that were not dequeued are lost.
     *
     * @throws SystemCallException if the device was unplugged (ENODEV)
     */
    public void stop() throws SystemCallException {
        STREAMOFF.call(
                device.fd(),
                device + " does not stop",
                (argument, _) -> argument.set("type", VideoUapi.V4L2_BUF_TYPE_VIDEO_CAPTURE));
    }

    /** Stops the device, ends the queue and closes its descriptors. Idempotent; buffers that others hold live on. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            stop();
            request(device, 0, memory);
        } catch (SystemCallException | IllegalStateException gone) {
            // Closed or unplugged, which ended the queue.
        } finally {
            buffers.forEach(KernelDmaBuf::close);
        }
    }
}
