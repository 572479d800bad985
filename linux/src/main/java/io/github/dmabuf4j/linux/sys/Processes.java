package io.github.dmabuf4j.linux.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Processes and their limits: pidfd_open, pidfd_send_signal, getrlimit. */
public final class Processes {
    private static final MethodHandle PIDFD_OPEN =
            Native.variadic("syscall", 1, FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle PIDFD_SEND_SIGNAL = Native.variadic(
            "syscall", 1, FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG));
    private static final MethodHandle GETRLIMIT =
            Native.function("getrlimit", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));

    private Processes() {}

    /**
     * A descriptor of a process, closed on exec; readable once the process has ended.
     *
     * @param pid the process
     * @return the descriptor or the negated error number; ESRCH if there is no such process
     */
    public static int pidfdOpen(int pid) {
        MemorySegment capture = Native.capture();
        try {
            return (int) Native.result(
                    (long) PIDFD_OPEN.invokeExact(capture, Architecture.CURRENT.pidfdOpen, (long) pid, 0L), capture);
        } catch (Throwable thrown) {
            throw Native.unexpected(thrown);
        }
    }

    /**
     * Sends a signal to a process, which cannot hit another one that got its number.
     *
     * @param pidfd the descriptor of the process
     * @param signal the signal; 0 only asks
     * @return 0 or the negated error number; ESRCH if the process has ended
     */
    public static int pidfdSendSignal(int pidfd, int signal) {
        MemorySegment capture = Native.capture();
        try {
            return (int) Native.result(
                    (long) PIDFD_SEND_SIGNAL.invokeExact(
                            capture,
                            Architecture.CURRENT.pidfdSendSignal,
                            (long) pidfd,
                            (long) signal,
                            MemorySegment.NULL,
                            0L),
                    capture);
        } catch (Throwable thrown) {
            throw Native.unexpected(thrown);
        }
    }

    /**
     * The limit of open files of this process.
     *
     * @return the soft limit, or the negated error number
     */
    public static long openFilesLimit() {
        return limit(Constants.RLIMIT_NOFILE);
    }

    /**
     * The limit of locked memory of this process.
     *
     * @return the soft limit in bytes, {@link Long#MAX_VALUE} for none, or the negated error number
     */
    public static long lockedMemoryLimit() {
        return limit(Constants.RLIMIT_MEMLOCK);
    }

    private static long limit(int resource) {
        MemorySegment capture = Native.capture();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment answer = arena.allocate(Structs.RLIMIT);
            int result = Native.result((int) GETRLIMIT.invokeExact(capture, resource, answer), capture);
            if (result < 0) {
                return result;
            }
            long limit = answer.get(JAVA_LONG, Structs.offset(Structs.RLIMIT, "rlim_cur"));
            return limit < 0 ? Long.MAX_VALUE : limit;
        } catch (Throwable thrown) {
            throw Native.unexpected(thrown);
        }
    }
}
