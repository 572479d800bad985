package io.github.dmabuf4j.cli.stream;

import io.github.dmabuf4j.buffer.AccessMode;
import io.github.dmabuf4j.buffer.CpuAccess;
import io.github.dmabuf4j.buffer.ImageLayout;
import io.github.dmabuf4j.cli.video.StreamFormat;
import io.github.dmabuf4j.cli.video.VideoException;
import io.github.dmabuf4j.cli.video.VideoFormat;
import io.github.dmabuf4j.domain.Frame;
import io.github.dmabuf4j.domain.QueueConsumer;
import io.github.dmabuf4j.domain.spi.Connection;
import io.github.dmabuf4j.linux.dmabuf.KernelPages;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;

/** Receives a video that a {@link FrameSender} sends. Used by one thread. */
public final class FrameReceiver implements AutoCloseable {
    private static final Duration PATIENTLY = Duration.ofDays(1);

    private final QueueConsumer queue;

    /**
     * Attaches to a sender.
     *
     * @param connection a connection that has not been started; this receiver closes it
     * @param name for people
     * @throws IOException if the sender refuses or dies, or its frames lie in several buffers
     * @throws InterruptedException if the thread is interrupted
     */
    public FrameReceiver(Connection connection, String name) throws IOException, InterruptedException {
        queue = QueueConsumer.open(connection, name);
        if (queue.layout().buffers() != 1) {
            queue.close();
            throw new VideoException(
                    "the stream's pictures lie in several buffers each, which this command cannot take");
        }
    }

    /** What is done with a frame while it is there. */
    public interface Work {
        /**
         * Looks at a frame.
         *
         * @param picture the frame in the sender's own memory, read-only; only until this returns
         * @param parameters what the y4m stream says about it, empty for nothing
         * @param presentationTime what the sender says about its time, in nanoseconds
         * @throws IOException to stop receiving
         */
        void frame(MemorySegment picture, String parameters, long presentationTime) throws IOException;
    }

    /**
     * What the frames look like in memory.
     *
     * @return the layout, in one buffer
     */
    public ImageLayout layout() {
        return queue.layout();
    }

    /**
     * What the frames look like in a few words.
     *
     * @return such as {@code 1920x1080 4:2:0}
     */
    public String title() {
        return StreamFormat.title(layout());
    }

    /**
     * What the frames look like in a y4m file.
     *
     * @return the format
     * @throws VideoException if y4m cannot carry them
     */
    public VideoFormat format() throws VideoException {
        return StreamFormat.of(layout(), queue.description());
    }

    /**
     * Who sends.
     *
     * @return the sender, for sentences
     */
    public String sender() {
        return queue.peer().toString();
    }

    /**
     * How many buffers circulate.
     *
     * @return the number
     */
    public int buffers() {
        return queue.slots();
    }

    /**
     * Receives frames until the stream is over.
     *
     * @param work what to do with each; the frame is released behind it, also when it fails
     * @return how many frames there were
     * @throws IOException if the sender died or left, a frame could not be filled, or the work failed
     * @throws InterruptedException if the thread is interrupted
     */
    public long receive(Work work) throws IOException, InterruptedException {
        long received = 0;
        while (true) {
            Frame frame = queue.acquire(PATIENTLY);
            if (frame == null) {
                if (queue.isEndOfStream()) {
                    return received;
                }
                continue;
            }
            try {
                if (frame.error() != null) {
                    throw new IOException("frame " + frame.number() + " was not filled: " + frame.error());
                }
                look(frame, work);
            } finally {
                queue.release(frame);
            }
            received++;
        }
    }

    private void look(Frame frame, Work work) throws IOException {
        if (frame.buffer().pages() instanceof KernelPages) {
            // A device may have written it: its caches want to know who reads now.
            try (CpuAccess access = frame.buffer().beginCpuAccess(AccessMode.READ)) {
                look(access.segment(), frame, work);
            }
        } else {
            look(frame.raw(), frame, work);
        }
    }

    private void look(MemorySegment picture, Frame frame, Work work) throws IOException {
        work.frame(picture, FrameTrailer.read(picture, layout().size()), frame.presentationTime());
    }

    /** Says goodbye and unmaps everything. */
    @Override
    public void close() {
        queue.close();
    }
}
