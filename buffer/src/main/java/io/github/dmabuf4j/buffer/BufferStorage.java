package io.github.dmabuf4j.buffer;

import io.github.dmabuf4j.memory.Pages;
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
    final Pages pages;
    final long size;
    final String exporterName;
    final DmaResv resv = new DmaResv();
    volatile String name = "";
    volatile boolean shared;

    private final PageRelease release;
    /** Starts at one, for the first handle; never rises again from zero. */
    private final AtomicInteger holders = new AtomicInteger(1);

    BufferStorage(Pages pages, String exporterName, PageRelease release) {
        this.pages = pages;
        this.size = pages.size();
        this.exporterName = exporterName;
        this.release = release;
        LIVE.increment();
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
            release.release(pages, shared);
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
