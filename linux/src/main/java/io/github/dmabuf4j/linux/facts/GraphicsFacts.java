package io.github.dmabuf4j.linux.facts;

import io.github.dmabuf4j.linux.LinuxFacts.Fact;
import io.github.dmabuf4j.linux.SystemCallException;
import io.github.dmabuf4j.linux.drm.DrmCapability;
import io.github.dmabuf4j.linux.drm.DrmDevice;
import io.github.dmabuf4j.linux.ioctl.DrmUapi;
import io.github.dmabuf4j.linux.ioctl.Ioctl;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a graphics device is and can. */
final class GraphicsFacts {
    private static final Path CLASS = Path.of("/sys/class/drm");
    private static final Ioctl<Boolean> SET_CLIENT_CAP =
            Ioctl.of("DRM_IOCTL_SET_CLIENT_CAP", DrmUapi.DRM_IOCTL_SET_CLIENT_CAP, DrmUapi.SET_CLIENT_CAP);

    private GraphicsFacts() {}

    static Fact look(String name, Path node) throws IOException {
        if (!NodeFiles.isUsable(node)) {
            return new Fact(name, false, NodeFiles.advice(node));
        }
        try (DrmDevice device = DrmDevice.open(node)) {
            DrmDevice.Version version = device.version();
            List<String> can = new ArrayList<>();
            buffers(device, can);
            fences(device, can);
            String file = node.getFileName().toString();
            if (file.startsWith("card")) {
                screens(device, connectors(CLASS, file), can);
            }
            return new Fact(
                    name,
                    true,
                    version.name() + " " + version.major() + "." + version.minor() + "." + version.patch() + ": "
                            + (can.isEmpty() ? "nothing for buffers" : String.join(", ", can)));
        }
    }

    private static void buffers(DrmDevice device, List<String> can) {
        long prime = device.capability(DrmCapability.PRIME);
        boolean in = (prime & DrmUapi.DRM_PRIME_CAP_IMPORT) != 0;
        boolean out = (prime & DrmUapi.DRM_PRIME_CAP_EXPORT) != 0;
        if (in || out) {
            can.add("PRIME " + (in && out ? "in and out" : in ? "in" : "out"));
        }
        if (device.capability(DrmCapability.DUMB_BUFFER) != 0) {
            can.add("dumb buffers");
        }
        if (device.capability(DrmCapability.MODIFIERS) != 0) {
            can.add("modifiers");
        }
    }

    private static void fences(DrmDevice device, List<String> can) {
        if (device.capability(DrmCapability.SYNCOBJ_TIMELINE) != 0) {
            can.add("syncobj with timelines");
        } else if (device.capability(DrmCapability.SYNCOBJ) != 0) {
            can.add("syncobj without timelines");
        }
    }

    private static void screens(DrmDevice device, List<String> connectors, List<String> can) {
        if (connectors.isEmpty()) {
            return;
        }
        can.add(isAtomic(device) ? "atomic" : "not atomic");
        can.add("screens " + String.join(" ", connectors));
    }

    private static boolean isAtomic(DrmDevice device) {
        try {
            return SET_CLIENT_CAP.call(
                    device.fd(),
                    "",
                    (argument, _) -> argument.setLong("capability", DrmUapi.DRM_CLIENT_CAP_ATOMIC)
                            .setLong("value", 1));
        } catch (SystemCallException refused) {
            return false;
        }
    }

    /** The connectors of a card by their folders {@code card0-HDMI-A-1}, those for writing back among them. */
    static List<String> connectors(Path drm, String card) {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(drm, card + "-*")) {
            for (Path folder : folders) {
                String name = folder.getFileName().toString().substring(card.length() + 1);
                String status = NodeFiles.text(folder.resolve("status")).strip();
                names.add(name.startsWith("Writeback") || status.isEmpty() ? name : name + " (" + status + ")");
            }
        } catch (IOException | DirectoryIteratorException unreadable) {
            return List.of();
        }
        names.sort(null);
        return names;
    }
}
