package io.github.dmabuf4j.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Whether a process whose stream has ended is on its way out.
 *
 * <p>A process that ends closes its descriptors first and becomes a corpse after that, so the end of its stream is seen
 * before its pidfd says anything. The kernel marks each of its threads as exiting before it closes the descriptors; hence a
 * process without that mark has closed the socket of its own will.
 *
 * @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html">proc_pid_stat(5)</a>
 */
final class EndingProcess {
    /** PF_EXITING of the kernel's sched.h. */
    private static final long EXITING = 0x4;

    /** Index of the field "flags" among those behind the name, which is the only one that can hold a space. */
    private static final int FLAGS = 6;

    private EndingProcess() {}

    /** False also for a process that is gone, or hidden from us: the pidfd tells. */
    static boolean isEnding(int pid) {
        boolean any = false;
        try (DirectoryStream<Path> threads =
                Files.newDirectoryStream(Path.of("/proc", Integer.toString(pid), "task"))) {
            for (Path thread : threads) {
                if (!isEnding(Files.readString(thread.resolve("stat"), StandardCharsets.ISO_8859_1))) {
                    return false;
                }
                any = true;
            }
        } catch (IOException | DirectoryIteratorException gone) {
            return false;
        }
        return any;
    }

    static boolean isEnding(String status) {
        String[] fields = status.substring(status.lastIndexOf(')') + 1).strip().split(" ", -1);
        return fields.length > FLAGS && (Long.parseLong(fields[FLAGS]) & EXITING) != 0;
    }
}
