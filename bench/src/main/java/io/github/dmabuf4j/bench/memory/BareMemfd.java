package io.github.dmabuf4j.bench.memory;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Memory from the kernel, without the library that it is compared with: memfd_create, ftruncate, mmap, first touch. */
final class BareMemfd implements AutoCloseable {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle MEMFD_CREATE =
            bind("memfd_create", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle FTRUNCATE =
            bind("ftruncate", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle MMAP =
            bind("mmap", FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle MUNMAP = bind("munmap", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle CLOSE = bind("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MemorySegment NAME = Arena.global().allocateFrom("bare");
    private static final int READ_WRITE = 3;
    private static final int SHARED = 1;
    private static final long PAGE = 4096;

    private final int descriptor;
    private final MemorySegment memory;

    private BareMemfd(int descriptor, MemorySegment memory) {
        this.descriptor = descriptor;
        this.memory = memory;
    }

    private static MethodHandle bind(String name, FunctionDescriptor descriptor) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor);
    }

    /** Makes a memfd, maps it and touches every page. */
    static BareMemfd make(long size) throws IOException {
        try {
            int descriptor = (int) MEMFD_CREATE.invokeExact(NAME, 0);
            if (descriptor < 0 || (int) FTRUNCATE.invokeExact(descriptor, size) != 0) {
                throw new IOException("no memfd of " + size + " bytes");
            }
            MemorySegment address =
                    (MemorySegment) MMAP.invokeExact(MemorySegment.NULL, size, READ_WRITE, SHARED, descriptor, 0L);
            MemorySegment memory = address.reinterpret(size);
            for (long at = 0; at < size; at += PAGE) {
                memory.set(JAVA_BYTE, at, (byte) 1);
            }
            return new BareMemfd(descriptor, memory);
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        try {
            int unmapped = (int) MUNMAP.invokeExact(memory, memory.byteSize());
            int closed = (int) CLOSE.invokeExact(descriptor);
            if (unmapped != 0 || closed != 0) {
                throw new IllegalStateException("a memfd of " + memory.byteSize() + " bytes cannot be given back");
            }
        } catch (IllegalStateException e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
