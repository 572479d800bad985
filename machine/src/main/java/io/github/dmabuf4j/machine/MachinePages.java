package io.github.dmabuf4j.machine;

import io.github.dmabuf4j.memory.Caching;
import io.github.dmabuf4j.memory.Pages;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Frames of a machine's memory, mapped one after the other.
 *
 * <p>A lease is a copy: its bytes are loaded by the processor when it begins, and those that were changed are stored
 * when it is settled.
 */
final class MachinePages implements Pages {
    final Machine machine;
    private final int[] frames;
    /** Where the run begins in its first frame. */
    private final long start;

    private final long size;
    private final Caching caching;
    /** Whether the frames go back when the run is closed. */
    private final boolean owner;

    private final String label;
    // Guarded by this:
    /** What each writable lease was when it began, by where its copy is. */
    private final Map<Long, byte[]> leased = new HashMap<>();

    private boolean closed;

    private MachinePages(
            Machine machine, int[] frames, long start, long size, Caching caching, boolean owner, String label) {
        this.machine = machine;
        this.frames = frames;
        this.start = start;
        this.size = size;
        this.caching = caching;
        this.owner = owner;
        this.label = label;
    }

    /** A run that owns its frames. */
    static MachinePages owning(Machine machine, int[] frames, String label) {
        return new MachinePages(
                machine, frames, 0, (long) frames.length * machine.pageSize(), Caching.CACHED, true, label);
    }

    /** Another mapping of the same frames, which gives nothing back. */
    MachinePages alias(Caching way) {
        return new MachinePages(machine, frames, start, size, way, false, label);
    }

    /** Another mapping of the same frames instead of this one, which is spent. */
    synchronized MachinePages remapped(Caching way) {
        checkOpen();
        closed = true;
        return new MachinePages(machine, frames, start, size, way, owner, label);
    }

    /** Several runs as one. */
    static MachinePages joined(Machine machine, List<MachinePages> runs) {
        Caching caching = runs.getFirst().caching;
        int[] all = new int[0];
        long size = 0;
        for (MachinePages run : runs) {
            if (run.start % machine.pageSize() != 0 || run.size % machine.pageSize() != 0) {
                throw new IllegalArgumentException(run + " are not whole pages: only whole pages can be joined");
            }
            if (run.caching != caching) {
                throw new IllegalArgumentException(run + " are not mapped " + caching + " like the first of the runs");
            }
            int count = all.length;
            int[] more = run.wholeFrames();
            all = Arrays.copyOf(all, count + more.length);
            System.arraycopy(more, 0, all, count, more.length);
            size += run.size;
        }
        return new MachinePages(machine, all, 0, size, caching, false, "joined");
    }

    private int[] wholeFrames() {
        int first = (int) (start / machine.pageSize());
        return Arrays.copyOfRange(frames, first, first + (int) (size / machine.pageSize()));
    }

    /** Where a byte of the run is in the machine's memory. */
    long physical(long offset) {
        long at = start + offset;
        int pageSize = machine.pageSize();
        return (long) frames[(int) (at / pageSize)] * pageSize + at % pageSize;
    }

    /** A range of physical addresses. */
    interface RangeAction {
        void apply(long address, int length, int done);
    }

    /** Walks a range of the run, page by page. */
    void walk(long offset, long length, RangeAction action) {
        if (offset < 0 || length < 0 || length > size - offset) {
            throw new IndexOutOfBoundsException("there are no " + length + " bytes at " + offset + " in " + this);
        }
        checkOpen();
        int pageSize = machine.pageSize();
        for (long done = 0; done < length; ) {
            long address = physical(offset + done);
            int part = (int) Math.min(length - done, pageSize - address % pageSize);
            action.apply(address, part, (int) done);
            done += part;
        }
    }

    void load(int cpu, long offset, byte[] into) {
        walk(offset, into.length, (at, length, done) -> machine.system.load(cpu, caching, at, into, done, length));
    }

    void store(int cpu, long offset, byte[] from) {
        walk(offset, from.length, (at, length, done) -> machine.system.store(cpu, caching, at, from, done, length));
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public Caching caching() {
        return caching;
    }

    @Override
    public boolean writable() {
        return true;
    }

    @Override
    public MemorySegment lease(Arena arena, boolean writable) {
        byte[] bytes = new byte[Math.toIntExact(size)];
        load(machine.here(), 0, bytes);
        // A copy for anybody must not live as long as the process.
        MemorySegment view = (isGlobal(arena) ? Arena.ofAuto() : arena).allocate(size, 8);
        MemorySegment.copy(bytes, 0, view, ValueLayout.JAVA_BYTE, 0, bytes.length);
        if (!writable) {
            return view.asReadOnly();
        }
        synchronized (this) {
            leased.put(view.address(), bytes);
        }
        return view;
    }

    @SuppressWarnings("ReferenceEquality") // there is one
    private static boolean isGlobal(Arena arena) {
        return arena == Arena.global();
    }

    @Override
    public void settle(MemorySegment view, boolean written) {
        byte[] before;
        synchronized (this) {
            before = leased.remove(view.address());
        }
        if (before == null || !written) {
            return;
        }
        byte[] after = view.toArray(ValueLayout.JAVA_BYTE);
        int from = 0;
        while (from < after.length) {
            from = end(before, after, from, true);
            int end = end(before, after, from, false);
            if (end > from) {
                store(machine.here(), from, Arrays.copyOfRange(after, from, end));
            }
            from = end;
        }
    }

    /** Where a stretch of bytes that are the same, or are not, ends. */
    private static int end(byte[] before, byte[] after, int from, boolean same) {
        int end = from;
        while (end < after.length && (before[end] == after[end]) == same) {
            end++;
        }
        return end;
    }

    @Override
    public Pages slice(long offset, long length) {
        if (offset < 0 || length <= 0 || length > size - offset) {
            throw new IllegalArgumentException("there is no part of " + length + " bytes at " + offset + " in " + this);
        }
        return new MachinePages(machine, frames, start + offset, length, caching, false, label);
    }

    @Override
    public void zero() {
        byte[] zeros = new byte[machine.pageSize()];
        walk(0, size, (at, length, done) -> machine.system.store(machine.here(), caching, at, zeros, 0, length));
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            if (owner) {
                machine.frames.giveBack(frames);
            }
        }
    }

    private synchronized void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the pages \"" + label + "\" are closed, or mapped in another way now");
        }
    }

    /** Finds the frames behind pages that anybody gave, or refuses those of another place. */
    static MachinePages of(@Nullable Machine machine, Pages pages) {
        if (pages instanceof MachinePages own && (machine == null || own.machine == machine)) {
            return own;
        }
        throw new IllegalArgumentException(pages + " are not memory of this machine");
    }

    @Override
    public String toString() {
        return "pages \"" + label + "\" of " + size + " bytes, " + caching;
    }
}
