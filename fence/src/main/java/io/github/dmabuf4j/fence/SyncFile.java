package io.github.dmabuf4j.fence;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A fence with a name, in the manner of the kernel's sync files, within one process: what programs hand each other for
 * explicit synchronisation. (The kernel's own files live in the {@code linux} module.)
 *
 * <p>All methods may be called from any thread. After {@link #close()} all but {@code close} throw.
 *
 * @see <a href="https://docs.kernel.org/driver-api/sync_file.html">Sync file API guide</a>
 */
public final class SyncFile implements AutoCloseable {
    /** The longest name, in bytes of UTF-8. */
    public static final int MAX_NAME_BYTES = 31;

    private final @Nullable String userName;
    private volatile @Nullable DmaFence fence;

    private SyncFile(@Nullable String userName, DmaFence fence) {
        this.userName = userName;
        this.fence = Objects.requireNonNull(fence, "fence");
    }

    /**
     * A file for a fence. Its name is made of the fence's names and numbers.
     *
     * @param fence the fence
     * @return the file
     * @see <a href="https://docs.kernel.org/driver-api/sync_file.html">sync_file_create</a>
     */
    public static SyncFile of(DmaFence fence) {
        return new SyncFile(null, fence);
    }

    /**
     * A file for the fences of two, merged as {@link FenceUnwrap#merge} does. The inputs stay as they are.
     *
     * @param name the name of the new file; cut at {@value #MAX_NAME_BYTES} bytes
     * @param first a file
     * @param second a file; may be the same
     * @return the merged file
     * @throws IllegalStateException if one of them is closed
     * @see <a href="https://docs.kernel.org/driver-api/sync_file.html">SYNC_IOC_MERGE</a>
     */
    public static SyncFile merge(String name, SyncFile first, SyncFile second) {
        return new SyncFile(truncated(name), FenceUnwrap.merge(first.fence(), second.fence()));
    }

    /** Cuts a name where the kernel does, but never inside a character. */
    private static String truncated(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= MAX_NAME_BYTES) {
            return name;
        }
        int end = MAX_NAME_BYTES;
        while (end > 0 && (bytes[end] & 0xC0) == 0x80) {
            end--;
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }

    /**
     * The fence inside.
     *
     * @return the fence
     * @throws IllegalStateException if the file is closed
     */
    public DmaFence fence() {
        DmaFence open = fence;
        if (open == null) {
            throw new IllegalStateException("this sync file is closed");
        }
        return open;
    }

    /**
     * The name: that given to {@link #merge}, else {@code driver-timelinecontext-seqno}, made anew each time, at most
     * {@value #MAX_NAME_BYTES} bytes.
     *
     * @return the name
     */
    public String name() {
        DmaFence open = fence();
        if (userName != null) {
            return userName;
        }
        FenceInfo info = FenceInfo.of(open);
        return truncated(info.driverName() + "-" + info.timelineName() + Long.toUnsignedString(open.context()) + "-"
                + Long.toUnsignedString(open.seqno()));
    }

    /**
     * How the fence inside stands as a whole: what the kernel answers when it is asked for no single fences.
     *
     * @return the status
     */
    public FenceStatus status() {
        return fence().status();
    }

    /**
     * All there is to know: the name, and every leaf of the fence.
     *
     * @return the information, as of now
     * @see <a href="https://docs.kernel.org/driver-api/sync_file.html">SYNC_IOC_FILE_INFO</a>
     */
    public SyncFileInfo info() {
        List<FenceInfo> infos =
                FenceUnwrap.leaves(fence()).stream().map(FenceInfo::of).toList();
        FenceStatus folded = infos.stream()
                .map(FenceInfo::status)
                .filter(status -> status != FenceStatus.SIGNALED)
                .findFirst()
                .orElse(FenceStatus.SIGNALED);
        return new SyncFileInfo(name(), folded, infos);
    }

    /**
     * Whether the file would be readable to poll(2): the fence is signalled, well or not. Enables signalling.
     *
     * @return true if the fence is signalled
     */
    public boolean poll() {
        DmaFence open = fence();
        open.enable();
        return open.poll();
    }

    /**
     * Waits until the fence is signalled.
     *
     * @param timeout the longest wait; zero only looks
     * @return true if it is signalled, false if the time is over
     * @throws IllegalArgumentException if the timeout is negative
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public boolean await(Duration timeout) throws InterruptedException {
        return fence().await(timeout);
    }

    /**
     * Hints when the fence is wanted.
     *
     * @param deadlineNanos CLOCK_MONOTONIC in nanoseconds
     * @see DmaFence#setDeadline
     */
    public void setDeadline(long deadlineNanos) {
        fence().setDeadline(deadlineNanos);
    }

    /** Lets go of the fence. A second call does nothing. */
    @Override
    public void close() {
        fence = null;
    }

    @Override
    public String toString() {
        return fence == null ? "closed sync file" : name();
    }
}
