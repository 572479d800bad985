package io.github.dmabuf4j.linux.facts;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/** Who may use a device node, and how to become one of them. */
final class NodeFiles {
    private static final Set<PosixFilePermission> GROUP =
            Set.of(PosixFilePermission.GROUP_READ, PosixFilePermission.GROUP_WRITE);

    private NodeFiles() {}

    static boolean isUsable(Path node) {
        return Files.isReadable(node) && Files.isWritable(node);
    }

    /**
     * What to do to be let in.
     *
     * @param node a node that this process may not use
     * @return a sentence without its end
     */
    static String advice(Path node) {
        try {
            PosixFileAttributes facts = Files.readAttributes(node, PosixFileAttributes.class);
            return advice(node, facts.group().getName(), facts.permissions());
        } catch (IOException | UnsupportedOperationException unknown) {
            return "no permission for " + node;
        }
    }

    static String advice(Path node, String group, Set<PosixFilePermission> permissions) {
        if (permissions.containsAll(GROUP) && !group.equals("root")) {
            return "no permission for " + node + ": join its group, usermod -aG " + group + " $USER, and log in again";
        }
        return "no permission for " + node + ": it is for root alone, until a rule of udev gives it to a group,"
                + " such as KERNEL==\"" + node.getFileName() + "\", GROUP=\"video\", MODE=\"0660\"";
    }

    /** A small file, or nothing if it cannot be read. */
    static String text(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            return "";
        }
    }
}
