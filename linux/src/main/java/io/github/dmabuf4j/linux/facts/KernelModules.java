package io.github.dmabuf4j.linux.facts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where a driver that is not there could come from. */
final class KernelModules {
    private final Path folder;

    /** Looks at the files of a kernel: {@code /lib/modules/RELEASE}. */
    KernelModules(Path folder) {
        this.folder = folder;
    }

    /** Those of the running kernel. */
    static KernelModules running() {
        String release = NodeFiles.text(Path.of("/proc/sys/kernel/osrelease")).strip();
        return new KernelModules(Path.of("/lib/modules").resolve(release));
    }

    /**
     * What to do about a driver whose nodes are not there.
     *
     * @param module the name of its module
     * @param option the option of the kernel's configuration that makes it
     * @return the end of a sentence, after a colon
     */
    String advice(String module, String option) {
        if (!Files.isDirectory(folder)) {
            return "modprobe " + module + ", if the kernel was built with " + option + " (there is no " + folder
                    + " here that would tell)";
        }
        if (lists("modules.builtin", module)) {
            return module + " is built into this kernel, but its node is not in /dev; is devtmpfs mounted there?";
        }
        return lists("modules.dep", module)
                ? "modprobe " + module
                : "this kernel was built without it; one with " + option + " is needed";
    }

    /** Lines such as {@code kernel/drivers/gpu/drm/vgem/vgem.ko.xz: kernel/...}; a dash may stand for an underscore. */
    private boolean lists(String file, String module) {
        String wanted = "/" + module.replace('-', '_') + ".ko";
        try {
            return Files.readAllLines(folder.resolve(file)).stream()
                    .map(line -> line.indexOf(':') < 0 ? line : line.substring(0, line.indexOf(':')))
                    .anyMatch(line -> line.replace('-', '_').contains(wanted));
        } catch (IOException unreadable) {
            return false;
        }
    }
}
