package io.github.dmabuf4j.buffer;

import io.github.dmabuf4j.memory.CacheMaintenance;
import io.github.dmabuf4j.memory.Caching;
import io.github.dmabuf4j.memory.DmaDevice;
import io.github.dmabuf4j.memory.DmaDirection;
import io.github.dmabuf4j.memory.Pages;
import io.github.dmabuf4j.memory.SgEntry;
import io.github.dmabuf4j.memory.SgTable;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Keeps memory and caches in agreement while devices have a buffer mapped.
 *
 * <p>Maintenance is done once for a buffer, not once for each device: it is the same memory. On a buffer that no device
 * has mapped, or only devices that look into the caches, {@link #areNeeded()} is one load, and that is all.
 */
final class MappedCaches {
    private final DmaExporter exporter;
    /** False on platforms where nothing is ever to be done. */
    private final boolean possible;
    /** Whether stores gather beside the caches. */
    private final boolean combined;
    /** Mappings that need maintenance, and those of them whose device writes. */
    private final AtomicInteger mapped = new AtomicInteger();

    private final AtomicInteger written = new AtomicInteger();

    MappedCaches(DmaExporter exporter) {
        this.exporter = exporter;
        this.possible = !exporter.maintenance().equals(CacheMaintenance.COHERENT);
        this.combined = possible && caching() == Caching.WRITE_COMBINED;
    }

    /** Whether a bracket of CPU access has anything to do when it begins. */
    boolean areNeeded() {
        return possible && mapped.get() != 0;
    }

    /** Whether a bracket of CPU access has anything to do when it ends. */
    boolean areNeededAfter(AccessMode mode) {
        if (!possible || !mode.writes()) {
            return false;
        }
        if (combined) {
            // For the next bracket as well, which may be another processor's.
            return true;
        }
        // What was written must be in the caches before it is asked whether a device has the buffer: or a mapping that
        // begins at this moment would clean before, and this bracket not at all.
        VarHandle.fullFence();
        return mapped.get() != 0;
    }

    /** Whether anything must be done for a device that maps the buffer. */
    boolean areNeededBy(DmaDevice device) {
        if (!possible) {
            return false;
        }
        return switch (caching()) {
            case CACHED -> !device.coherent();
            // A coherent device looks into caches, but not into the buffer that gathers stores.
            case WRITE_COMBINED -> true;
            case UNCACHED -> false;
        };
    }

    /** A device begins: it must find what the CPU wrote, and no line may be written back over what it writes. */
    void map(DmaDirection direction) {
        // Counted first: a bracket that ends from now on does its part.
        mapped.incrementAndGet();
        if (direction.deviceWrites()) {
            written.incrementAndGet();
        }
        try {
            begin(direction);
        } catch (Throwable failed) {
            forget(direction);
            throw failed;
        }
    }

    private void begin(DmaDirection direction) {
        CacheMaintenance maintenance = exporter.maintenance();
        if (caching() == Caching.WRITE_COMBINED) {
            maintenance.drain();
            return;
        }
        if (direction.deviceWrites()) {
            forEachPiece(0, exporter.size(), maintenance::flush);
        } else {
            forEachPiece(0, exporter.size(), maintenance::clean);
        }
    }

    /** A device has ended: the CPU must not see what it loaded, by itself perhaps, while the device wrote. */
    void unmap(DmaDirection direction) {
        try {
            if (direction.deviceWrites()) {
                drop(0, exporter.size());
            }
        } finally {
            forget(direction);
        }
    }

    private void forget(DmaDirection direction) {
        if (direction.deviceWrites()) {
            written.decrementAndGet();
        }
        mapped.decrementAndGet();
    }

    /** The CPU begins. */
    void beginCpuAccess(long offset, long length) {
        // Whatever the CPU will do: a line that it writes in part must not bring back the rest of what was there.
        if (written.get() != 0) {
            drop(offset, length);
        }
    }

    /** The CPU has written. */
    void endCpuAccess(long offset, long length) {
        CacheMaintenance maintenance = exporter.maintenance();
        switch (caching()) {
            case CACHED -> forEachPiece(offset, length, maintenance::clean);
            case WRITE_COMBINED -> maintenance.drain();
            case UNCACHED -> {}
        }
    }

    private void drop(long offset, long length) {
        if (caching() != Caching.CACHED) {
            return;
        }
        // Brackets may overlap. What another one has written by now must not be lost; outside of brackets no line is
        // dirty, and this writes nothing.
        forEachPiece(offset, length, exporter.maintenance()::flush);
    }

    /** Uncached if the CPU never reaches the memory: then no line of it is in a cache. */
    private Caching caching() {
        Pages pages = exporter.pages();
        return pages == null ? Caching.UNCACHED : pages.caching();
    }

    private interface PieceAction {
        void apply(Pages pages, long offset, long length);
    }

    private void forEachPiece(long offset, long length, PieceAction action) {
        SgTable table = exporter.table();
        long end = offset + length;
        long position = 0;
        for (int i = 0; i < table.entries() && position < end; i++) {
            long next = position + table.length(i);
            if (next > offset && table.entry(i) instanceof SgEntry.Memory memory) {
                long from = Math.max(offset, position);
                long part = Math.min(end, next) - from;
                action.apply(memory.pages(), memory.offset() + (from - position), part);
            }
            position = next;
        }
    }
}
