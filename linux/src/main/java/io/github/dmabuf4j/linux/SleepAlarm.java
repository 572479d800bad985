package io.github.dmabuf4j.linux;

import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

/**
 * Ends sleeps whose time is over, for those that may last long: a daemon thread that sleeps itself until the earliest of
 * them.
 *
 * <p>Setting a timer in the kernel and taking it back costs a tenth of a wake-up, and hardly any timer of a hand-over
 * ever goes off: its deadline is seconds away, and the answer comes in microseconds. So a sleeper only notes its
 * deadline. The thread is disturbed when that is earlier than what it waits for, which with deadlines that move on with
 * time is once in as many seconds as they are away.
 *
 * <p>The same thread repeats wake-ups that may have come too early; see {@link Sleeper}.
 */
final class SleepAlarm {
    /** Shorter sleeps are better timed by the kernel: they often run to their end. */
    static final long SHORTEST_NANOS = 100_000_000;

    /** How soon a wake-up is repeated; a thread is rarely for that long between its last look and its sleep. */
    private static final long AGAIN_NANOS = 200_000;

    private static final List<WeakReference<Sleeper>> SLEEPERS = new CopyOnWriteArrayList<>();
    /** When the thread will look next. */
    private static volatile long nextLook = Long.MAX_VALUE;

    /** Started by the first long sleep. */
    private static final class Started {
        static final Thread THREAD =
                Thread.ofPlatform().daemon().name("dmabuf4j-alarm").start(SleepAlarm::run);
    }

    private SleepAlarm() {}

    /** Called for a sleeper once, before its first sleep. */
    static void add(Sleeper sleeper) {
        SLEEPERS.add(new WeakReference<>(sleeper));
    }

    /** Called by a sleeper after it has noted its deadline, and a full fence. */
    static void noted(long deadline) {
        // The note before this look; the thread says when it looks next before it reads the notes.
        if (deadline < nextLook) {
            look();
        }
    }

    /** Something is to be looked at now. */
    static void look() {
        LockSupport.unpark(Started.THREAD);
    }

    private static void run() {
        while (true) {
            nextLook = Long.MAX_VALUE;
            long now = System.nanoTime();
            long earliest = Long.MAX_VALUE;
            SLEEPERS.removeIf(reference -> reference.refersTo(null));
            for (WeakReference<Sleeper> reference : SLEEPERS) {
                Sleeper sleeper = reference.get();
                if (sleeper == null) {
                    continue;
                }
                long deadline = sleeper.deadline();
                if (deadline > now) {
                    // Also of a thread that is up: its next sleep will end later, and so disturbs nobody.
                    earliest = Math.min(earliest, deadline);
                } else if (sleeper.isAsleep()) {
                    sleeper.wake();
                    // Looked at again soon, should the thread not have left its sleep by then.
                    earliest = Math.min(earliest, now + SHORTEST_NANOS);
                }
                if (sleeper.wakeAgain()) {
                    earliest = Math.min(earliest, now + AGAIN_NANOS);
                }
            }
            nextLook = earliest;
            if (earliest == Long.MAX_VALUE) {
                LockSupport.park();
            } else {
                LockSupport.parkNanos(earliest - System.nanoTime());
            }
        }
    }
}
