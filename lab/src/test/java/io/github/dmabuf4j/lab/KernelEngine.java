package io.github.dmabuf4j.lab;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.linux.SystemCallException;
import io.github.dmabuf4j.linux.dmabuf.DmaHeapBacking;
import io.github.dmabuf4j.linux.drm.DrmDevice;
import io.github.dmabuf4j.linux.drm.DrmSyncObj;
import io.github.dmabuf4j.linux.drm.DrmSyncPoint;
import io.github.dmabuf4j.linux.drm.DrmSyncWait;
import io.github.dmabuf4j.linux.sync.EventFd;
import io.github.dmabuf4j.linux.sync.KernelSyncFile;
import io.github.dmabuf4j.linux.sync.SwSyncTimeline;
import io.github.dmabuf4j.tck.BufferEngine;
import io.github.dmabuf4j.tck.RefusedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * The running kernel as an engine of the compatibility kit: software timelines from debugfs, sync objects from virtio-gpu, dma-bufs
 * from the system's heap.
 */
public class KernelEngine implements BufferEngine {
    private static final Path COMM = Path.of("/proc/thread-self/comm");

    private final DrmDevice gpu = DrmDevice.find("virtio_gpu").orElseThrow();
    private final DmaHeapBacking heap;
    private final Queue<AutoCloseable> opened = new ConcurrentLinkedQueue<>();

    /** An engine with nothing in it. */
    public KernelEngine() {
        heap = refusing(() -> DmaHeapBacking.open("system"));
    }

    /** A call that the kernel may refuse. */
    @FunctionalInterface
    interface KernelCall<T> {
        T make() throws IOException;
    }

    static <T> T refusing(KernelCall<T> call) {
        try {
            return call.make();
        } catch (SystemCallException refused) {
            throw new RefusedException(refused.errno(), refused);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (IllegalArgumentException refused) {
            throw new RefusedException(Errno.EINVAL, refused);
        } catch (IllegalStateException closed) {
            throw new RefusedException(Errno.EBADF, closed);
        }
    }

    <T extends AutoCloseable> T opened(T resource) {
        opened.add(resource);
        return resource;
    }

    KernelFile file(KernelSyncFile file) {
        return new KernelFile(opened(file));
    }

    /** What a timeline of the engine does when it is moved; broken engines do something else. */
    protected void increment(SwSyncTimeline timeline, int amount) throws IOException {
        timeline.increment(amount);
    }

    /** What a timeline of the engine does when it ends, which signals the points that were not reached. */
    protected void end(SwSyncTimeline timeline) {
        timeline.close();
    }

    /** What a sync object does when it is signalled. */
    protected void signal(DrmSyncObj object) throws IOException {
        object.signal();
    }

    /** What a sync object does when a point of it is signalled. */
    protected void signal(DrmSyncObj object, long point) throws IOException {
        object.signalPoint(point);
    }

    @Override
    public Timeline timeline(String name) {
        return refusing(() -> {
            // The kernel calls a timeline like the thread that opens it.
            String before = Files.readString(COMM);
            Files.writeString(COMM, name);
            try {
                return new KernelTimeline(opened(SwSyncTimeline.open()));
            } finally {
                Files.writeString(COMM, before.strip());
            }
        });
    }

    @Override
    public FenceFile merge(String name, FenceFile first, FenceFile second) {
        KernelSyncFile other = ((KernelFile) second).file();
        // The library does not hand a closed descriptor to the kernel, which calls it no sync file.
        if (!isOpen(other)) {
            throw new RefusedException(Errno.ENOENT, new IllegalStateException("closed"));
        }
        return file(refusing(() -> KernelSyncFile.merge(name, ((KernelFile) first).file(), other)));
    }

    private static boolean isOpen(KernelSyncFile file) {
        try {
            return file.fd().number() >= 0;
        } catch (IllegalStateException closed) {
            return false;
        }
    }

    @Override
    public SyncObject syncObject(boolean signaled) {
        return new KernelSyncObject(opened(refusing(() -> gpu.createSyncObj(signaled))));
    }

    @Override
    public WaitResult await(List<Point> points, Set<WaitFlag> flags, Duration timeout) throws InterruptedException {
        return await(points, flags, timeout, null);
    }

    @Override
    public WaitResult await(List<Point> points, Set<WaitFlag> flags, Duration timeout, long deadlineNanos)
            throws InterruptedException {
        return await(points, flags, timeout, Long.valueOf(deadlineNanos));
    }

    private static WaitResult await(
            List<Point> points, Set<WaitFlag> flags, Duration timeout, @Nullable Long deadlineNanos)
            throws InterruptedException {
        List<DrmSyncPoint> all = points.stream().map(KernelEngine::syncPoint).toList();
        DrmSyncWait wait = flags.contains(WaitFlag.ALL) ? DrmSyncWait.forAll(all) : DrmSyncWait.forAny(all);
        if (flags.contains(WaitFlag.FOR_SUBMIT)) {
            wait = wait.forSubmit();
        }
        if (flags.contains(WaitFlag.AVAILABLE)) {
            wait = wait.available();
        }
        if (deadlineNanos != null) {
            wait = wait.deadline(deadlineNanos);
        }
        try {
            DrmSyncWait.Result result = wait.await(timeout);
            return new WaitResult(result.done(), result.firstSignaled());
        } catch (SystemCallException refused) {
            throw new RefusedException(refused.errno(), refused);
        }
    }

    private static DrmSyncPoint syncPoint(Point point) {
        return new DrmSyncPoint(((KernelSyncObject) point.object()).object(), point.point());
    }

    @Override
    public void transfer(Point from, Point to) {
        refusing(() -> {
            DrmSyncObj.transfer(syncPoint(from), syncPoint(to), false);
            return to;
        });
    }

    @Override
    public Buffer buffer() {
        return memory(1);
    }

    @Override
    public Memory memory(long size) {
        return new KernelMemory(this, opened(refusing(() -> heap.allocate(size))));
    }

    @Override
    public void close() {
        try {
            for (AutoCloseable resource : opened) {
                resource.close();
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        gpu.close();
        heap.close();
    }

    private final class KernelTimeline implements Timeline {
        private final SwSyncTimeline timeline;

        KernelTimeline(SwSyncTimeline timeline) {
            this.timeline = timeline;
        }

        @Override
        public FenceFile fence(int value) {
            return file(refusing(() -> timeline.createFence(value)));
        }

        @Override
        public void increment(int amount) {
            refusing(() -> {
                KernelEngine.this.increment(timeline, amount);
                return timeline;
            });
        }

        @Override
        public long deadline(FenceFile file) {
            return refusing(() -> timeline.deadline(((KernelFile) file).file()))
                    .orElseThrow(() ->
                            new RefusedException(Errno.ENOENT, new IllegalStateException("nobody set a deadline")));
        }

        @Override
        public void close() {
            end(timeline);
        }
    }

    private final class KernelSyncObject implements SyncObject {
        private final DrmSyncObj object;

        KernelSyncObject(DrmSyncObj object) {
            this.object = object;
        }

        DrmSyncObj object() {
            return object;
        }

        @Override
        public void reset() {
            refusing(() -> {
                object.reset();
                return object;
            });
        }

        @Override
        public void signal() {
            refusing(() -> {
                KernelEngine.this.signal(object);
                return object;
            });
        }

        @Override
        public void signalPoint(long point) {
            refusing(() -> {
                KernelEngine.this.signal(object, point);
                return object;
            });
        }

        @Override
        public long query() {
            return refusing(object::query);
        }

        @Override
        public long lastSubmitted() {
            return refusing(object::lastSubmitted);
        }

        @Override
        public FenceFile exportFile(long point) {
            return file(refusing(() -> object.exportSyncFile(point)));
        }

        @Override
        public void importFile(FenceFile file, long point) {
            refusing(() -> {
                object.importSyncFile(((KernelFile) file).file(), point);
                return object;
            });
        }

        @Override
        public Event event(long point, boolean available) {
            EventFd counter = opened(refusing(EventFd::create));
            refusing(() -> {
                object.notify(counter, point, available);
                return counter;
            });
            return new CountedEvent(counter);
        }
    }

    /** Adds up what the counter says, since reading sets it back. */
    private static final class CountedEvent implements Event {
        private final EventFd counter;
        private int sum;

        CountedEvent(EventFd counter) {
            this.counter = counter;
        }

        @Override
        public synchronized int count() {
            sum += (int) counter.take();
            return sum;
        }
    }
}
