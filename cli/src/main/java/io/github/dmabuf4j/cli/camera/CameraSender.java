package io.github.dmabuf4j.cli.camera;

import io.github.dmabuf4j.cli.stream.Doorkeeper;
import io.github.dmabuf4j.cli.stream.FrameSender.Clock;
import io.github.dmabuf4j.cli.stream.FrameSender.Condition;
import io.github.dmabuf4j.cli.video.VideoException;
import io.github.dmabuf4j.domain.ProducerSlot;
import io.github.dmabuf4j.domain.QueueEvent;
import io.github.dmabuf4j.domain.spi.Backend;
import io.github.dmabuf4j.domain.spi.Listener;
import io.github.dmabuf4j.linux.v4l2.CapturedFrame;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Sends what a camera captures to whoever attaches. The camera writes into the buffers that the receivers map.
 *
 * <p>The camera begins when the first receiver is there, and does not stand still when there is none: its pictures are then lost.
 * Pictures go out in the order in which they were captured. One that is damaged or empty, as drivers give back when a transfer
 * failed, goes to nobody.
 *
 * <p>Used by one thread.
 */
public final class CameraSender implements AutoCloseable {
    /** The name of the memory that the camera's driver has itself, beside the names of heaps. */
    public static final String DEVICE_MEMORY = CameraMemory.DEVICE;

    private static final int TIME_SCALE = Integer.getInteger("dmabuf4j.timeScale", 1);
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final Duration SILENCE = Duration.ofSeconds(10).multipliedBy(TIME_SCALE);
    private static final int FAREWELL_LOOKS = 10;

    private final Camera camera;
    private final CameraMemory memory;
    private final Doorkeeper door;
    private int inCamera;
    private boolean streaming;
    private long sequence = -1;
    private long missed;
    private long damaged;

    /**
     * Makes the buffers and begins to let receivers in.
     *
     * @param camera the camera; stays the caller's, and has no other queue
     * @param buffers how many buffers circulate; the camera's driver may make more or fewer of its own
     * @param heapName where they come from: {@link #DEVICE_MEMORY}, or the name of a heap of real dma-bufs
     * @param patience how long a receiver may hold up the others
     * @param backend the road to the receivers
     * @param listener where they arrive; this sender closes it, also when this constructor fails
     * @param events is told who comes and goes
     * @throws IOException if there is not enough memory, or the camera cannot use it
     */
    public CameraSender(
            Camera camera,
            int buffers,
            String heapName,
            Duration patience,
            Backend backend,
            Listener listener,
            Consumer<QueueEvent> events)
            throws IOException {
        this.camera = camera;
        try {
            memory = CameraMemory.allocate(camera, buffers, heapName, patience, backend, events);
        } catch (IOException | RuntimeException e) {
            listener.close();
            throw e;
        }
        inCamera = memory.count();
        door = new Doorkeeper(memory.stream(), listener);
    }

    /** What is done with a picture before it is handed over. */
    @FunctionalInterface
    public interface Look {
        /**
         * Looks.
         *
         * @param slot the buffer that has the picture
         * @throws IOException to stop sending
         */
        void at(ProducerSlot slot) throws IOException;
    }

    /**
     * How many buffers circulate.
     *
     * @return the number
     */
    public int buffers() {
        return memory.count();
    }

    /**
     * How many pictures the camera counted and did not give, because no buffer was free in time.
     *
     * @return the number
     */
    public long missed() {
        return missed;
    }

    /**
     * How many pictures were damaged or empty.
     *
     * @return the number
     */
    public long damaged() {
        return damaged;
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
        return memory.stream().awaitConsumers(count, timeout);
    }

    /** Lets nobody else in, and gives the address back. */
    public void closeDoor() {
        door.closeDoor();
    }

    /**
     * Sends pictures until there are enough, or a condition no longer holds. Does not end the stream.
     *
     * @param frames how many; -1 for no end
     * @param clock what the pictures' time says: {@link Clock#VIDEO} is the moment of capture
     * @param goOn asked before every picture, and at least ten times a second
     * @param look what is done with each before it goes
     * @return how many pictures were handed over
     * @throws IOException if the camera was unplugged or fails, or gives no picture for ten seconds
     * @throws InterruptedException if the thread is interrupted
     */
    public long play(long frames, Clock clock, Condition goOn, Look look) throws IOException, InterruptedException {
        long sent = 0;
        long heard = System.nanoTime();
        while (sent != frames && awaitFirst(goOn) && goOn.holds()) {
            begin();
            CapturedFrame picture = refill() ? memory.capture().dequeue(LOOK) : null;
            if (picture == null) {
                if (inCamera > 0 && System.nanoTime() - heard > SILENCE.toNanos()) {
                    throw new VideoException(camera + " gives no picture for " + SILENCE.toSeconds() + " seconds");
                }
                continue;
            }
            heard = System.nanoTime();
            if (picture.damaged() || picture.size() < camera.layout().size()) {
                damaged++;
                memory.capture().queue(picture.index());
            } else if (memory.stream().consumers() == 0) {
                memory.capture().queue(picture.index());
                sequence = -1;
            } else {
                count(picture);
                ProducerSlot slot = memory.slot(picture.index());
                look.at(slot);
                inCamera--;
                memory.stream().queue(slot, clock == Clock.VIDEO ? picture.timestampNanos() : System.nanoTime());
                sent++;
            }
        }
        return sent;
    }

    private void count(CapturedFrame picture) {
        if (sequence >= 0) {
            missed += Math.max(0, picture.sequence() - sequence - 1);
        }
        sequence = picture.sequence();
    }

    /** The camera stays dark until somebody looks. */
    private boolean awaitFirst(Condition goOn) throws IOException, InterruptedException {
        boolean on = goOn.holds();
        while (on && !streaming && memory.stream().consumers() == 0) {
            memory.stream().awaitConsumers(1, LOOK);
            on = goOn.holds();
        }
        return on;
    }

    private void begin() throws IOException {
        if (!streaming) {
            streaming = true;
            memory.capture().start();
        }
    }

    /** Gives the camera what receivers have released; waits a little if it has nothing at all. */
    private boolean refill() throws IOException, InterruptedException {
        while (inCamera < memory.count()) {
            ProducerSlot slot = memory.stream().dequeue(inCamera == 0 ? LOOK : Duration.ZERO);
            if (slot == null) {
                break;
            }
            memory.capture().queue(slot.index());
            inCamera++;
        }
        return inCamera > 0;
    }

    /**
     * Ends the stream, and waits until the receivers have released all pictures.
     *
     * @param goOn asked at least ten times a second
     * @throws IOException what the condition throws
     * @throws InterruptedException if the thread is interrupted
     */
    public void finish(Condition goOn) throws IOException, InterruptedException {
        closeDoor();
        memory.stream().finish();
        for (int looks = 1; !memory.stream().awaitDrained(LOOK); looks++) {
            if (!goOn.holds() && looks >= FAREWELL_LOOKS) {
                break;
            }
        }
    }

    /** Stops the camera, ends the stream for all receivers and frees everything but the camera. */
    @Override
    public void close() {
        door.close();
        memory.close();
    }
}
