package io.github.dmabuf4j.linux;

import static io.github.dmabuf4j.linux.TimelineLine.INT;

import io.github.dmabuf4j.linux.sys.Futexes;
import io.github.dmabuf4j.linux.sys.Mappings;
import io.github.dmabuf4j.linux.sys.Seals;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A page set of our own: the timelines that this process moves, the announcement of what it waits for on others', and
 * whatever else its peers shall read. {@link TimelineDescriptor} says where things lie.
 *
 * <p>The pages are a memory file that is mapped for writing here and then sealed so that nobody else can ever write it,
 * not even the same user by opening the file again. One page set can be given to any number of peers.
 *
 * <p>All methods may be called from any thread.
 */
public final class TimelinePage implements AutoCloseable {
    private final OwnedFd fd;
    private final Arena arena;
    private final MemorySegment memory;
    private final int lines;
    private final int epoch;
    private final Map<Integer, SharedTimeline> timelines = new HashMap<>();
    private boolean closed;

    private TimelinePage(OwnedFd fd, Arena arena, MemorySegment memory, int lines) {
        this.fd = fd;
        this.arena = arena;
        this.memory = memory;
        this.lines = lines;
        this.epoch = new SecureRandom().nextInt(1, Integer.MAX_VALUE);
        memory.set(ValueLayout.JAVA_INT, TimelineDescriptor.VERSION_OFFSET, TimelineDescriptor.VERSION);
        memory.set(ValueLayout.JAVA_INT, TimelineDescriptor.LINES_OFFSET, lines);
        memory.set(ValueLayout.JAVA_INT, TimelineDescriptor.HEADER_EPOCH_OFFSET, epoch);
        INT.setRelease(memory, TimelineDescriptor.MAGIC_OFFSET, TimelineDescriptor.MAGIC);
    }

    /**
     * Makes a page set of zeros with a header.
     *
     * @param name a name for people, shown in {@code /proc/PID/maps}
     * @param lines how many lines of 64 bytes, with the header: 2 to {@link TimelineDescriptor#MAX_LINES}
     * @return the pages; the caller closes them
     * @throws IllegalArgumentException if there are too few or too many lines
     * @throws SystemCallException if memory or descriptors are exhausted, or the kernel is older than Linux 5.1
     */
    @SuppressWarnings("MustBeClosedChecker") // the arena is the page set's and closed with it
    public static TimelinePage create(String name, int lines) throws IOException {
        if (lines < 2 || lines > TimelineDescriptor.MAX_LINES) {
            throw new IllegalArgumentException(
                    "a page set has 2 to " + TimelineDescriptor.MAX_LINES + " lines, not " + lines);
        }
        long size = Memfd.roundUp((long) lines * TimelineDescriptor.LINE_BYTES);
        OwnedFd fd = Memfd.create(name, size);
        Arena arena = Arena.ofShared();
        try {
            long address = Memfd.map(fd.borrow(), 0, size, true);
            MemorySegment memory = Mappings.own(address, size, arena);
            // After mapping: this mapping stays writable, and there will be no other that is.
            Memfd.seal(fd, Seals.FUTURE_WRITE | Seals.SHRINK | Seals.GROW | Seals.SEAL);
            return new TimelinePage(fd, arena, memory.asSlice(0, (long) lines * TimelineDescriptor.LINE_BYTES), lines);
        } catch (IOException | RuntimeException e) {
            arena.close();
            fd.close();
            throw e;
        }
    }

    /**
     * The memory file, for passing it on.
     *
     * @return the descriptor; valid until {@link #close}
     */
    public BorrowedFd fd() {
        return fd.borrow();
    }

    /**
     * All lines, for what is kept in lines that are neither timelines nor interest. Peers can read everything.
     *
     * @return a writable view that every thread may use; after {@link #close} an access throws IllegalStateException
     */
    public MemorySegment memory() {
        return memory;
    }

    /**
     * How many lines there are, with the header.
     *
     * @return the number of lines
     */
    public int lines() {
        return lines;
    }

    /**
     * The incarnation of this page set: a random number.
     *
     * @return the number, never 0
     */
    public int epoch() {
        return epoch;
    }

    /**
     * Makes a line into a timeline, at value 0.
     *
     * @param line which line, not 0
     * @param name a name for people
     * @return the timeline; lives as long as this page set
     * @throws IllegalArgumentException if there is no such line
     * @throws IllegalStateException if the line is a timeline already, or the page set is closed
     */
    public synchronized SharedTimeline timeline(int line, String name) {
        TimelineDescriptor.requireLine(line, lines);
        if (timelines.containsKey(line)) {
            throw new IllegalStateException("line " + line + " already is the timeline "
                    + timelines.get(line).name());
        }
        SharedTimeline timeline = SharedTimeline.create(name, this, line);
        timelines.put(line, timeline);
        return timeline;
    }

    InterestLine interest(int line) {
        TimelineDescriptor.requireLine(line, lines);
        return new InterestLine(memory, line);
    }

    /** Wakes the dispatchers of all peers that sleep on the doorbell. */
    void ringDoorbell() {
        INT.getAndAdd(memory, TimelineDescriptor.DOORBELL_OFFSET, 1);
        Futexes.wakeAll(memory.address() + TimelineDescriptor.DOORBELL_OFFSET);
    }

    /**
     * Closes the page set. Timelines that have not failed do so now, with ECANCELED from the next point on, here and for
     * the peers. No thread may be signalling. Idempotent.
     */
    @Override
    public void close() {
        List<SharedTimeline> cancelled;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            cancelled = List.copyOf(timelines.values());
        }
        cancelled.forEach(SharedTimeline::cancel);
        arena.close();
        fd.close();
    }

    @Override
    public String toString() {
        return "page set of " + lines + " lines, " + fd;
    }
}
