package io.github.dmabuf4j.linux.v4l2;

import io.github.dmabuf4j.linux.FdInterest;
import io.github.dmabuf4j.linux.SystemCallException;
import io.github.dmabuf4j.linux.dmabuf.KernelDmaBuf;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The buffers that a {@link VideoDevice} captures into. A buffer is the device's while it is queued and the program's otherwise:
 * never touch one that is queued.
 *
 * <p>A device has one such queue at a time. All methods may be called from any thread; {@link #dequeue} waits without keeping the
 * carrier of a virtual thread. When the device is unplugged they throw {@link DeviceGoneException}, a waiting {@link #dequeue} too.
 */
public final class CaptureQueue implements AutoCloseable {
    private final VideoBuffers queue;

    private CaptureQueue(VideoBuffers queue) {
        this.queue = queue;
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
        return new CaptureQueue(VideoBuffers.ofDriver(device, Direction.CAPTURE, count));
    }

    /**
     * A queue of buffers of any origin, one for each picture.
     *
     * @param device the device; its format is fixed while it has the queue
     * @param buffers the buffers, each large enough for a picture; they stay the caller's, the queue has descriptors of its own
     * @return the queue, with nothing queued; the caller owns it
     * @throws IllegalArgumentException if the device wants several buffers for each picture
     * @throws IOException if the device has a queue already (EBUSY), or takes no dma-bufs (EINVAL), or not as many
     */
    public static CaptureQueue into(VideoDevice device, List<KernelDmaBuf> buffers) throws IOException {
        return intoPlanes(device, buffers.stream().map(List::of).toList());
    }

    /**
     * A queue of buffers of any origin, with one for each {@linkplain VideoFormat#planes() plane} of a picture.
     *
     * @param device the device; its format is fixed while it has the queue
     * @param buffers the buffers of each picture, each large enough; they stay the caller's
     * @return the queue, with nothing queued; the caller owns it
     * @throws IllegalArgumentException if these are not as many for each picture as the format has
     * @throws IOException as {@link #into}
     */
    public static CaptureQueue intoPlanes(VideoDevice device, List<List<KernelDmaBuf>> buffers) throws IOException {
        return new CaptureQueue(VideoBuffers.importing(device, Direction.CAPTURE, buffers));
    }

    /**
     * The buffers of the queue: the first of each picture, which for nearly all devices is the only one.
     *
     * @return the buffers, by their index; they stay the queue's
     */
    public List<KernelDmaBuf> buffers() {
        return queue.buffers().stream().map(List::getFirst).toList();
    }

    /**
     * The buffers of a picture.
     *
     * @param index which picture
     * @return the buffer of each plane; they stay the queue's
     */
    public List<KernelDmaBuf> planes(int index) {
        return queue.buffers().get(index);
    }

    /**
     * Gives a buffer to the device.
     *
     * @param index which buffer
     * @throws SystemCallException if the device has it already, or cannot use it (EINVAL), or was unplugged (ENODEV)
     */
    public void queue(int index) throws SystemCallException {
        queue.queue(index, null, 0);
    }

    /**
     * Gives all buffers to the device and lets it begin.
     *
     * @throws SystemCallException if it cannot (EINVAL for a buffer that is too small, EPIPE and others by the device)
     */
    public void start() throws SystemCallException {
        for (int i = 0; i < queue.count(); i++) {
            queue(i);
        }
        startEmpty();
    }

    /**
     * Lets the device begin with the buffers that it has, which may be none yet.
     *
     * @throws SystemCallException if it cannot, such as for want of buffers (EINVAL, ENOBUFS)
     */
    public void startEmpty() throws SystemCallException {
        queue.start();
    }

    /**
     * Takes back the next buffer that has a picture.
     *
     * @param timeout the longest wait; zero only looks
     * @return the picture, whose buffer is the program's until it is queued again; null if the time is over
     * @throws DeviceGoneException if the device was unplugged
     * @throws SystemCallException if it does not capture (EINVAL), failed for good (EIO), or has nothing left behind its
     *     {@linkplain CapturedFrame#last() last} picture (EPIPE)
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public @Nullable CapturedFrame dequeue(Duration timeout) throws SystemCallException, InterruptedException {
        return queue.dequeue(timeout, FdInterest.READABLE);
    }

    /**
     * Stops the device and takes all buffers back; pictures that were not dequeued are lost.
     *
     * @throws SystemCallException if the device was unplugged (ENODEV)
     */
    public void stop() throws SystemCallException {
        queue.stop();
    }

    /** Stops the device, ends the queue and closes its descriptors. Idempotent; buffers that others hold live on. */
    @Override
    public void close() {
        queue.close();
    }
}
