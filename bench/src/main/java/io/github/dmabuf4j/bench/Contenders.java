package io.github.dmabuf4j.bench;

import io.github.dmabuf4j.bench.peer.Aeron;
import io.github.dmabuf4j.bench.peer.FirstImport;
import io.github.dmabuf4j.bench.peer.Ioctls;
import io.github.dmabuf4j.bench.peer.Worker;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Everybody who takes part. */
final class Contenders {
    /** The library: a buffer queue over the local backend, in the tier that allocates nothing. */
    static final Contender QUEUE = java("dmabuf4j BufferQueue", "queue");
    /** The same with fence objects and leases. */
    static final Contender QUEUE_CHECKED = java("dmabuf4j BufferQueue, fences and leases", "queue-checked");
    /** Descriptors of buffers that the other side sees for the first time. */
    static final Contender FIRST_IMPORT =
            new Contender("dmabuf4j import", folder -> command(FirstImport.class, folder, List.of()));
    /** Two counters, or a ring, in a memfd that both sides map. */
    static final Contender BARE_MEMORY = java("bare shared memory", "memory");
    /** Two words in a memfd, and a futex call for every wait and every wake-up. */
    static final Contender BARE_FUTEX = java("bare futex", "futex");
    /** Aeron IPC with its media driver in a process of its own. */
    static final Contender AERON = new Contender(
            "Aeron IPC 1.51.0",
            folder -> List.of(command(Aeron.class, folder, List.of())),
            folder -> command(Worker.class, folder, List.of("transport=aeron")));
    /** A Unix domain socket of java.nio. */
    static final Contender SOCKET = java("Unix socket (java.nio, copies)", "socket");

    /** iceoryx (classic, C++) with its daemon, both polling; built by {@code bench/run} where it is installed. */
    static final Contender ICEORYX = new Contender(
            "iceoryx (C++, polling)",
            folder -> List.of(List.of(iceoryx(), "role=COMPANION")),
            folder -> List.of(iceoryx()));

    /** The library's ioctl, in the forms that it has. */
    static final Contender IOCTL = new Contender("dmabuf4j ioctl", folder -> command(Ioctls.class, folder, List.of()));
    /** A loop in C around the same ioctl, in a process of two threads, of which one sleeps: built by {@code bench/run}. */
    static final Contender IOCTL_C = ioctlInC("C loop, two threads", 2);
    /** The same in a process of one thread, for which the kernel counts no users of a descriptor. */
    static final Contender IOCTL_C_ALONE = ioctlInC("C loop, one thread", 1);

    private Contenders() {}

    private static Contender ioctlInC(String name, int threads) {
        return new Contender(name, folder -> {
            String program = System.getProperty("bench.ioctl", "");
            if (program.isEmpty()) {
                throw new UnsupportedOperationException("needs a C compiler (the package gcc)");
            }
            return List.of(program, "threads=" + threads);
        });
    }

    private static String iceoryx() {
        String program = System.getProperty("bench.iceoryx", "");
        if (program.isEmpty()) {
            throw new UnsupportedOperationException(System.getProperty("bench.iceoryx.missing", "not built"));
        }
        return program;
    }

    private static Contender java(String name, String transport) {
        return new Contender(name, folder -> command(Worker.class, folder, List.of("transport=" + transport)));
    }

    private static List<String> command(Class<?> program, Path folder, List<String> words) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xms128m",
                "-Xmx512m",
                "-XX:+PerfDisableSharedMem",
                "-XX:MaxDirectMemorySize=512m",
                "--enable-native-access=ALL-UNNAMED",
                // Aeron's; given to all, so that all run alike.
                "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                program.getName(),
                "folder=" + folder));
        command.addAll(words);
        return command;
    }
}
