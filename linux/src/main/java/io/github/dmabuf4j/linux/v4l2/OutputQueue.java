package io.github.dmabuf4j.linux.v4l2;

import io.github.dmabuf4j.linux.FdInterest;
import io.github.dmabuf4j.linux.SystemCallException;
import io.github.dmabuf4j.linux.dmabuf.KernelDmaBuf;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * The buffers that a {@link VideoDevice} shows, sends or works on. The program fills a buffer and queues it; from then on it is the
 * device's, until it is dequeued.
 *
 * <p>A device has one such queue at a time, and a device that makes pictures of pictures a {@link CaptureQueue} beside it. All methods
 * may be called from any thread; {@link #dequeue} waits without keeping the carrier of a virtual thread. When the device is unplugged
 * they throw {@link DeviceGoneException}.
 */
public final class OutputQueue implements AutoCloseable {
    /** What {@link #dequeue} answers when the time is over. */
    public static final int NONE = -1;

    private final VideoBuffers queue;

    private OutputQueue(VideoBuffers queue) {
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
    public static OutputQueue ofDriver(VideoDevice device, int count) throws IOException {
        return new OutputQueue(VideoBuffers.ofDriver(device, Direction.OUTPUT, count));
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
    public static OutputQueue of(VideoDevice device, List<KernelDmaBuf> buffers) throws IOException {
        return ofPlanes(device, buffers.stream().map(List::of).toList());
    }

    /**
     * A queue of buffers of any origin, with one for each {@linkplain VideoFormat#planes() plane} of a picture.
     *
     * @param device the device; its format is fixed while it has the queue
     * @param buffers the buffers of each picture, each large enough; they stay the caller's
     * @return the queue, with nothing queued; the caller owns it
     * @throws IllegalArgumentException if these are not as many for each picture as the format has
     * @throws IOException as {@link #of}
     */
    public static OutputQueue ofPlanes(VideoDevice device, List<List<KernelDmaBuf>> buffers) throws IOException {
        return new OutputQueue(VideoBuffers.importing(device, Direction.OUTPUT, buffers));
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
     * Gives a filled buffer to the device.
     *
     * @param index which buffer
     * @param timestampNanos the time of the picture; a device that makes pictures of pictures carries it over, in whole microseconds
     * @param used how many bytes are filled in each of its buffers
     * @throws IllegalArgumentException if these are not as many numbers as the picture has buffers
     * @throws SystemCallException if the device has it already, or cannot use it (EINVAL), or was unplugged (ENODEV)
     */
    public void queue(int index, long timestampNanos, int... used) throws SystemCallException {
        if (used.length != planes(index).size()) {
            throw new IllegalArgumentException(
                    "a picture lies in " + planes(index).size() + " buffers, not in " + used.length);
        }
        queue.queue(index, used, timestampNanos);
    }

    /**
     * Lets the device begin.
     *
     * @throws SystemCallException if it cannot
     */
    public void start() throws SystemCallException {
        queue.start();
    }

    /**
     * Takes back a buffer that the device has shown or read.
     *
     * @param timeout the longest wait; zero only looks
     * @return its index; the buffer is the program's until it is queued again; {@link #NONE} if the time is over
     * @throws DeviceGoneException if the device was unplugged
     * @throws SystemCallException if it was not started (EINVAL), or failed for good (EIO)
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public int dequeue(Duration timeout) throws SystemCallException, InterruptedException {
        CapturedFrame done = queue.dequeue(timeout, FdInterest.WRITABLE);
        return done == null ? NONE : done.index();
    }

    /**
     * Stops the device and takes all buffers back; pictures that it has not shown are lost.
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
