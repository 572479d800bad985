package io.github.dmabuf4j.bench.peer;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The three system calls of the bare peers, bound without the library that they are compared with. */
final class Kernel {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle MEMFD_CREATE =
            bind("memfd_create", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle FTRUNCATE =
            bind("ftruncate", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle SCHED_SETAFFINITY =
            bind("sched_setaffinity", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS));
    private static final MethodHandle FUTEX = bind(
            "syscall",
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT),
            Linker.Option.firstVariadicArg(1));
    private static final long FUTEX_NUMBER = System.getProperty("os.arch").equals("aarch64") ? 98 : 202;
    private static final int FUTEX_WAIT = 0;
    private static final int FUTEX_WAKE = 1;
    private static final int AFFINITY_BYTES = 128;

    private Kernel() {}

    private static MethodHandle bind(String name, FunctionDescriptor descriptor, Linker.Option... options) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor, options);
    }

    /** Makes a memfd; it lives as long as the process. */
    static int memfd(String name, long size) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            int descriptor = (int) MEMFD_CREATE.invokeExact(arena.allocateFrom(name), 0);
            if (descriptor < 0 || (int) FTRUNCATE.invokeExact(descriptor, size) != 0) {
                throw new IOException("no memfd of " + size + " bytes");
            }
            return descriptor;
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** Maps a memfd of this process or another one of the same user, for as long as the process lives. */
    static MemorySegment map(String process, int descriptor, long size) throws IOException {
        Path path = Path.of("/proc", process, "fd", Integer.toString(descriptor));
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, size, Arena.global());
        }
    }

    /** Binds the calling thread to one CPU. */
    static void pin(int cpu) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(AFFINITY_BYTES, 8);
            mask.set(JAVA_LONG, cpu / 64 * 8L, 1L << cpu % 64);
            if ((int) SCHED_SETAFFINITY.invokeExact(0, (long) AFFINITY_BYTES, mask) != 0) {
                throw new IOException("cannot run on CPU " + cpu);
            }
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** Sleeps while the word has the value; may return early, so the caller looks again. */
    static void futexWait(MemorySegment word, int value) {
        futex(word, FUTEX_WAIT, value);
    }

    /** Wakes one sleeper. */
    static void futexWake(MemorySegment word) {
        futex(word, FUTEX_WAKE, 1);
    }

    private static long futex(MemorySegment word, int operation, int value) {
        try {
            return (long)
                    FUTEX.invokeExact(FUTEX_NUMBER, word, operation, value, MemorySegment.NULL, MemorySegment.NULL, 0);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
