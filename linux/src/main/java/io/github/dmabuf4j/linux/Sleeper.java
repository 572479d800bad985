package io.github.dmabuf4j.linux;

import static io.github.dmabuf4j.linux.TimelineLine.INT;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.linux.sys.Clocks;
import io.github.dmabuf4j.linux.sys.FutexWords;
import io.github.dmabuf4j.linux.sys.Futexes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What a platform thread needs to sleep on futex words, and to be woken whatever it sleeps on. Each thread has one and
 * uses it for every sleep, so that sleeping allocates nothing.
 *
 * <p>A dead peer cannot wake anybody by its word, and an interrupt does not end a futex wait. So there must be another way
 * to wake a thread, for death, closing, {@link Thread#interrupt} and the {@link SleepAlarm}. There are two:
 *
 * <ul>
 *   <li>A thread that sleeps on several words also sleeps on a word of its own, which {@link #wake} changes.
 *   <li>One that sleeps on a single word, which is nearly always so, sleeps on nothing else: an own word makes the
 *       kernel take its slow path, a tenth of a round trip. {@link #wake} wakes it on the word it sleeps on, which is
 *       allowed to anybody who can read the word. It may come too early, when the thread has looked for a reason not to
 *       sleep and is not asleep yet. So each sleep is a <em>turn</em> with a number, and a wake-up stands until its turn
 *       is over: the {@link SleepAlarm}'s thread repeats it.
 * </ul>
 *
 * <pre>
 *   the thread                                        whoever wakes it
 *   1. turn := odd, beside it the word                1. make the reason known: end the timeline, interrupt, ...
 *   2. full fence                                     2. full fence
 *   3. look for a reason not to sleep                 3. odd turn: wake the word, until the turn is over
 *   4. sleep on the word
 *   5. turn := even
 * </pre>
 *
 * Either the thread sees the reason, or the waker sees the turn.
 */
final class Sleeper {
    /** The most words a thread can sleep on beside its own. */
    static final int MAX_WORDS = Futexes.MAX_WORDS - 1;

    // Before Linux 5.16 a thread can sleep on one word only: of several, it looks at the others once in a slice.
    private static final long SLICE_NANOS = 10_000_000;

    private static final VarHandle TURN;
    private static final VarHandle DEADLINE;
    private static final VarHandle CALLED;

    private static final ThreadLocal<Sleeper> SLEEPERS = ThreadLocal.withInitial(Sleeper::new);

    static final boolean SLICES = Boolean.getBoolean("dmabuf4j.futex.slices") || !knowsWaitAny();

    static {
        if (!Clocks.nanoTimeIsMonotonic()) {
            throw new UnsupportedOperationException(
                    "System.nanoTime() of this JVM is not CLOCK_MONOTONIC, and deadlines of waits would be wrong");
        }
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            TURN = lookup.findVarHandle(Sleeper.class, "turn", int.class);
            DEADLINE = lookup.findVarHandle(Sleeper.class, "deadline", long.class);
            CALLED = lookup.findVarHandle(Sleeper.class, "called", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final MemorySegment word;
    private final FutexWords words;
    private final InterruptHook hook = new InterruptHook(this);

    /** Odd while the thread sleeps or is about to; written by the thread alone. */
    private volatile int turn;
    /** What it sleeps on in an odd turn; 0 for several words. */
    private long address;
    /** When the {@link SleepAlarm} ends the sleep; stale while the turn is even. */
    private volatile long deadline = Long.MAX_VALUE;
    /** The last turn that was ended from outside. */
    private volatile int called;

    private Sleeper() {
        // A cache line of its own, because others write it.
        Arena arena = Arena.ofAuto();
        word = arena.allocate(TimelineDescriptor.LINE_BYTES, TimelineDescriptor.LINE_BYTES);
        words = new FutexWords(arena, Futexes.MAX_WORDS);
        SleepAlarm.add(this);
    }

    static Sleeper current() {
        return SLEEPERS.get();
    }

    private static boolean knowsWaitAny() {
        FutexWords none = new FutexWords(Arena.ofAuto(), 1);
        // No words at all is EINVAL where the call is known.
        return SystemCallException.is(Futexes.waitAny(none), Errno.EINVAL);
    }

    // ---- The thread itself

    /** From here to {@link #end} an interrupt wakes the thread. */
    void begin() {
        hook.enter();
    }

    /** The thread is up, whatever happened. */
    void end() {
        TURN.setRelease(this, (turn | 1) + 1);
        hook.leave();
    }

    /**
     * Says that the thread is going to sleep on one word. The caller goes on with a full fence, and a look for a reason
     * not to sleep.
     *
     * @param on the word, or 0 for several
     * @param until when to be woken
     * @param now the time
     */
    void lieDown(long on, long until, long now) {
        address = on;
        long left = until - now;
        // Short sleeps are timed by the kernel; 0 says that nothing is.
        words.setTimeout(left < SleepAlarm.SHORTEST_NANOS ? on == 0 ? until : left : Long.MAX_VALUE);
        DEADLINE.setOpaque(this, left < SleepAlarm.SHORTEST_NANOS ? Long.MAX_VALUE : until);
        TURN.setRelease(this, (turn | 1) + 2);
    }

    /** Sleeps on the word, unless it has another value. May also return for no reason. */
    void sleepOnOne(int expected) {
        SleepAlarm.noted(deadline);
        Futexes.waitOne(address, expected, words);
    }

    /** What the own word says now; read before looking for a reason not to sleep on several words. */
    int word() {
        return (int) INT.getVolatile(word, 0L);
    }

    /** Begins to collect the words of a sleep, which ends when the own word changes from what it was. */
    void prepare(int own) {
        words.clear();
        words.addPrivate(word.address(), own);
    }

    void add(long on, int expected) {
        words.add(on, expected);
    }

    /** Sleeps on the words that were added, unless one has another value. May also return for no reason. */
    void sleepOnAll() {
        SleepAlarm.noted(deadline);
        if (!SLICES) {
            Futexes.waitAny(words);
        } else if ((int) INT.getVolatile(word, 0L) == words.expected(0)) {
            words.setTimeout(SLICE_NANOS);
            Futexes.waitOne(words.address(1), words.expected(1), words);
        }
    }

    // ---- Others

    long deadline() {
        return deadline;
    }

    boolean isAsleep() {
        return (turn & 1) != 0;
    }

    /** Wakes the thread, and lets it not fall asleep if it is just about to. Any thread may call it. */
    void wake() {
        INT.getAndAdd(word, 0L, 1);
        Futexes.wakePrivate(word.address());
        VarHandle.fullFence();
        int now = turn;
        if ((now & 1) != 0 && address != 0) {
            Futexes.wakeAll(address);
            // Never back to an earlier turn, or the wake-up of a later one would not be repeated.
            for (int before = called; now - before > 0 && !CALLED.compareAndSet(this, before, now); before = called) {}
            SleepAlarm.look();
        }
    }

    /** Wakes the thread once more if it is still in the turn in which it was woken; tells whether it is. */
    boolean wakeAgain() {
        int now = turn;
        long on = address;
        if ((now & 1) == 0 || now != called || on == 0) {
            return false;
        }
        Futexes.wakeAll(on);
        return true;
    }
}
