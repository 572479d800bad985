package io.github.dmabuf4j.linux.dmabuf;

import io.github.dmabuf4j.linux.dmabuf.SystemBuffer.Kind;
import io.github.dmabuf4j.linux.dmabuf.SystemBuffer.User;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Counts the buffers of the system and who holds them. What a process may see depends on its rights: descriptors and mappings of
 * other users' processes, and the kernel's own list in debugfs, are for root.
 *
 * <p>It is a walk through {@code /proc} while everything goes on: what comes or goes meanwhile may be missed.
 */
public final class BufferCensus {
    /** The kernel's own list. */
    private static final Path BUFINFO = Path.of("/sys/kernel/debug/dma_buf/bufinfo");

    private final Path proc;
    private final Path bufinfo;
    private final Map<String, Found> buffers = new TreeMap<>();

    private static final class Found {
        final Kind kind;
        final long inode;
        long size;
        String exporter = "";
        String name = "";
        final Map<Long, int[]> users = new TreeMap<>();
        final List<String> devices = new ArrayList<>();

        Found(Kind kind, long inode) {
            this.kind = kind;
            this.inode = inode;
        }
    }

    BufferCensus(Path proc, Path bufinfo) {
        this.proc = proc;
        this.bufinfo = bufinfo;
    }

    /**
     * Counts now. Takes some milliseconds for each hundred processes.
     *
     * @return all buffers that this process may see: dma-bufs first, then memory files, by their inodes
     * @throws IOException if there is no {@code /proc}
     */
    public static List<SystemBuffer> take() throws IOException {
        return new BufferCensus(Path.of("/proc"), BUFINFO).count();
    }

    /**
     * Whether the kernel shows its own list to this process: with it, buffers that no process holds are counted too, and the
     * devices that buffers are attached to are known.
     *
     * @return true if debugfs is mounted and may be read
     */
    public static boolean seesKernelList() {
        return Files.isReadable(BUFINFO);
    }

    List<SystemBuffer> count() throws IOException {
        Map<Long, String> commands = new TreeMap<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                long pid = Long.parseLong(process.getFileName().toString());
                commands.put(pid, text(process.resolve("comm")).strip());
                descriptors(process, pid);
                mappings(process, pid);
            }
        }
        kernelList(text(bufinfo));
        List<SystemBuffer> all = new ArrayList<>();
        for (Found found : buffers.values()) {
            List<User> users = new ArrayList<>();
            found.users.forEach(
                    (pid, counts) -> users.add(new User(pid, commands.getOrDefault(pid, "?"), counts[0], counts[1])));
            all.add(new SystemBuffer(
                    found.kind, found.inode, found.size, found.exporter, found.name, users, found.devices));
        }
        return List.copyOf(all);
    }

    private Found found(Kind kind, long inode) {
        return buffers.computeIfAbsent(String.format("%s %020d", kind, inode), _ -> new Found(kind, inode));
    }

    private void descriptors(Path process, long pid) {
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path descriptor : descriptors) {
                String target = target(descriptor);
                if (target.startsWith("/dmabuf:")) {
                    dmaBuf(text(process.resolve("fdinfo").resolve(descriptor.getFileName())), pid);
                } else if (target.startsWith("/memfd:")) {
                    memoryFile(descriptor, target, pid);
                }
            }
        } catch (IOException | DirectoryIteratorException goneOrForbidden) {
            return;
        }
    }

    private void dmaBuf(String information, long pid) {
        long inode = Long.parseLong("0" + value(information, "ino:"));
        if (inode == 0) {
            return; // closed meanwhile
        }
        Found buffer = found(Kind.DMA_BUF, inode);
        buffer.size = Long.parseLong("0" + value(information, "size:"));
        buffer.exporter = value(information, "exp_name:");
        buffer.name = value(information, "name:");
        buffer.users.computeIfAbsent(pid, _ -> new int[2])[0]++;
    }

    private void memoryFile(Path descriptor, String target, long pid) {
        try {
            Map<String, Object> facts = Files.readAttributes(descriptor, "unix:ino,size");
            Found file = found(Kind.MEMORY_FILE, number(facts, "ino"));
            file.size = number(facts, "size");
            file.exporter = "memfd";
            file.name = memoryFileName(target);
            file.users.computeIfAbsent(pid, _ -> new int[2])[0]++;
        } catch (IOException closedMeanwhile) {
            return;
        }
    }

    private static long number(Map<String, Object> facts, String name) {
        return facts.get(name) instanceof Long number ? number : 0;
    }

    private static String memoryFileName(String target) {
        String name = target.substring("/memfd:".length());
        return name.endsWith(" (deleted)") ? name.substring(0, name.length() - " (deleted)".length()) : name;
    }

    /** Lines such as {@code 7f00-7f10 rw-s 00000000 00:0a 5    /dmabuf:name}. */
    private void mappings(Path process, long pid) {
        text(process.resolve("maps")).lines().forEach(line -> {
            int path = line.indexOf('/');
            String target = path < 0 ? "" : line.substring(path);
            boolean isDmaBuf = target.startsWith("/dmabuf:");
            if (isDmaBuf || target.startsWith("/memfd:")) {
                String[] columns = line.substring(0, path).strip().split(" +", -1);
                Found buffer = found(isDmaBuf ? Kind.DMA_BUF : Kind.MEMORY_FILE, Long.parseLong(columns[4]));
                if (!isDmaBuf) {
                    buffer.exporter = "memfd";
                    buffer.name = memoryFileName(target);
                }
                String[] range = columns[0].split("-", -1);
                long mapped = Long.parseUnsignedLong(range[1], 16) - Long.parseUnsignedLong(range[0], 16);
                buffer.size = Math.max(buffer.size, mapped);
                buffer.users.computeIfAbsent(pid, _ -> new int[2])[1]++;
            }
        });
    }

    /** A line of tab-separated facts for each buffer, and below it its fences and the devices it is attached to. */
    private void kernelList(String list) {
        Found current = null;
        boolean devices = false;
        for (String line : list.lines().toList()) {
            String[] columns = line.split("\t", -1);
            if (columns.length >= 6 && columns[0].matches("[0-9]+")) {
                current = found(Kind.DMA_BUF, Long.parseLong(columns[5].strip()));
                current.size = Long.parseLong(columns[0]);
                current.exporter = columns[4].strip();
                String name = columns.length > 6 ? columns[6].strip() : "";
                current.name = name.equals("<none>") ? "" : name;
                devices = false;
            } else if (line.strip().equals("Attached Devices:")) {
                devices = true;
            } else if (line.startsWith("Total")) {
                devices = false;
            } else if (devices && current != null && !line.isBlank()) {
                current.devices.add(line.strip());
            }
        }
    }

    private static String value(String information, String label) {
        return information
                .lines()
                .filter(line -> line.startsWith(label))
                .map(line -> line.substring(label.length()).strip())
                .findFirst()
                .orElse("");
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }

    private static String text(Path path) {
        try {
            return new String(Files.readAllBytes(path), StandardCharsets.UTF_8);
        } catch (IOException goneOrForbidden) {
            return "";
        }
    }
}
