package io.github.dmabuf4j.buffer;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/** The devices that are attached to a buffer, and how often its storage is pinned. */
final class Attachments {
    private static final Logger LOG = System.getLogger(DmaBuf.class.getName());

    private final DmaExporter exporter;
    private final List<AttachedDevice> attached = new CopyOnWriteArrayList<>();
    /** Changed with the reservation locked. */
    private volatile int pins;

    Attachments(DmaExporter exporter) {
        this.exporter = exporter;
    }

    void add(AttachedDevice device) {
        attached.add(device);
    }

    void remove(AttachedDevice device) {
        attached.remove(device);
    }

    /** As of now, in the order in which they came. */
    List<AttachedDevice> list() {
        return attached;
    }

    /** With the reservation locked. */
    void pin() throws IOException {
        int before = pins;
        if (before == 0) {
            exporter.pin();
        }
        pins = before + 1;
    }

    /** With the reservation locked. */
    void unpin() {
        int left = pins - 1;
        pins = left;
        if (left == 0) {
            exporter.unpin();
        }
    }

    boolean isPinned() {
        return pins > 0;
    }

    /** The names of those who pin the storage. */
    String pinners() {
        return attached.stream()
                .filter(AttachedDevice::isPinning)
                .map(AttachedDevice::toString)
                .collect(Collectors.joining(", "));
    }

    /** With the reservation locked. */
    void invalidate() {
        for (AttachedDevice device : attached) {
            DmaAttachment attachment = device.attachment();
            if (attachment == null) {
                continue;
            }
            try {
                attachment.invalidate();
            } catch (RuntimeException failed) {
                // The others must be told all the same.
                LOG.log(Level.ERROR, device + " failed while it was told to give its mappings up", failed);
            }
        }
    }
}
