package io.github.dmabuf4j.cli.stream;

import io.github.dmabuf4j.buffer.DmaHeap;
import io.github.dmabuf4j.cli.video.StreamFormat;
import io.github.dmabuf4j.cli.video.VideoFormat;
import io.github.dmabuf4j.cli.video.VideoSource;
import io.github.dmabuf4j.domain.ProducerSlot;
import io.github.dmabuf4j.domain.QueueConfig;
import io.github.dmabuf4j.domain.QueueEvent;
import io.github.dmabuf4j.domain.QueueProducer;
import io.github.dmabuf4j.domain.spi.Backend;
import io.github.dmabuf4j.domain.spi.Listener;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends a video through a queue to whoever attaches. One thread sends; peers are let in on a thread of their own.
 *
 * <p>A frame is read straight into the buffer that the receivers map. While nobody is attached, the video stands still.
 */
public final class FrameSender implements AutoCloseable {
    private static final Duration LOOK = Duration.ofMillis(100);

    /** How long receivers have to finish what they hold when the sender is told to stop: a second. */
    private static final int FAREWELL_LOOKS = 10;

    private final VideoFormat format;
    private final QueueProducer queue;
    private final Doorkeeper door;

    /**
     * Allocates the buffers and begins to let receivers in.
     *
     * @param format what the frames look like
     * @param buffers how many of them circulate
     * @param patience how long a receiver may hold up the others
     * @param heap where the buffers come from
     * @param backend the road to the receivers
     * @param listener where they arrive; this sender closes it
     * @param events is told who comes and goes
     * @throws IOException if there is not enough memory
     */
    public FrameSender(
            VideoFormat format,
            int buffers,
            Duration patience,
            DmaHeap heap,
            Backend backend,
            Listener listener,
            Consumer<QueueEvent> events)
            throws IOException {
        this.format = format;
        QueueConfig config = new QueueConfig(
                "video",
                buffers,
                (long) format.frameSize() + FrameTrailer.BYTES,
                StreamFormat.layout(format),
                patience,
                format.header());
        queue = QueueProducer.create(config, heap, backend, events);
        door = new Doorkeeper(queue, listener);
    }

    /**
     * Waits for receivers.
     *
     * @param count how many
     * @param timeout the longest wait
     * @return false when the time is over
     * @throws InterruptedException if the thread is interrupted
     */
    public boolean awaitReceivers(int count, Duration timeout) throws InterruptedException {
        return queue.awaitConsumers(count, timeout);
    }

    /**
     * How many receivers are attached.
     *
     * @return the number
     */
    public int receivers() {
        return queue.consumers();
    }

    /** Lets nobody else in, and gives the address back. */
    public void closeDoor() {
        door.closeDoor();
    }

    /** When a frame is shown. */
    public enum Clock {
        /** By the video's frame rate. */
        VIDEO,
        /** The moment it is handed over, CLOCK_MONOTONIC in nanoseconds: receivers can tell how long that took. */
        HAND_OVER
    }

    /** Asked now and then, whether to go on. */
    public interface Condition {
        /**
         * Whether to go on.
         *
         * @return false to stop before the next frame
         * @throws IOException to stop with a failure
         */
        boolean holds() throws IOException;
    }

    /**
     * Sends frames until the video or the count is over, or a condition no longer holds, and {@linkplain #finish ends} the
     * stream.
     *
     * @param source the video
     * @param frames how many at most; -1 for all
     * @param clock what the frames' time says
     * @param goOn asked before every frame, and at least ten times a second while the sender waits
     * @param progress told the number of frames after each
     * @return how many frames were handed over
     * @throws IOException if the video cannot be read
     * @throws InterruptedException if the thread is interrupted
     */
    public long send(VideoSource source, long frames, Clock clock, Condition goOn, LongConsumer progress)
            throws IOException, InterruptedException {
        long sent = play(source, frames, clock, goOn, progress);
        finish(goOn);
        return sent;
    }

    /**
     * Sends frames, and does not end the stream.
     *
     * @param source the video
     * @param frames how many at most; -1 for all
     * @param clock what the frames' time says
     * @param goOn asked before every frame, and at least ten times a second while the sender waits
     * @param progress told the number of frames after each
     * @return how many frames were handed over
     * @throws IOException if the video cannot be read
     * @throws InterruptedException if the thread is interrupted
     */
    public long play(VideoSource source, long frames, Clock clock, Condition goOn, LongConsumer progress)
            throws IOException, InterruptedException {
        long sent = 0;
        while (sent != frames && awaitAnybody(goOn)) {
            ProducerSlot slot = dequeue(goOn);
            if (slot == null) {
                break;
            }
            MemorySegment picture = slot.raw();
            boolean more;
            try {
                more = source.read(picture);
            } catch (IOException | RuntimeException broken) {
                queue.cancel(slot);
                throw broken;
            }
            // Whoever was attached may be gone by now: the frame waits for the next one.
            if (!more || !awaitAnybody(goOn)) {
                queue.cancel(slot);
                break;
            }
            FrameTrailer.write(picture, format.frameSize(), source.frameParameters());
            queue.queue(slot, clock == Clock.VIDEO ? format.presentationNanos(sent) : System.nanoTime());
            progress.accept(++sent);
        }
        return sent;
    }

    /**
     * Ends the stream, and waits until the receivers have released all frames.
     *
     * @param goOn asked at least ten times a second
     * @throws IOException what the condition throws
     * @throws InterruptedException if the thread is interrupted
     */
    public void finish(Condition goOn) throws IOException, InterruptedException {
        closeDoor();
        queue.finish();
        for (int looks = 1; !queue.awaitDrained(LOOK); looks++) {
            if (!goOn.holds() && looks >= FAREWELL_LOOKS) {
                break;
            }
        }
    }

    /** Ends the stream for all receivers and frees everything. */
    @Override
    public void close() {
        door.close();
        queue.close();
    }

    private boolean awaitAnybody(Condition goOn) throws IOException, InterruptedException {
        boolean on = goOn.holds();
        while (on && queue.consumers() == 0) {
            queue.awaitConsumers(1, LOOK);
            on = goOn.holds();
        }
        return on;
    }

    private @Nullable ProducerSlot dequeue(Condition goOn) throws IOException, InterruptedException {
        ProducerSlot slot = queue.dequeue(LOOK);
        while (slot == null && goOn.holds()) {
            slot = queue.dequeue(LOOK);
        }
        return slot;
    }
}
