package io.github.dmabuf4j.linux.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Sleeping on 32-bit words and waking who sleeps there, across processes: the words are found by file and offset, never
 * by address, so a read-only mapping will do. Nothing here allocates.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/futex.2.html">futex(2)</a>
 */
public final class Futexes {
    /** The most words that one wait can watch. */
    public static final int MAX_WORDS = Constants.FUTEX_WAITV_MAX;

    // Without the error number: whoever slept looks again for whatever reason it woke, and a wake-up cannot fail.
    private static final MethodHandle WAKE = Native.variadicWithoutError(
            "syscall", 1, FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT));
    private static final MethodHandle WAIT = Native.variadicWithoutError(
            "syscall", 1, FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle WAITV = Native.variadic(
            "syscall", 1, FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));

    private Futexes() {}

    /**
     * Wakes every thread that sleeps on a word. Never blocks.
     *
     * @param address the word, in shared memory or private
     * @return how many threads were woken, or -1 if the word is not mapped
     */
    public static int wakeAll(long address) {
        return wake(address, Constants.FUTEX_WAKE);
    }

    /**
     * Wakes every thread of this process that sleeps on a word added by {@link FutexWords#addPrivate}. Never blocks.
     *
     * @param address the word, in memory of this process
     * @return how many threads were woken
     */
    public static int wakePrivate(long address) {
        return wake(address, Constants.FUTEX_WAKE | Constants.FUTEX_PRIVATE_FLAG);
    }

    private static int wake(long address, int operation) {
        try {
            return (int) (long) WAKE.invokeExact(Architecture.CURRENT.futex, address, operation, Integer.MAX_VALUE);
        } catch (Throwable thrown) {
            throw Native.unexpected(thrown);
        }
    }

    /**
     * Sleeps while a word has a value. Blocks; never on a virtual thread.
     *
     * @param address the word
     * @param expected the value; another one ends the call at once
     * @param words the memory whose {@link FutexWords#setTimeout} was set to a duration
     * @return 0 when woken, or -1: the word had another value, a signal came, the time was over, the word is not mapped
     */
    public static int waitOne(long address, int expected, FutexWords words) {
        try {
            return (int) (long) WAIT.invokeExact(
                    Architecture.CURRENT.futex, address, Constants.FUTEX_WAIT, expected, words.timeout());
        } catch (Throwable thrown) {
            throw Native.unexpected(thrown);
        }
    }

    /**
     * Sleeps while every one of several words has its value; needs Linux 5.16. Blocks; never on a virtual thread.
     *
     * @param words the words and the time (CLOCK_MONOTONIC) at which to give up
     * @return the index of the word that was woken, or the negated error number: EAGAIN if a word has another value,
     *     EINTR, ETIMEDOUT, EFAULT if a word is not mapped, ENOSYS before Linux 5.16
     */
    public static int waitAny(FutexWords words) {
        MemorySegment capture = Native.capture();
        try {
            return (int) Native.result(
                    (long) WAITV.invokeExact(
                            capture,
                            Architecture.CURRENT.futexWaitv,
                            words.array(),
                            words.count(),
                            0,
                            words.timeout(),
                            Constants.CLOCK_MONOTONIC),
                    capture);
        } catch (Throwable thrown) {
            throw Native.unexpected(thrown);
        }
    }
}
