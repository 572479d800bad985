package io.github.dmabuf4j.tck;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * What the cases speak to: the fences of a kernel as user space sees them, or of this library.
 *
 * <p>All objects of an engine end with it; cases close only what they want to see closed. Calls that the kernel would
 * answer with an error number throw {@link RefusedException}. All methods may be called from any thread.
 */
public interface Engine extends AutoCloseable {
    /** What {@link WaitResult#first()} says when a wait for all found nothing signalled at its start. */
    int NO_INDEX = -1;

    /**
     * A software timeline: an open {@code sw_sync} file.
     *
     * @param name its name for people; the kernel takes that of the thread which opens the file
     * @return a new timeline at 0
     */
    Timeline timeline(String name);

    /**
     * Merges two sync files: {@code SYNC_IOC_MERGE}.
     *
     * @param name the name of the result
     * @param first a file
     * @param second a file, or the same
     * @return a new file
     */
    FenceFile merge(String name, FenceFile first, FenceFile second);

    /**
     * A sync object: {@code DRM_IOCTL_SYNCOBJ_CREATE}.
     *
     * @param signaled whether it begins with a signalled fence, otherwise with none
     * @return a new object
     */
    SyncObject syncObject(boolean signaled);

    /**
     * Waits for points of sync objects: {@code DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT}.
     *
     * @param points what to wait for
     * @param flags how
     * @param timeout the longest wait, from now; zero only looks
     * @return how it ended
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    WaitResult await(List<Point> points, Set<WaitFlag> flags, Duration timeout) throws InterruptedException;

    /**
     * Waits as {@link #await(List, Set, Duration)} does, and tells the fences that are there when they are wanted.
     *
     * @param points what to wait for
     * @param flags how
     * @param timeout the longest wait, from now
     * @param deadlineNanos when they are wanted, CLOCK_MONOTONIC in nanoseconds
     * @return how it ended
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    WaitResult await(List<Point> points, Set<WaitFlag> flags, Duration timeout, long deadlineNanos)
            throws InterruptedException;

    /**
     * Copies a fence between sync objects: {@code DRM_IOCTL_SYNCOBJ_TRANSFER}.
     *
     * @param from what to copy
     * @param to where; point 0 replaces the fence, another is added
     */
    void transfer(Point from, Point to);

    /**
     * A buffer with implicit fences.
     *
     * @return a new buffer without fences
     */
    Buffer buffer();

    /** Ends the engine and all it made. */
    @Override
    void close();

    /** A software timeline. */
    interface Timeline {
        /**
         * A file with the fence of a point: {@code SW_SYNC_IOC_CREATE_FENCE}.
         *
         * @param value the point, 32 bits
         * @return a new file
         */
        FenceFile fence(int value);

        /**
         * Moves the timeline: {@code SW_SYNC_IOC_INC}.
         *
         * @param amount how far, an unsigned number of 32 bits
         */
        void increment(int amount);

        /**
         * The deadline that was asked for a fence: {@code SW_SYNC_GET_DEADLINE}.
         *
         * @param file a file with a point of any timeline
         * @return CLOCK_MONOTONIC in nanoseconds
         */
        long deadline(FenceFile file);

        /** Closes the timeline. */
        void close();
    }

    /** A sync file. */
    interface FenceFile {
        /**
         * Waits until the file is readable: {@code poll(2)} for {@code POLLIN}.
         *
         * @param timeout the longest wait; zero only looks
         * @return whether it is readable
         * @throws InterruptedException if the thread is interrupted while it waits
         */
        boolean poll(Duration timeout) throws InterruptedException;

        /**
         * All that the file tells: {@code SYNC_IOC_FILE_INFO} with room for all fences.
         *
         * @return the information
         */
        FileInfo info();

        /**
         * The status of the file as a whole: {@code SYNC_IOC_FILE_INFO} without room for fences.
         *
         * @return 0 while active, 1 when signalled, negative when failed
         */
        int status();

        /**
         * Tells when the file is wanted: {@code SYNC_IOC_SET_DEADLINE}.
         *
         * @param deadlineNanos CLOCK_MONOTONIC in nanoseconds
         */
        void setDeadline(long deadlineNanos);

        /** Closes the file; the fence lives on. */
        void close();
    }

    /**
     * What a sync file tells.
     *
     * @param name its name
     * @param status 0 while active, 1 when signalled, negative when failed; folded over the fences
     * @param fences the fences
     */
    record FileInfo(String name, int status, List<FenceInfo> fences) {
        /** Copies the list. */
        public FileInfo {
            fences = List.copyOf(fences);
        }

        /**
         * How many fences have a status.
         *
         * @param wanted the status
         * @return the number
         */
        public long count(int wanted) {
            return fences.stream().filter(fence -> fence.status() == wanted).count();
        }

        /**
         * The timelines of the fences.
         *
         * @return their names, in the order of the fences
         */
        public List<String> timelines() {
            return fences.stream().map(FenceInfo::timeline).toList();
        }
    }

    /**
     * What a sync file tells of a fence.
     *
     * @param driver the name of its driver
     * @param timeline the name of its timeline
     * @param status 0 while active, 1 when signalled, negative when failed
     * @param timestampNanos when it signalled, CLOCK_MONOTONIC; 0 while active
     */
    record FenceInfo(String driver, String timeline, int status, long timestampNanos) {}

    /** A sync object. */
    interface SyncObject {
        /** Takes the fence out. */
        void reset();

        /** Puts in a fence that is signalled. */
        void signal();

        /**
         * Adds a point that is signalled.
         *
         * @param point its number
         */
        void signalPoint(long point);

        /**
         * The point that is reached.
         *
         * @return its number
         */
        long query();

        /**
         * The newest point that was added.
         *
         * @return its number
         */
        long lastSubmitted();

        /**
         * A sync file with the fence of a point as it is now.
         *
         * @param point the number; 0 for whatever is held
         * @return a new file
         */
        FenceFile exportFile(long point);

        /**
         * Takes the fence of a sync file.
         *
         * @param file the file; it stays open
         * @param point 0 replaces the fence, another number adds a point
         */
        void importFile(FenceFile file, long point);

        /**
         * Registers for a point: {@code DRM_IOCTL_SYNCOBJ_EVENTFD} with an eventfd of its own.
         *
         * @param point the number
         * @param available whether it fires when the point exists, otherwise when it is signalled
         * @return the eventfd
         */
        Event event(long point, boolean available);
    }

    /** An eventfd that a sync object counts up. */
    @FunctionalInterface
    interface Event {
        /**
         * How often it has fired.
         *
         * @return the count
         */
        int count();
    }

    /**
     * A point of a sync object.
     *
     * @param object the object
     * @param point the number; 0 for whatever it holds
     */
    record Point(SyncObject object, long point) {}

    /** How to wait. */
    enum WaitFlag {
        /** For all and not for any. */
        ALL,
        /** Also for points that do not exist yet. */
        FOR_SUBMIT,
        /** Only until the points exist. */
        AVAILABLE
    }

    /**
     * How a wait ended.
     *
     * @param done false if the time was over: the kernel's ETIME
     * @param first which of the points was signalled first, as far as the kernel tells; {@link #NO_INDEX} for none
     */
    record WaitResult(boolean done, int first) {}

    /** A buffer with implicit fences. */
    interface Buffer {
        /**
         * Adds the fences of a sync file: {@code DMA_BUF_IOCTL_IMPORT_SYNC_FILE}.
         *
         * @param file the file
         * @param write whether their work writes, otherwise reads
         */
        void importFile(FenceFile file, boolean write);

        /**
         * What an access has to wait for: {@code DMA_BUF_IOCTL_EXPORT_SYNC_FILE}.
         *
         * @param write whether the access writes, otherwise reads
         * @return a new file
         */
        FenceFile exportFile(boolean write);

        /**
         * Whether a reader need not wait: {@code POLLIN}.
         *
         * @return true if nobody writes
         */
        boolean readable();

        /**
         * Whether a writer need not wait: {@code POLLOUT}.
         *
         * @return true if nobody reads or writes
         */
        boolean writable();
    }
}
