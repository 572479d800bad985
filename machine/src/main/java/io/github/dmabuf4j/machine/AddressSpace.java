package io.github.dmabuf4j.machine;

import io.github.dmabuf4j.memory.DmaAddress;
import io.github.dmabuf4j.memory.DmaDirection;
import io.github.dmabuf4j.memory.DmaDomain;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** What an IOMMU does for one device: addresses of its own, page by page, for what is mapped and nothing else. */
final class AddressSpace {
    /** A device with 32 bits; the lowest pages stay free, so that address 0 always faults. */
    private static final long FIRST_PAGE = 16;

    private final DmaDomain domain;
    private final int pageSize;
    private final long endPage;
    private final Map<Long, Entry> entries = new HashMap<>();
    /** Where each range begins, and where it ends. */
    private final TreeMap<Long, Long> ranges = new TreeMap<>();

    /** One page. */
    private record Entry(long target, DmaDirection direction) {}

    AddressSpace(DmaDomain domain, int pageSize) {
        this.domain = domain;
        this.pageSize = pageSize;
        this.endPage = (1L << 32) / pageSize;
    }

    /** Maps pages one after the other and returns the first address. */
    synchronized long map(long[] targets, DmaDirection direction) throws IOException {
        long first = FIRST_PAGE;
        for (Map.Entry<Long, Long> range : ranges.entrySet()) {
            if (range.getKey() - first >= targets.length) {
                break;
            }
            first = range.getValue();
        }
        if (targets.length > endPage - first) {
            throw new IOException("the " + domain + " has no " + targets.length + " pages in a row left");
        }
        ranges.put(first, first + targets.length);
        for (int i = 0; i < targets.length; i++) {
            entries.put(first + i, new Entry(targets[i], direction));
        }
        return first * pageSize;
    }

    synchronized void unmap(long address) {
        long first = address / pageSize;
        Long end = ranges.remove(first);
        for (long page = first; end != null && page < end; page++) {
            entries.remove(page);
        }
    }

    /** Where an address leads. */
    synchronized long translate(String device, long address, boolean write) {
        Entry entry = entries.get(address / pageSize);
        if (entry == null) {
            throw new DeviceFaultException(device, new DmaAddress(domain, address), write, "nothing is mapped there");
        }
        if (write ? !entry.direction.deviceWrites() : !entry.direction.deviceReads()) {
            throw new DeviceFaultException(
                    device, new DmaAddress(domain, address), write, "it is mapped " + entry.direction);
        }
        return entry.target + address % pageSize;
    }
}
