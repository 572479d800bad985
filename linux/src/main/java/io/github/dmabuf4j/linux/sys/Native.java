package io.github.dmabuf4j.linux.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Makes the method handles of C functions, and reads the error number that a call left. */
final class Native {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout CAPTURE = Linker.Option.captureStateLayout();
    private static final long ERRNO = CAPTURE.byteOffset(PathElement.groupElement("errno"));

    // One block for each thread: a shared one would mix up the error numbers of two threads.
    private static final ThreadLocal<MemorySegment> CAPTURES =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(CAPTURE));

    private Native() {}

    /** The handle of a C function; its first parameter is the block that receives the error number. */
    static MethodHandle function(String name, FunctionDescriptor descriptor) {
        return LINKER.downcallHandle(address(name), descriptor, Linker.Option.captureCallState("errno"));
    }

    /** The handle of a C function that is declared with an ellipsis after its first {@code fixed} parameters. */
    static MethodHandle variadic(String name, int fixed, FunctionDescriptor descriptor) {
        return LINKER.downcallHandle(
                address(name),
                descriptor,
                Linker.Option.firstVariadicArg(fixed),
                Linker.Option.captureCallState("errno"));
    }

    /** The same for calls whose error number nobody wants to know: a little faster, where that counts. */
    static MethodHandle variadicWithoutError(String name, int fixed, FunctionDescriptor descriptor) {
        return LINKER.downcallHandle(address(name), descriptor, Linker.Option.firstVariadicArg(fixed));
    }

    private static MemorySegment address(String name) {
        return LINKER.defaultLookup()
                .find(name)
                .orElseThrow(() -> new UnsupportedOperationException("the C library of this system has no function "
                        + name + "; glibc 2.28 or newer on Linux is needed"));
    }

    /** The calling thread's block for the error number. */
    static MemorySegment capture() {
        return CAPTURES.get();
    }

    /** What a call answered: its own result, or the negated error number when it answered -1. */
    static int result(int answer, MemorySegment capture) {
        return answer == -1 ? -capture.get(ValueLayout.JAVA_INT, ERRNO) : answer;
    }

    /** What a call answered: its own result, or the negated error number when it answered -1. */
    static long result(long answer, MemorySegment capture) {
        return answer == -1 ? -capture.get(ValueLayout.JAVA_INT, ERRNO) : answer;
    }

    /** For the catch clause that every {@code invokeExact} needs. */
    static AssertionError unexpected(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        if (thrown instanceof RuntimeException exception) {
            throw exception;
        }
        return new AssertionError("a system call cannot throw this", thrown);
    }
}
