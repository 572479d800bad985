package io.github.dmabuf4j.cli.camera;

import io.github.dmabuf4j.buffer.DmaHeap;
import io.github.dmabuf4j.cli.video.VideoException;
import io.github.dmabuf4j.domain.ProducerSlot;
import io.github.dmabuf4j.domain.QueueConfig;
import io.github.dmabuf4j.domain.QueueEvent;
import io.github.dmabuf4j.domain.QueueProducer;
import io.github.dmabuf4j.domain.spi.Backend;
import io.github.dmabuf4j.linux.dmabuf.Heaps;
import io.github.dmabuf4j.linux.dmabuf.KernelDmaBuf;
import io.github.dmabuf4j.linux.dmabuf.KernelPages;
import io.github.dmabuf4j.linux.v4l2.CaptureHeap;
import io.github.dmabuf4j.linux.v4l2.CaptureQueue;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The same buffers twice: as the queue of a camera and as the queue of a stream, by the same index. Either the driver makes them and
 * gives them out, or a heap does and the driver takes them in.
 */
final class CameraMemory implements AutoCloseable {
    /** The name of the memory that the camera's driver has itself. */
    static final String DEVICE = "device";

    private final @Nullable DmaHeap heap;
    private final QueueProducer stream;
    private final CaptureQueue capture;
    private final ProducerSlot[] slots;

    private CameraMemory(@Nullable DmaHeap heap, QueueProducer stream, CaptureQueue capture, ProducerSlot[] slots) {
        this.heap = heap;
        this.stream = stream;
        this.capture = capture;
        this.slots = slots;
    }

    static CameraMemory allocate(
            Camera camera, int buffers, String name, Duration patience, Backend backend, Consumer<QueueEvent> events)
            throws IOException {
        return name.equals(DEVICE)
                ? ofDevice(camera, buffers, patience, backend, events)
                : ofHeap(camera, buffers, name, patience, backend, events);
    }

    private static CameraMemory ofDevice(
            Camera camera, int buffers, Duration patience, Backend backend, Consumer<QueueEvent> events)
            throws IOException {
        CaptureQueue capture = CaptureQueue.ofDriver(camera.device(), buffers);
        try (CaptureHeap heap = new CaptureHeap(capture)) {
            int made = capture.buffers().size();
            QueueProducer stream = QueueProducer.create(config(camera, made, patience), heap, backend, events);
            return new CameraMemory(null, stream, capture, slots(stream, made));
        } catch (IOException | RuntimeException e) {
            capture.close();
            throw e;
        }
    }

    private static CameraMemory ofHeap(
            Camera camera, int buffers, String name, Duration patience, Backend backend, Consumer<QueueEvent> events)
            throws IOException {
        DmaHeap heap = Heaps.open(name);
        QueueProducer stream = null;
        try {
            stream = QueueProducer.create(config(camera, buffers, patience), heap, backend, events);
            ProducerSlot[] slots = slots(stream, buffers);
            List<KernelDmaBuf> dmaBufs = new ArrayList<>();
            for (ProducerSlot slot : slots) {
                if (!(slot.buffer().pages() instanceof KernelPages pages)) {
                    throw new VideoException("a camera cannot capture into " + heap.name()
                            + "; choose --heap device, udmabuf or dma-heap");
                }
                dmaBufs.add(pages.dmaBuf());
            }
            return new CameraMemory(heap, stream, CaptureQueue.into(camera.device(), dmaBufs), slots);
        } catch (IOException | RuntimeException e) {
            if (stream != null) {
                stream.close();
            }
            heap.close();
            throw e;
        }
    }

    private static QueueConfig config(Camera camera, int buffers, Duration patience) {
        return new QueueConfig("camera", buffers, camera.bufferSize(), camera.layout(), patience, camera.description());
    }

    /** All of them, by their index. */
    private static ProducerSlot[] slots(QueueProducer stream, int count) throws IOException {
        ProducerSlot[] slots = new ProducerSlot[count];
        try {
            for (int i = 0; i < count; i++) {
                ProducerSlot slot = stream.dequeue(Duration.ZERO);
                if (slot == null) {
                    throw new AssertionError("a new queue has all its buffers");
                }
                slots[slot.index()] = slot;
            }
        } catch (InterruptedException hurry) {
            stream.close();
            throw new IOException("interrupted", hurry);
        }
        return slots;
    }

    /** The way to the receivers. */
    QueueProducer stream() {
        return stream;
    }

    /** The way from the camera. */
    CaptureQueue capture() {
        return capture;
    }

    /** A buffer by its index. */
    ProducerSlot slot(int index) {
        return slots[index];
    }

    /** How many buffers there are. */
    int count() {
        return slots.length;
    }

    /** Takes everything from the camera and from the receivers. */
    @Override
    public void close() {
        capture.close();
        stream.close();
        if (heap != null) {
            heap.close();
        }
    }
}
