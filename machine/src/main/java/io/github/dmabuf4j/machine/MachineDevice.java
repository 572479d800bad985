package io.github.dmabuf4j.machine;

import io.github.dmabuf4j.memory.BareAddressException;
import io.github.dmabuf4j.memory.DmaAddress;
import io.github.dmabuf4j.memory.DmaDevice;
import io.github.dmabuf4j.memory.DmaDirection;
import io.github.dmabuf4j.memory.DmaDomain;
import io.github.dmabuf4j.memory.DmaTable;
import io.github.dmabuf4j.memory.SgEntry;
import io.github.dmabuf4j.memory.SgTable;
import java.io.IOException;
import java.util.Arrays;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A device of a {@link Machine}: it reads and writes memory by the addresses that a mapping gave it, line by line.
 *
 * <p>All methods may be called from any thread.
 */
public final class MachineDevice implements DmaDevice {
    private final Machine machine;
    private final String name;
    private final Port port;
    private final DmaDomain domain;
    private final @Nullable AddressSpace space;
    private final DmaDomain memoryDomain;
    // Guarded by this:
    private final IdentityHashMap<DmaTable, DmaDirection> mapped = new IdentityHashMap<>();
    private boolean reachesPeers;
    private int memorySize;

    MachineDevice(Machine machine, String name, Port port, DmaDomain domain, @Nullable AddressSpace space) {
        this.machine = machine;
        this.name = name;
        this.port = port;
        this.domain = domain;
        this.space = space;
        this.memoryDomain = new DmaDomain("memory of the " + name);
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
    public boolean owns(DmaDomain memory) {
        return memory == memoryDomain;
    }

    @Override
    public boolean coherent() {
        return port == Port.COHERENT;
    }

    /**
     * Lets the device reach memory of other devices directly.
     *
     * @return this device
     */
    public synchronized MachineDevice reachPeers() {
        reachesPeers = true;
        return this;
    }

    /**
     * Gives the device memory of its own. It has addresses, but no pages: no processor can reach it.
     *
     * @param size how much, in bytes
     * @return all of it, for scatter tables
     * @throws IllegalStateException if it has some already
     */
    public synchronized SgEntry.Resource addMemory(int size) {
        if (memorySize > 0) {
            throw new IllegalStateException(name + " has memory of its own already");
        }
        memorySize = size;
        machine.addDeviceMemory(memoryDomain, size);
        return new SgEntry.Resource(new DmaAddress(memoryDomain, 0), size);
    }

    @Override
    public DmaTable map(SgTable table, DmaDirection direction) throws IOException {
        DmaTable.Builder segments = DmaTable.builder(domain, maxSegment(), boundary());
        long[] targets = new long[0];
        int entries = table.entries();
        long[] skips = new long[entries];
        int[] firsts = new int[entries];
        for (int i = 0; i < entries; i++) {
            SgEntry entry = table.entry(i);
            long[] pages = pages(entry);
            skips[i] = pages[0] % machine.pageSize();
            firsts[i] = targets.length;
            if (space == null) {
                addDirect(segments, pages, entry.length());
            } else {
                pages[0] -= skips[i];
                targets = append(targets, pages);
            }
        }
        if (space != null) {
            long base = space.map(targets, direction);
            for (int i = 0; i < entries; i++) {
                long address = base + (long) firsts[i] * machine.pageSize() + skips[i];
                segments.add(new DmaAddress(domain, address), table.length(i));
            }
        }
        DmaTable made = segments.build();
        synchronized (this) {
            mapped.put(made, direction);
        }
        return made;
    }

    /** Where an entry lies on the bus: its first byte, then where each of its further pages begins. */
    private long[] pages(SgEntry entry) {
        int pageSize = machine.pageSize();
        return switch (entry) {
            case SgEntry.Memory memory -> {
                MachinePages run = MachinePages.of(machine, memory.pages());
                long skip = run.physical(memory.offset()) % pageSize;
                int count = (int) ((skip + memory.length() + pageSize - 1) / pageSize);
                long[] starts = new long[count];
                run.walk(
                        memory.offset(),
                        memory.length(),
                        (at, part, done) -> starts[(int) ((done + skip) / pageSize)] = at);
                yield starts;
            }
            case SgEntry.Resource resource -> {
                long base = machine.deviceMemory(resource.address().domain());
                if (base < 0 || !(owns(resource.address().domain()) || reachesPeers())) {
                    throw new BareAddressException(
                            "the " + name + " cannot reach the " + resource.length() + " bytes at "
                                    + resource.address() + ": let their own device copy them into memory, or choose one"
                                    + " that reaches its peers");
                }
                long start = base + resource.address().value();
                int count = (int) ((start % pageSize + resource.length() + pageSize - 1) / pageSize);
                long[] starts = new long[count];
                for (int i = 0; i < count; i++) {
                    starts[i] = i == 0 ? start : (start / pageSize + i) * pageSize;
                }
                yield starts;
            }
        };
    }

    private void addDirect(DmaTable.Builder segments, long[] pages, long length) {
        long left = length;
        for (long page : pages) {
            long part = Math.min(left, machine.pageSize() - page % machine.pageSize());
            segments.add(new DmaAddress(domain, page), part);
            left -= part;
        }
    }

    private static long[] append(long[] all, long[] more) {
        long[] longer = Arrays.copyOf(all, all.length + more.length);
        System.arraycopy(more, 0, longer, all.length, more.length);
        return longer;
    }

    private synchronized boolean reachesPeers() {
        return reachesPeers;
    }

    @Override
    public void unmap(DmaTable table, DmaDirection direction) {
        synchronized (this) {
            DmaDirection was = mapped.get(table);
            if (was == null) {
                throw new IllegalArgumentException(table + " is not mapped for the " + name);
            }
            if (was != direction) {
                throw new IllegalArgumentException(
                        table + " was mapped " + was + " and must be unmapped so, not " + direction);
            }
            mapped.remove(table);
        }
        if (space != null) {
            space.unmap(table.address(0));
        }
    }

    /**
     * How many mappings the device has.
     *
     * @return mappings that were not taken away yet
     */
    public synchronized int mappings() {
        return mapped.size();
    }

    /**
     * Reads, as the device would.
     *
     * @param table what {@link #map} returned
     * @param offset where in it, in bytes
     * @param length how many bytes
     * @return the bytes
     * @throws DeviceFaultException if they are not mapped to be read
     * @throws IndexOutOfBoundsException if the range is not inside the table
     */
    public byte[] read(DmaTable table, long offset, int length) {
        byte[] bytes = new byte[length];
        access(table, offset, bytes, false);
        return bytes;
    }

    /**
     * Writes, as the device would.
     *
     * @param table what {@link #map} returned
     * @param offset where in it, in bytes
     * @param bytes what to write
     * @throws DeviceFaultException if the range is not mapped to be written
     * @throws IndexOutOfBoundsException if the range is not inside the table
     */
    public void write(DmaTable table, long offset, byte... bytes) {
        access(table, offset, bytes, true);
    }

    private void access(DmaTable table, long offset, byte[] bytes, boolean write) {
        if (table.domain() != domain) {
            throw new IllegalArgumentException(table + " means nothing to the " + name);
        }
        if (offset < 0 || bytes.length > table.size() - offset) {
            throw new IndexOutOfBoundsException(
                    "there are no " + bytes.length + " bytes at " + offset + " in " + table);
        }
        int done = 0;
        long segmentStart = 0;
        for (int i = 0; i < table.segments() && done < bytes.length; i++) {
            long from = offset + done - segmentStart;
            while (from < table.length(i) && done < bytes.length) {
                long address = table.address(i) + from;
                int part = (int) Math.min(
                        Math.min(bytes.length - done, table.length(i) - from),
                        machine.pageSize() - address % machine.pageSize());
                long target = space == null ? address : space.translate(name, address, write);
                machine.system.dma(name, port, write, target, bytes, done, part);
                done += part;
                from += part;
            }
            segmentStart += table.length(i);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
