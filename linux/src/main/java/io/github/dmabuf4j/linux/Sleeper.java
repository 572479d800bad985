package io.github.dmabuf4j.linux;

import static io.github.dmabuf4j.linux.TimelineLine.INT;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.linux.sys.Clocks;
import io.github.dmabuf4j.linux.sys.FutexWords;
import io.github.dmabuf4j.linux.sys.Futexes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * What a platform thread needs to sleep on futex words: a word of its own, by which it can be woken whatever else it
 * sleeps on, and memory for the system call. Each thread has one and uses it for every sleep, so that sleeping allocates
 * nothing.
 *
 * <p>A dead peer cannot wake anybody by its word, and an interrupt does not end a futex wait. So a thread always sleeps
 * on its own word too, which death, closing and {@link Thread#interrupt} change.
 */
final class Sleeper {
    /** The most words a thread can sleep on beside its own. */
    static final int MAX_WORDS = Futexes.MAX_WORDS - 1;

    // Before Linux 5.16 a thread can sleep on one word only, and looks at its own once in a slice.
    private static final long SLICE_NANOS = 10_000_000;

    private static final ThreadLocal<Sleeper> SLEEPERS = ThreadLocal.withInitial(Sleeper::new);

    static final boolean SLICES = Boolean.getBoolean("dmabuf4j.futex.slices") || !knowsWaitAny();

    static {
        if (!Clocks.nanoTimeIsMonotonic()) {
            throw new UnsupportedOperationException(
                    "System.nanoTime() of this JVM is not CLOCK_MONOTONIC, and deadlines of waits would be wrong");
        }
    }

    private final MemorySegment word;
    /** When the {@link SleepAlarm} ends the sleep. */
    private volatile long deadline = Long.MAX_VALUE;

    private boolean alarmed;
    private final FutexWords words;
    private final InterruptHook hook = new InterruptHook(this);

    // For waits on one timeline, which are nearly all: saves them the arrays.
    final @Nullable FutexTimeline[] oneTimeline = new @Nullable FutexTimeline[1];
    final long[] onePoint = new long[1];

    private Sleeper() {
        // A cache line of its own, because others write it.
        Arena arena = Arena.ofAuto();
        word = arena.allocate(TimelineDescriptor.LINE_BYTES, TimelineDescriptor.LINE_BYTES);
        words = new FutexWords(arena, Futexes.MAX_WORDS);
    }

    long deadline() {
        return deadline;
    }

    static Sleeper current() {
        return SLEEPERS.get();
    }

    private static boolean knowsWaitAny() {
        FutexWords none = new FutexWords(Arena.ofAuto(), 1);
        // No words at all is EINVAL where the call is known.
        return SystemCallException.is(Futexes.waitAny(none), Errno.EINVAL);
    }

    /** What the own word says now; read before looking for a reason not to sleep. */
    int word() {
        return (int) INT.getVolatile(word, 0L);
    }

    /** Begins to collect the words of a sleep, which ends when the own word changes from what it was. */
    void prepare(int own) {
        words.clear();
        words.addPrivate(word.address(), own);
    }

    void add(long address, int expected) {
        words.add(address, expected);
    }

    /**
     * Sleeps until one of the words is woken or has changed, the thread is interrupted, or the time has come. May also
     * return for no reason.
     *
     * @param left how far away the deadline is
     */
    void sleep(long deadline, long left) {
        hook.enter();
        try {
            if (SLICES) {
                long slice = System.nanoTime() + SLICE_NANOS;
                sleepOne(Math.min(deadline, slice));
            } else {
                boolean alarm = left >= SleepAlarm.SHORTEST_NANOS;
                words.setTimeout(alarm ? Long.MAX_VALUE : deadline);
                if (alarm && deadline != Long.MAX_VALUE) {
                    if (!alarmed) {
                        alarmed = true;
                        SleepAlarm.add(this);
                    }
                    this.deadline = deadline;
                    SleepAlarm.noted(deadline);
                }
                Futexes.waitAny(words);
                if (alarm) {
                    this.deadline = Long.MAX_VALUE;
                }
            }
        } finally {
            hook.leave();
        }
    }

    private void sleepOne(long deadline) {
        int first = 1;
        if ((int) INT.getVolatile(word, 0L) != words.expected(0)) {
            return;
        }
        words.setTimeout(deadline - System.nanoTime());
        Futexes.waitOne(words.address(first), words.expected(first), words);
    }

    /** Wakes the thread, and lets it not fall asleep if it is just about to. Any thread may call it. */
    void wake() {
        INT.getAndAdd(word, 0L, 1);
        Futexes.wakePrivate(word.address());
    }
}
