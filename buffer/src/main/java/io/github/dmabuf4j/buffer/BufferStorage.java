package io.github.dmabuf4j.buffer;

import io.github.dmabuf4j.memory.BareAddressException;
import io.github.dmabuf4j.memory.Pages;
import io.github.dmabuf4j.memory.SgEntry;
import io.github.dmabuf4j.memory.SgTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What the handles of one buffer share. It lives as long as it has holders: handles, leases, attachments.
 */
final class BufferStorage {
    /** What a handle counts among the holders: one holder in the low half, one handle in the high half. */
    static final long HANDLE = (1L << 32) + 1;
    /** What every other holder counts. */
    static final long OTHER = 1;

    private static final AtomicLong LAST_ID = new AtomicLong();

    final long id = LAST_ID.incrementAndGet();
    final DmaExporter exporter;
    final long size;
    final String exporterName;
    final DmaResv resv = new DmaResv();
    final MappedCaches caches;
    final Attachments attachments;
    volatile String name = "";
    volatile boolean shared;

    /** Starts with the first handle; never rises again from zero. */
    private final AtomicLong holders = new AtomicLong(HANDLE);

    private final @Nullable Throwable place = Hold.place("buffer");
    /** Every hold that is open; null unless they are traced. */
    private final @Nullable Set<Hold> traced = Hold.TRACED ? ConcurrentHashMap.newKeySet() : null;

    /** Long-lived views that are open; changed with this object locked. */
    private volatile int views;

    BufferStorage(DmaExporter exporter) {
        this.exporter = exporter;
        this.size = exporter.size();
        this.exporterName = exporter.name();
        this.caches = new MappedCaches(exporter);
        this.attachments = new Attachments(exporter);
    }

    /** What the CPU leases. */
    Pages pages() {
        Pages pages = exporter.pages();
        if (pages == null) {
            throw unreachable();
        }
        return pages;
    }

    private UnsupportedOperationException unreachable() {
        SgTable table = exporter.table();
        for (int i = 0; i < table.entries(); i++) {
            if (table.entry(i) instanceof SgEntry.Resource bare) {
                return new BareAddressException(bare);
            }
        }
        return new ProtectedMemoryException(toString());
    }

    /** Refuses a lease that is not possible, before anything is done. */
    void checkLease(AccessMode mode, long offset, long length) {
        if (mode.writes() && !pages().writable()) {
            throw new IllegalArgumentException(this + " is read-only here: ask for READ, not " + mode);
        }
        if (offset < 0 || length <= 0 || length > size - offset) {
            throw new IllegalArgumentException("there are no " + length + " bytes at " + offset + " in " + this);
        }
    }

    /** Adds a holder. False: the storage is gone. */
    boolean hold(long kind) {
        long before = holders.get();
        while (before != 0) {
            long witness = holders.compareAndExchange(before, before + kind);
            if (witness == before) {
                return true;
            }
            before = witness;
        }
        return false;
    }

    /** Removes a holder; the last one gives the storage back. */
    void drop(long kind) {
        if (holders.addAndGet(-kind) == 0) {
            BufferRegistry.remove(this);
            exporter.release(shared);
        }
    }

    /** Locks the reservation unless this thread has it locked. True: it must be unlocked. */
    boolean lockUnlessHeld() {
        if (resv.mutex().isHeldByCurrentThread()) {
            return false;
        }
        resv.lock();
        return true;
    }

    void unlock(boolean locked) {
        if (locked) {
            resv.unlock();
        }
    }

    synchronized void openView() {
        if (views == 0) {
            exporter.vmap();
        }
        views++;
    }

    synchronized void closeView() {
        views--;
        if (views == 0) {
            exporter.vunmap();
        }
    }

    void opened(Hold hold) {
        if (traced != null) {
            traced.add(hold);
        }
    }

    void ended(Hold hold) {
        if (traced != null) {
            traced.remove(hold);
        }
    }

    /** Who keeps the storage alive, as of now. */
    List<Keeper> keepers() {
        List<Keeper> keepers = new ArrayList<>();
        if (traced != null) {
            for (Hold hold : traced) {
                // Attachments know more of themselves.
                if (hold.kind != Keeper.Kind.ATTACHMENT) {
                    keepers.add(new Keeper(hold.kind, 1, "", hold.place));
                }
            }
        } else {
            countHolders(keepers);
        }
        for (AttachedDevice device : attachments.list()) {
            device.describe(keepers);
        }
        return keepers;
    }

    private void countHolders(List<Keeper> keepers) {
        long all = holders.get();
        int handles = (int) (all >>> 32);
        int open = views;
        // The counts are read one after the other, and may be of different moments.
        int accesses = (int) all - handles - open - attachments.list().size();
        addCount(keepers, Keeper.Kind.HANDLE, handles);
        addCount(keepers, Keeper.Kind.CPU_ACCESS, accesses);
        addCount(keepers, Keeper.Kind.RAW_VIEW, open);
    }

    private static void addCount(List<Keeper> keepers, Keeper.Kind kind, int count) {
        if (count > 0) {
            keepers.add(new Keeper(kind, count, "", null));
        }
    }

    BufferInfo info() {
        List<String> devices =
                attachments.list().stream().map(AttachedDevice::name).toList();
        return new BufferInfo(
                id, name, exporterName, exporter.owner(), size, shared, keepers(), devices, resv.describe(), place);
    }

    @Override
    public String toString() {
        String label = name;
        return "buffer " + id + (label.isEmpty() ? "" : " \"" + label + "\"") + " of " + size + " bytes from "
                + exporterName;
    }
}
