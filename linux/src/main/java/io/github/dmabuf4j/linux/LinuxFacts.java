package io.github.dmabuf4j.linux;

import io.github.dmabuf4j.linux.sys.Clocks;
import io.github.dmabuf4j.linux.sys.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What this machine offers for sharing memory between processes, found out by trying: for a report to people, not for decisions. Each
 * probe says what it found or what to do about it, and none of them throws. What its kernel has for devices, is told by
 * {@link io.github.dmabuf4j.linux.facts.DeviceFacts}.
 */
public final class LinuxFacts {
    private static final long RECOMMENDED_OPEN_FILES = 1024;
    private static final long KIBIBYTE = 1024;

    /**
     * One thing that was looked for.
     *
     * @param name what it is
     * @param found whether it is there and can be used
     * @param detail what was found, or what its absence means and what to do
     */
    public record Fact(String name, boolean found, String detail) {}

    private interface Probe {
        Fact look() throws IOException;
    }

    private LinuxFacts() {}

    /**
     * Looks at everything. Takes some milliseconds, and leaves nothing behind.
     *
     * @return what was found, in the order of a report
     */
    public static List<Fact> probe() {
        List<Fact> facts = new ArrayList<>();
        add(facts, "kernel", LinuxFacts::kernel);
        add(facts, "memfd", LinuxFacts::memfd);
        add(facts, "seals", LinuxFacts::seals);
        add(facts, "futex_waitv", LinuxFacts::futexWaitv);
        add(facts, "pidfd", LinuxFacts::pidfd);
        add(facts, "peer pidfd", LinuxFacts::peerPidfd);
        add(facts, "clock", LinuxFacts::clock);
        add(facts, "/dev/shm", LinuxFacts::sharedMemoryFolder);
        add(facts, "memory", LinuxFacts::memory);
        add(facts, "open files", LinuxFacts::openFiles);
        add(facts, "locked memory", LinuxFacts::lockedMemory);
        return List.copyOf(facts);
    }

    private static void add(List<Fact> facts, String name, Probe probe) {
        try {
            facts.add(probe.look());
        } catch (IOException | RuntimeException | LinkageError e) {
            facts.add(new Fact(name, false, String.valueOf(e.getMessage())));
        }
    }

    private static Fact kernel() throws IOException {
        String release = Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip();
        return new Fact("kernel", true, "Linux " + release + ", " + System.getProperty("os.arch"));
    }

    private static Fact memfd() throws IOException {
        try (MemfdPages pages = new MemfdBacking().give(1, "dmabuf4j probe")) {
            return new Fact("memfd", true, "memory files of pages of " + pages.size() + " bytes");
        }
    }

    private static Fact seals() throws IOException {
        TimelinePage.create("dmabuf4j probe", 2).close();
        return new Fact("seals", true, "SHRINK, GROW, FUTURE_WRITE");
    }

    private static Fact futexWaitv() {
        return Sleeper.SLICES
                ? new Fact("futex_waitv", false, "waits look around every 10 ms; Linux 5.16 or newer has it")
                : new Fact("futex_waitv", true, "a wait sleeps on up to " + Sleeper.MAX_WORDS + " timelines");
    }

    private static Fact pidfd() throws IOException {
        try (PeerProcess self = PeerProcess.of(ProcessHandle.current().pid())) {
            return self.isAlive()
                    ? new Fact("pidfd", true, "the death of a peer is seen at once")
                    : new Fact("pidfd", false, "the death of a peer cannot be seen; Linux 5.3 or newer has it");
        }
    }

    private static Fact peerPidfd() throws IOException {
        UnixSocket[] pair = UnixSocket.pair();
        try (UnixSocket one = pair[0];
                UnixSocket other = pair[1]) {
            return PeerProcess.isExact(one) && PeerProcess.isExact(other)
                    ? new Fact("peer pidfd", true, "a socket names exactly the process that connected")
                    : new Fact("peer pidfd", false, "peers are found by their number; Linux 6.5 or newer has it");
        }
    }

    private static Fact clock() {
        return Clocks.nanoTimeIsMonotonic()
                ? new Fact("clock", true, "System.nanoTime() is CLOCK_MONOTONIC")
                : new Fact("clock", false, "System.nanoTime() is not CLOCK_MONOTONIC; use a JDK built on OpenJDK");
    }

    private static Fact sharedMemoryFolder() throws IOException {
        Path path = Path.of("/dev/shm");
        if (!Files.isDirectory(path)) {
            return new Fact("/dev/shm", false, "not there, and not needed: memory files live without it");
        }
        var store = Files.getFileStore(path);
        return new Fact(
                "/dev/shm",
                true,
                mebibytes(store.getUsableSpace()) + " free of " + mebibytes(store.getTotalSpace()) + ", not needed");
    }

    private static Fact memory() {
        long room = SystemMemory.room();
        return room == Long.MAX_VALUE
                ? new Fact("memory", false, "no way to tell how much is left")
                : new Fact("memory", true, mebibytes(room) + " can be given to buffers");
    }

    private static Fact openFiles() {
        long limit = Processes.openFilesLimit();
        return limit >= RECOMMENDED_OPEN_FILES
                ? new Fact("open files", true, "up to " + limit)
                : new Fact("open files", false, "only " + limit + "; each buffer needs one: raise it with ulimit -n");
    }

    private static Fact lockedMemory() {
        long limit = Processes.lockedMemoryLimit();
        String detail = limit == Long.MAX_VALUE ? "unlimited" : "up to " + limit / KIBIBYTE + " KiB";
        return new Fact(
                "locked memory", limit > 0, detail + "; dma-bufs do not count, what drivers pin of a process does");
    }

    private static String mebibytes(long bytes) {
        return String.format(Locale.ROOT, "%,d MiB", bytes / KIBIBYTE / KIBIBYTE);
    }
}
