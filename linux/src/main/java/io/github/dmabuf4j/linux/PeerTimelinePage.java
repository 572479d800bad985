package io.github.dmabuf4j.linux;

import static io.github.dmabuf4j.linux.TimelineLine.INT;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.linux.sys.Mappings;
import io.github.dmabuf4j.linux.sys.Seals;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The page set of another process, as we see it: read-only, and not to be trusted. Whatever is read there is read once
 * into private memory, checked, and then used.
 *
 * <p>All methods may be called from any thread.
 */
public final class PeerTimelinePage implements AutoCloseable {
    private static final int REQUIRED_SEALS = Seals.SHRINK | Seals.GROW | Seals.FUTURE_WRITE | Seals.SEAL;

    private final Arena arena;
    private final MemorySegment memory;
    private final int lines;
    private final int epoch;
    private final List<PeerTimeline> timelines = new CopyOnWriteArrayList<>();
    private boolean dispatched;
    private boolean closed;

    private PeerTimelinePage(Arena arena, MemorySegment memory, int lines, int epoch) {
        this.arena = arena;
        this.memory = memory;
        this.lines = lines;
        this.epoch = epoch;
    }

    /**
     * Maps a page set that another process made, after checking that no access can ever fail, that nobody can map it for
     * writing any more, and that it says what was said about it.
     *
     * @param fd the memory file; taken over, and closed in any case
     * @param lines how many lines the peer says there are
     * @return the pages; the caller closes them
     * @throws UnsafeDescriptorException if the file is no memfd, lacks a seal, is too small, or has no header of this kind
     * @throws SystemCallException if the kernel refuses the mapping
     */
    @SuppressWarnings("MustBeClosedChecker") // the arena is the page set's and closed with it
    public static PeerTimelinePage map(OwnedFd fd, int lines) throws IOException {
        try (fd) {
            if (lines < 2 || lines > TimelineDescriptor.MAX_LINES) {
                throw new UnsafeDescriptorException(
                        "a page set has 2 to " + TimelineDescriptor.MAX_LINES + " lines, not " + lines);
            }
            long size = Memfd.roundUp((long) lines * TimelineDescriptor.LINE_BYTES);
            Memfd.check(fd.borrow(), 0, size, false, REQUIRED_SEALS);
            Arena arena = Arena.ofShared();
            try {
                long address = Memfd.map(fd.borrow(), 0, size, false);
                MemorySegment memory = Mappings.own(address, size, arena)
                        .asSlice(0, (long) lines * TimelineDescriptor.LINE_BYTES)
                        .asReadOnly();
                return new PeerTimelinePage(arena, memory, lines, checkHeader(memory, lines));
            } catch (IOException | RuntimeException e) {
                arena.close();
                throw e;
            }
        }
    }

    private static int checkHeader(MemorySegment memory, int lines) throws UnsafeDescriptorException {
        int magic = (int) INT.getAcquire(memory, TimelineDescriptor.MAGIC_OFFSET);
        int version = memory.get(ValueLayout.JAVA_INT, TimelineDescriptor.VERSION_OFFSET);
        int said = memory.get(ValueLayout.JAVA_INT, TimelineDescriptor.LINES_OFFSET);
        int epoch = memory.get(ValueLayout.JAVA_INT, TimelineDescriptor.HEADER_EPOCH_OFFSET);
        if (magic != TimelineDescriptor.MAGIC) {
            throw new UnsafeDescriptorException(
                    "the memory file is no page set of timelines: it begins with " + Integer.toHexString(magic));
        }
        if (version != TimelineDescriptor.VERSION) {
            throw new UnsafeDescriptorException("the page set has version " + version + ", and only "
                    + TimelineDescriptor.VERSION + " is known here");
        }
        if (said != lines) {
            throw new UnsafeDescriptorException(
                    "the page set has " + said + " lines by its header and " + lines + " by what its owner said");
        }
        return epoch;
    }

    /**
     * All lines.
     *
     * @return a read-only view that every thread may use; after {@link #close} an access throws IllegalStateException
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
     * The incarnation that the peer wrote into the header.
     *
     * @return the number, as it was when the page set was mapped
     */
    public int epoch() {
        return epoch;
    }

    /**
     * Looks at a line as a timeline.
     *
     * @param line which line of this page set, not 0
     * @param name a name for people
     * @param own the page set of this process that the peer watches
     * @param interestLine the line of it in which this process announces what it waits for on this timeline; nothing
     *     else may use that line
     * @return the timeline; lives as long as this page set, and its waits as long as the own one
     * @throws IllegalArgumentException if there is no such line
     * @throws IllegalStateException if one of the page sets is closed
     */
    public PeerTimeline timeline(int line, String name, TimelinePage own, int interestLine) {
        TimelineDescriptor.requireLine(line, lines);
        PeerTimeline timeline = new PeerTimeline(name, this, line, own.interest(interestLine));
        synchronized (this) {
            if (closed) {
                throw new IllegalStateException("the page set of the peer is closed");
            }
            timelines.add(timeline);
        }
        return timeline;
    }

    /**
     * Ends every wait on the timelines of this page set, because the peer died, left or was turned away: the values are
     * read once more, and points beyond them fail. Points that are reached stay signalled. Timelines that have ended
     * before stay as they are.
     *
     * @param error what the failed points carry, such as EOWNERDEAD
     */
    public void fail(Errno error) {
        for (PeerTimeline timeline : timelines) {
            timeline.fail(error);
        }
    }

    /** Has the dispatcher watch the doorbell, from the first time on. */
    void dispatch() {
        synchronized (this) {
            if (dispatched || closed) {
                return;
            }
            dispatched = true;
        }
        FutexDispatcher.register(this);
    }

    long doorbellAddress() {
        return memory.address() + TimelineDescriptor.DOORBELL_OFFSET;
    }

    /** What the doorbell says; anything once the page set is closed. */
    int doorbell() {
        try {
            return (int) INT.getAcquire(memory, TimelineDescriptor.DOORBELL_OFFSET);
        } catch (IllegalStateException e) {
            return 0;
        }
    }

    /** Completes what waits for points that are reached, as far as no thread sleeps for it. */
    void completeAll() {
        for (PeerTimeline timeline : timelines) {
            timeline.pending.complete();
        }
    }

    /** Unmaps the pages; implies {@link #fail} with ECANCELED. Idempotent. */
    @Override
    public void close() {
        boolean watched;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            watched = dispatched;
        }
        fail(Errno.ECANCELED);
        for (PeerTimeline timeline : timelines) {
            timeline.sleeping.expel();
        }
        if (watched) {
            FutexDispatcher.unregister(this);
        }
        arena.close();
    }

    @Override
    public String toString() {
        return "page set of a peer, " + lines + " lines";
    }
}
