package io.github.dmabuf4j.tck;

import io.github.dmabuf4j.buffer.DmaResv;
import io.github.dmabuf4j.buffer.FenceUsage;
import io.github.dmabuf4j.buffer.SystemHeap;
import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.fence.FenceStatus;
import io.github.dmabuf4j.fence.SyncFile;
import io.github.dmabuf4j.fence.SyncFileInfo;
import io.github.dmabuf4j.fence.SyncObj;
import io.github.dmabuf4j.fence.SyncObjWait;
import io.github.dmabuf4j.fence.SyncPoint;
import io.github.dmabuf4j.fence.SyncTimeline;
import io.github.dmabuf4j.memory.ArenaBacking;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** This library as an engine. */
public final class JvmEngine implements BufferEngine {
    private final Queue<SyncTimeline> timelines = new ConcurrentLinkedQueue<>();
    private final SystemHeap heap = new SystemHeap(new ArenaBacking());
    private final Queue<AutoCloseable> opened = JvmMemory.nothingOpened();

    /** An engine with nothing in it. */
    public JvmEngine() {}

    /**
     * The fence inside a file: what only an engine of this process can show.
     *
     * @param file a file of this engine
     * @return its fence
     */
    public static DmaFence fence(FenceFile file) {
        return ((JvmFile) file).file.fence();
    }

    /**
     * A file for a fence.
     *
     * @param fence any fence of this process
     * @return a new file
     */
    public static FenceFile file(DmaFence fence) {
        return new JvmFile(SyncFile.of(fence));
    }

    @Override
    public Timeline timeline(String name) {
        SyncTimeline timeline = SyncTimeline.create(name);
        timelines.add(timeline);
        return new JvmTimeline(timeline);
    }

    @Override
    public FenceFile merge(String name, FenceFile first, FenceFile second) {
        return new JvmFile(
                refusing(Errno.ENOENT, () -> SyncFile.merge(name, ((JvmFile) first).file, ((JvmFile) second).file)));
    }

    @Override
    public SyncObject syncObject(boolean signaled) {
        return new JvmSyncObject(signaled ? SyncObj.createSignaled() : SyncObj.create());
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
        List<SyncPoint> all = points.stream().map(JvmEngine::syncPoint).toList();
        SyncObjWait wait = flags.contains(WaitFlag.ALL) ? SyncObjWait.forAll(all) : SyncObjWait.forAny(all);
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
            SyncObjWait.Result result = wait.await(timeout);
            return new WaitResult(result.done(), result.firstSignaled());
        } catch (IllegalStateException missing) {
            throw new RefusedException(Errno.EINVAL, missing);
        }
    }

    @Override
    public void transfer(Point from, Point to) {
        refusing(Errno.EINVAL, () -> {
            SyncObj.transfer(syncPoint(from), syncPoint(to));
            return to;
        });
    }

    @Override
    public Buffer buffer() {
        return new JvmBuffer(new DmaResv());
    }

    @Override
    public Memory memory(long size) {
        try {
            return JvmMemory.of(heap.allocate(size), opened);
        } catch (IOException failed) {
            throw new RefusedException(Errno.ENOMEM, failed);
        } catch (IllegalArgumentException refused) {
            throw new RefusedException(Errno.EINVAL, refused);
        }
    }

    @Override
    public void close() {
        timelines.forEach(SyncTimeline::close);
        for (AutoCloseable each : opened) {
            try {
                each.close();
            } catch (Exception failed) {
                throw new IllegalStateException("an object of the engine does not close: " + each, failed);
            }
        }
        heap.close();
    }

    private static SyncPoint syncPoint(Point point) {
        return new SyncPoint(((JvmSyncObject) point.object()).object, point.point());
    }

    private static <T> T refusing(Errno errno, Supplier<T> call) {
        try {
            return call.get();
        } catch (IllegalStateException | IllegalArgumentException refused) {
            throw new RefusedException(errno, refused);
        }
    }

    private static int number(FenceStatus status, @Nullable Errno error) {
        return switch (status) {
            case ACTIVE -> 0;
            case SIGNALED -> 1;
            case FAILED -> error == null ? 0 : -error.number();
        };
    }

    private record JvmTimeline(SyncTimeline timeline) implements Timeline {
        @Override
        public FenceFile fence(int value) {
            return file(refusing(Errno.EBADF, () -> timeline.createPoint(value)));
        }

        @Override
        public void increment(int amount) {
            refusing(Errno.EBADF, () -> {
                timeline.increment(amount);
                return timeline;
            });
        }

        @Override
        public long deadline(FenceFile file) {
            return refusing(Errno.EINVAL, () -> SyncTimeline.deadline(JvmEngine.fence(file)))
                    .orElseThrow(() ->
                            new RefusedException(Errno.ENOENT, new IllegalStateException("nobody set a deadline")));
        }

        @Override
        public void close() {
            timeline.close();
        }
    }

    private record JvmFile(SyncFile file) implements FenceFile {
        @Override
        public boolean poll(Duration timeout) throws InterruptedException {
            return timeout.isZero() ? file.poll() : file.await(timeout);
        }

        @Override
        public FileInfo info() {
            SyncFileInfo info = file.info();
            List<FenceInfo> fences = info.fences().stream()
                    .map(each -> new FenceInfo(
                            each.driverName(),
                            each.timelineName(),
                            number(each.status(), each.error()),
                            each.timestampNanos()))
                    .toList();
            int folded = fences.stream()
                    .mapToInt(FenceInfo::status)
                    .filter(status -> status <= 0)
                    .findFirst()
                    .orElse(1);
            if (number(info.status(), Errno.EIO) > 0 != folded > 0) {
                throw new AssertionError("the file says " + info.status() + ", its fences fold to " + folded);
            }
            return new FileInfo(info.name(), folded, fences);
        }

        @Override
        public int status() {
            return number(file.status(), file.fence().error());
        }

        @Override
        public void setDeadline(long deadlineNanos) {
            file.setDeadline(deadlineNanos);
        }

        @Override
        public void close() {
            file.close();
        }
    }

    private record JvmSyncObject(SyncObj object) implements SyncObject {
        @Override
        public void reset() {
            object.reset();
        }

        @Override
        public void signal() {
            object.signal();
        }

        @Override
        public void signalPoint(long point) {
            object.signalPoint(point);
        }

        @Override
        public long query() {
            return object.query();
        }

        @Override
        public long lastSubmitted() {
            return object.lastSubmitted();
        }

        @Override
        public FenceFile exportFile(long point) {
            return new JvmFile(refusing(Errno.EINVAL, () -> object.exportSyncFile(point)));
        }

        @Override
        public void importFile(FenceFile file, long point) {
            object.importSyncFile(((JvmFile) file).file, point);
        }

        @Override
        @SuppressWarnings("resource") // fires or ends with the object
        public Event event(long point, boolean available) {
            AtomicInteger fired = new AtomicInteger();
            if (available) {
                object.onAvailable(point, fired::incrementAndGet);
            } else {
                object.onSignaled(point, fired::incrementAndGet);
            }
            return fired::get;
        }
    }

    private record JvmBuffer(DmaResv resv) implements Buffer {
        @Override
        public void importFile(FenceFile file, boolean write) {
            resv.importFence(JvmEngine.fence(file), write ? FenceUsage.WRITE : FenceUsage.READ);
        }

        @Override
        public FenceFile exportFile(boolean write) {
            return file(resv.exportFence(FenceUsage.toWaitFor(write)));
        }

        @Override
        public boolean readable() {
            return resv.testSignaled(FenceUsage.WRITE);
        }

        @Override
        public boolean writable() {
            return resv.testSignaled(FenceUsage.READ);
        }
    }
}
