package io.github.dmabuf4j.local;

import io.github.dmabuf4j.linux.OwnedFd;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Makes what the library never makes: a memory file that can shrink. */
final class UnsealedMemory {
    private static final int CLOSE_ON_EXEC = 1;
    private static final int ALLOW_SEALING = 2;

    private UnsealedMemory() {}

    static OwnedFd create(long size) throws Exception {
        MethodHandle create = function(
                "memfd_create", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
        MethodHandle truncate = function(
                "ftruncate", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom("can shrink");
            OwnedFd fd = OwnedFd.adopt((int) create.invokeExact(name, CLOSE_ON_EXEC | ALLOW_SEALING));
            if ((int) truncate.invokeExact(fd.number(), size) != 0) {
                throw new AssertionError("ftruncate failed");
            }
            return fd;
        } catch (Error | Exception failed) {
            throw failed;
        } catch (Throwable impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static MethodHandle function(String name, FunctionDescriptor type) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type);
    }
}
