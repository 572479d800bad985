package io.github.dmabuf4j.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * How much memory the system can still give. Memory files have no limit of their own: a request for more than there is
 * would not be refused, it would make the kernel kill processes until it is satisfied.
 *
 * @see <a href="https://docs.kernel.org/filesystems/proc.html">MemAvailable in the kernel's manual</a>
 */
public final class SystemMemory {
    private static final Path MEMINFO = Path.of("/proc/meminfo");
    private static final Path CGROUP_ROOT = Path.of("/sys/fs/cgroup");
    private static final long KIBIBYTE = 1024;

    private SystemMemory() {}

    /**
     * Bytes that can be taken without taking them from another process.
     *
     * @return bytes; {@link Long#MAX_VALUE} if unknown
     */
    public static long room() {
        return Math.min(systemRoom(), controlGroupRoom());
    }

    private static long systemRoom() {
        try {
            long room = 0;
            for (String line : Files.readAllLines(MEMINFO)) {
                if (line.startsWith("MemAvailable:") || line.startsWith("SwapFree:")) {
                    String kibibytes = line.substring(line.indexOf(':') + 1, line.lastIndexOf(' '));
                    room += Long.parseLong(kibibytes.strip()) * KIBIBYTE;
                }
            }
            return room == 0 ? Long.MAX_VALUE : room;
        } catch (IOException | RuntimeException e) {
            return Long.MAX_VALUE; // no /proc here: the kernel decides
        }
    }

    private static long controlGroupRoom() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/cgroup"))) {
                if (line.startsWith("0::/")) {
                    Path group = CGROUP_ROOT.resolve(line.substring("0::/".length()));
                    OptionalLong limit = number(group.resolve("memory.max"));
                    OptionalLong used = number(group.resolve("memory.current"));
                    if (limit.isPresent() && used.isPresent()) {
                        return Math.max(0, limit.getAsLong() - used.getAsLong());
                    }
                }
            }
        } catch (IOException e) {
            return Long.MAX_VALUE;
        }
        return Long.MAX_VALUE;
    }

    private static OptionalLong number(Path file) throws IOException {
        if (!Files.exists(file)) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseLong(Files.readString(file).strip()));
        } catch (NumberFormatException e) {
            return OptionalLong.empty(); // "max"
        }
    }
}
