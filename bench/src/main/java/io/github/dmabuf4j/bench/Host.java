package io.github.dmabuf4j.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** What a reader must know of the machine, and nothing that names it. */
final class Host {
    private static final long ENOUGH_FOR_LOGS = 2L << 30;

    private Host() {}

    /** One line with the facts that belong above a table. */
    static String facts() {
        return String.format(
                Locale.ROOT,
                "%d CPUs (%s), Linux %s, JDK %s",
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.arch"),
                System.getProperty("os.version").replaceFirst("^(\\d+(\\.\\d+)*).*", "$1"),
                Runtime.version());
    }

    /** How busy the machine was before the run: the load average of the last minute. */
    static String load() {
        try {
            return Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0];
        } catch (IOException e) {
            return "unknown";
        }
    }

    /** Where peers that share files put them: in memory, where that is large enough. */
    static Path memoryFolder() {
        Path memory = Path.of("/dev/shm");
        try {
            if (Files.isWritable(memory) && Files.getFileStore(memory).getUsableSpace() >= ENOUGH_FOR_LOGS) {
                return memory;
            }
        } catch (IOException e) {
            // Then the ordinary folder.
        }
        return Path.of(System.getProperty("java.io.tmpdir"));
    }
}
