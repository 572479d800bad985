package io.github.dmabuf4j.linux.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dmabuf4j.linux.FdDispatcher;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test that leaves descriptors, threads or mappings of memory files behind.
 *
 * <p>Only what this library makes is compared: memfds, dma-bufs, devices, sockets, pidfds,
 * eventfds, epoll sets. The JVM opens files and
 * starts threads of its own whenever it likes.
 */
public final class LeakCheck implements BeforeEachCallback, AfterEachCallback {
    private static final long PATIENCE_NANOS = 10_000_000_000L;

    private List<String> before = List.of();

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        // The dispatchers stay once they are started: have them in the count from the beginning.
        FdDispatcher.shared();
        before = inventory();
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        List<String> more = surplus(before, inventory());
        // A thread that was told to end may need a moment.
        while (!more.isEmpty() && System.nanoTime() - deadline < 0) {
            Thread.yield();
            more = surplus(before, inventory());
        }
        assertThat(more)
                .as("descriptors, mappings and threads that the test left behind")
                .isEmpty();
    }

    private static List<String> surplus(List<String> before, List<String> after) {
        TreeMap<String, Integer> counts = new TreeMap<>();
        after.forEach(entry -> counts.merge(entry, 1, Integer::sum));
        before.forEach(entry -> counts.merge(entry, -1, Integer::sum));
        List<String> surplus = new ArrayList<>();
        counts.forEach((entry, count) -> surplus.addAll(Collections.nCopies(Math.max(count, 0), entry)));
        return surplus;
    }

    private static List<String> inventory() throws IOException {
        List<String> inventory = new ArrayList<>();
        try (DirectoryStream<Path> fds = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path fd : fds) {
                String target = target(fd);
                if (target.contains("memfd:")
                        || target.contains("/dmabuf:")
                        || target.startsWith("/dev/d")
                        || target.startsWith("socket:")
                        || target.startsWith("anon_inode:")) {
                    inventory.add("descriptor of " + target.replaceAll("socket:.*", "a socket"));
                }
            }
        }
        for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
            int name = Math.max(line.indexOf("/memfd:"), line.indexOf("/dmabuf:"));
            if (name >= 0) {
                inventory.add("mapping of " + line.substring(name));
            }
        }
        Thread.getAllStackTraces().keySet().stream()
                .filter(LeakCheck::isOurs)
                .forEach(thread -> inventory.add("thread " + thread.getName()));
        return inventory;
    }

    private static String target(Path fd) {
        try {
            return Files.readSymbolicLink(fd).toString();
        } catch (IOException e) {
            return ""; // the descriptor of the listing itself, closed meanwhile
        }
    }

    private static boolean isOurs(Thread thread) {
        String name = thread.getName();
        return !name.startsWith("ForkJoinPool")
                && !name.startsWith("VirtualThread-")
                && !name.startsWith("process reaper")
                && !name.startsWith("junit-")
                && !name.startsWith("Cleaner-")
                && !name.equals("dmabuf4j leak finder")
                && !name.equals("dmabuf4j-futexes")
                && !name.equals("dmabuf4j-alarm")
                && !name.equals("Attach Listener");
    }
}
