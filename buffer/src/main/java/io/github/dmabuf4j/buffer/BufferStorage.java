package io.github.dmabuf4j.buffer;

import io.github.dmabuf4j.memory.BareAddressException;
import io.github.dmabuf4j.memory.Pages;
import io.github.dmabuf4j.memory.SgEntry;
import io.github.dmabuf4j.memory.SgTable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * What the handles of one buffer share. It lives as long as it has holders: handles, leases, attachments.
 */
final class BufferStorage {
    private static final AtomicLong LAST_ID = new AtomicLong();
    /** Buffers whose storage is not released, in this JVM. */
    static final LongAdder LIVE = new LongAdder();

    final long id = LAST_ID.incrementAndGet();
    final DmaExporter exporter;
    final long size;
    final String exporterName;
    final DmaResv resv = new DmaResv();
    volatile String name = "";
    volatile boolean shared;

    /** Starts at one, for the first handle; never rises again from zero. */
    private final AtomicInteger holders = new AtomicInteger(1);

    BufferStorage(DmaExporter exporter) {
        this.exporter = exporter;
        this.size = exporter.size();
        this.exporterName = exporter.name();
        LIVE.increment();
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

    /** Adds a holder. False: the storage is gone. */
    boolean hold() {
        int before = holders.get();
        while (before > 0) {
            int witness = holders.compareAndExchange(before, before + 1);
            if (witness == before) {
                return true;
            }
            before = witness;
        }
        return false;
    }

    /** Removes a holder; the last one gives the pages back. */
    void drop() {
        if (holders.decrementAndGet() == 0) {
            LIVE.decrement();
            exporter.release(shared);
        }
    }

    int holders() {
        return holders.get();
    }

    @Override
    public String toString() {
        String label = name;
        return "buffer " + id + (label.isEmpty() ? "" : " \"" + label + "\"") + " of " + size + " bytes from "
                + exporterName;
    }
}
