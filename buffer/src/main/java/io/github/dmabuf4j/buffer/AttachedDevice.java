package io.github.dmabuf4j.buffer;

import io.github.dmabuf4j.memory.DmaDevice;
import io.github.dmabuf4j.memory.DmaDirection;
import io.github.dmabuf4j.memory.DmaTable;
import io.github.dmabuf4j.memory.Pages;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What a buffer knows of an attachment. It refers to the attachment itself only weakly, so that one that nobody closed
 * is found by the garbage collector.
 *
 * <p>All changes are made with the reservation locked, by this class unless the caller has it.
 */
final class AttachedDevice {
    private static final Logger LOG = System.getLogger(DmaBuf.class.getName());

    /**
     * A mapping.
     *
     * @param table what the exporter returned, and wants back
     * @param maintained whether caches are maintained for it
     * @param place where it was made, when that is traced
     */
    record Mapping(
            DmaTable table,
            DmaDirection direction,
            boolean maintained,
            @Nullable Throwable place) {}

    final DmaImporter importer;
    private final BufferStorage storage;
    /** By the table that the importer has; tables are equal only to themselves. */
    private final Map<DmaTable, Mapping> mappings = new ConcurrentHashMap<>();

    private final @Nullable Throwable place = Hold.place("attachment");

    private volatile int pins;
    private volatile boolean detached;
    private volatile @Nullable WeakReference<DmaAttachment> attachment;

    AttachedDevice(BufferStorage storage, DmaImporter importer) {
        this.storage = storage;
        this.importer = importer;
    }

    void belongsTo(DmaAttachment owner) {
        attachment = new WeakReference<>(owner);
    }

    @Nullable DmaAttachment attachment() {
        WeakReference<DmaAttachment> reference = attachment;
        return reference == null ? null : reference.get();
    }

    DmaTable map(DmaDirection direction) throws IOException, InterruptedException {
        boolean locked = storage.lockUnlessHeld();
        try {
            checkAttached();
            checkWritable(direction);
            if (importer.dynamic()) {
                return mapInPlace(direction);
            }
            storage.attachments.pin();
            try {
                return mapInPlace(direction);
            } catch (Throwable failed) {
                storage.attachments.unpin();
                throw failed;
            }
        } finally {
            storage.unlock(locked);
        }
    }

    private void checkWritable(DmaDirection direction) {
        Pages pages = storage.exporter.pages();
        if (direction.deviceWrites() && pages != null && !pages.writable()) {
            throw new IllegalArgumentException(
                    storage + " is read-only here: map it TO_DEVICE, not " + direction + ", for " + name());
        }
    }

    private DmaTable mapInPlace(DmaDirection direction) throws IOException, InterruptedException {
        DmaTable table = storage.exporter.map(importer, direction);
        try {
            if (!importer.dynamic()) {
                awaitExporter();
            }
            DmaTable own = withinLimits(table);
            boolean maintained = storage.caches.areNeededBy(importer.device());
            if (maintained) {
                storage.caches.map(direction);
            }
            mappings.put(own, new Mapping(table, direction, maintained, Hold.place("mapping")));
            return own;
        } catch (Throwable failed) {
            storage.exporter.unmap(importer, table, direction);
            throw failed;
        }
    }

    /** Waits until the exporter has brought the storage where it is now. */
    private void awaitExporter() throws InterruptedException {
        ResvCursor cursor = storage.resv.cursor(FenceUsage.KERNEL);
        while (cursor.next()) {
            cursor.fence().await();
        }
    }

    /** The table in segments that the device takes; never one that the importer has already. */
    private DmaTable withinLimits(DmaTable table) {
        DmaDevice device = importer.device();
        long longest = device.maxSegment();
        long boundary = device.boundary();
        boolean fits = !mappings.containsKey(table);
        for (int i = 0; fits && i < table.segments(); i++) {
            long first = table.address(i);
            long last = first + (table.length(i) - 1);
            fits = table.length(i) <= longest && (boundary == 0 || ((first ^ last) & -boundary) == 0);
        }
        return fits ? table : table.within(longest, boundary);
    }

    void unmap(DmaTable table, DmaDirection direction) {
        boolean locked = storage.lockUnlessHeld();
        try {
            checkAttached();
            Mapping mapping = mappings.get(table);
            if (mapping == null) {
                throw new IllegalArgumentException(
                        "this " + table + " is no mapping of " + storage + " for " + name() + ", or was unmapped");
            }
            if (mapping.direction() != direction) {
                throw new IllegalArgumentException("this table of " + storage + " is mapped " + mapping.direction()
                        + " for " + name() + ": unmap it with the same direction, not " + direction);
            }
            end(table, mapping);
        } finally {
            storage.unlock(locked);
        }
    }

    private void end(DmaTable own, Mapping mapping) {
        mappings.remove(own);
        try {
            storage.exporter.unmap(importer, mapping.table(), mapping.direction());
        } finally {
            try {
                if (mapping.maintained()) {
                    storage.caches.unmap(mapping.direction());
                }
            } finally {
                if (!importer.dynamic()) {
                    storage.attachments.unpin();
                }
            }
        }
    }

    void pin() throws IOException {
        checkDynamic();
        boolean locked = storage.lockUnlessHeld();
        try {
            checkAttached();
            storage.attachments.pin();
            int before = pins;
            pins = before + 1;
        } finally {
            storage.unlock(locked);
        }
    }

    void unpin() {
        checkDynamic();
        boolean locked = storage.lockUnlessHeld();
        try {
            checkAttached();
            int before = pins;
            if (before == 0) {
                throw new IllegalStateException(name() + " has not pinned " + storage + ", or unpinned it before");
            }
            pins = before - 1;
            storage.attachments.unpin();
        } finally {
            storage.unlock(locked);
        }
    }

    private void checkDynamic() {
        if (!importer.dynamic()) {
            throw new IllegalStateException("mappings of a static importer pin by themselves: attach " + name()
                    + " with callbacks if it shall pin " + storage);
        }
    }

    private void checkAttached() {
        if (detached) {
            throw new BufferClosedException("the attachment of " + name() + " to " + storage + " is closed");
        }
    }

    /** Ends everything. What the importer should have ended before is reported. */
    void detach() {
        boolean locked = storage.lockUnlessHeld();
        try {
            detached = true;
            mappings.forEach(this::endLeft);
            for (int i = pins; i > 0; i--) {
                storage.attachments.unpin();
            }
            pins = 0;
        } finally {
            storage.attachments.remove(this);
            storage.unlock(locked);
        }
        storage.exporter.detach(importer);
    }

    private void endLeft(DmaTable own, Mapping mapping) {
        Hold.LEAKS.incrementAndGet();
        LOG.log(
                Level.WARNING,
                "a mapping " + mapping.direction() + " of " + storage + " for " + name()
                        + " was not unmapped before its attachment ended; it is unmapped now",
                mapping.place());
        try {
            end(own, mapping);
        } catch (RuntimeException failed) {
            LOG.log(Level.ERROR, "unmapping " + storage + " for " + name() + " failed", failed);
        }
    }

    /** Adds the attachment, its mappings and its pins to those who keep the storage. */
    void describe(List<Keeper> keepers) {
        keepers.add(new Keeper(Keeper.Kind.ATTACHMENT, 1, name(), place));
        for (Mapping mapping : mappings.values()) {
            keepers.add(new Keeper(Keeper.Kind.MAPPING, 1, mapping.direction() + " for " + name(), mapping.place()));
        }
        int pinned = pins;
        if (pinned > 0) {
            keepers.add(new Keeper(Keeper.Kind.PIN, pinned, name(), null));
        }
    }

    int mappings() {
        return mappings.size();
    }

    boolean isPinning() {
        return pins > 0 || (!importer.dynamic() && !mappings.isEmpty());
    }

    String name() {
        return importer.device().name();
    }

    @Override
    public String toString() {
        return "the attachment of " + name();
    }
}
