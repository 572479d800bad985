package io.github.dmabuf4j.buffer;

import io.github.dmabuf4j.memory.DmaAddress;
import io.github.dmabuf4j.memory.DmaDevice;
import io.github.dmabuf4j.memory.DmaDirection;
import io.github.dmabuf4j.memory.DmaDomain;
import io.github.dmabuf4j.memory.DmaTable;
import io.github.dmabuf4j.memory.SgEntry;
import io.github.dmabuf4j.memory.SgTable;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A device behind an IOMMU that puts every buffer at an address of its own. It ignores its own limits. */
final class FakeDevice implements DmaDevice {
    final DmaDomain domain;
    final Map<DmaTable, DmaDirection> mapped = new ConcurrentHashMap<>();
    /** What {@link #map} throws next time. */
    volatile @Nullable IOException failure;

    long maxSegment = Long.MAX_VALUE;
    long boundary;
    private final String name;
    private final boolean coherent;
    private long next = 0x10_0000;

    FakeDevice(String name, boolean coherent) {
        this.name = name;
        this.coherent = coherent;
        this.domain = new DmaDomain(name);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public DmaDomain domain() {
        return domain;
    }

    @Override
    public boolean coherent() {
        return coherent;
    }

    @Override
    public long maxSegment() {
        return maxSegment;
    }

    @Override
    public long boundary() {
        return boundary;
    }

    @Override
    public synchronized DmaTable map(SgTable table, DmaDirection direction) throws IOException {
        IOException refused = failure;
        if (refused != null) {
            failure = null;
            throw refused;
        }
        DmaTable.Builder builder = DmaTable.builder(domain, Long.MAX_VALUE, 0);
        for (int i = 0; i < table.entries(); i++) {
            switch (table.entry(i)) {
                case SgEntry.Memory memory -> {
                    builder.add(new DmaAddress(domain, next), memory.length());
                    next += memory.length();
                }
                // Peer to peer: the other device's memory is in a window of its own.
                case SgEntry.Resource bare ->
                    builder.add(
                            new DmaAddress(
                                    domain, 0xF_0000_0000L + bare.address().value()),
                            bare.length());
            }
        }
        next += 0x1_0000;
        DmaTable mapping = builder.build();
        mapped.put(mapping, direction);
        return mapping;
    }

    @Override
    public void unmap(DmaTable table, DmaDirection direction) {
        if (!mapped.remove(table, direction)) {
            throw new IllegalArgumentException(table + " is not mapped " + direction + " for " + name);
        }
    }
}
