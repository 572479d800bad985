package io.github.dmabuf4j.machine;

import io.github.dmabuf4j.machine.MachineEvent.Action;
import io.github.dmabuf4j.memory.Caching;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Memory, the cache before it, and the store buffers beside it: everything between the processors and the devices.
 *
 * <p>Each access of a line is a step of time, and begins with what the cache and the processors do on their own.
 */
final class MemorySystem {
    private static final String CACHE = "cache";
    /** A processor fetches from pages it used not long ago. */
    private static final int RECENT_FRAMES = 8;

    private final MachineConfig config;
    private final int lineSize;
    private final Chance chance;
    private final Cache cache;
    private final StoreBuffer[] buffers;
    private final PhysicalMemory memory;
    private final int[] recent = new int[RECENT_FRAMES];
    private int recentCount;
    private int lastUsed = -1;
    private long untilEviction;
    private long untilFetch;
    private final long[] counts = new long[Cost.values().length];
    private final String[] cpuNames;
    private long now;
    private @Nullable Consumer<MachineEvent> watcher;

    MemorySystem(MachineConfig config) {
        this.config = config;
        this.lineSize = config.lineSize();
        this.chance = new Chance(config.seed());
        this.untilEviction = chance.gap(config.evictOneIn());
        this.untilFetch = chance.gap(config.fetchOneIn());
        this.cache = new Cache(config);
        this.memory = new PhysicalMemory(config);
        this.buffers = new StoreBuffer[config.cpus()];
        this.cpuNames = new String[config.cpus()];
        for (int i = 0; i < buffers.length; i++) {
            buffers[i] = new StoreBuffer();
            cpuNames[i] = "CPU " + i;
        }
    }

    // --- what a processor does ---

    synchronized void load(int cpu, Caching caching, long address, byte[] into, int at, int length) {
        for (int done = 0; done < length; ) {
            int part = partOfLine(address + done, length - done);
            loadPart(cpu, caching, address + done, into, at + done, part);
            done += part;
        }
    }

    synchronized void store(int cpu, Caching caching, long address, byte[] from, int at, int length) {
        for (int done = 0; done < length; ) {
            int part = partOfLine(address + done, length - done);
            storePart(cpu, caching, address + done, from, at + done, part);
            done += part;
        }
    }

    private void loadPart(int cpu, Caching caching, long address, byte[] into, int at, int length) {
        step();
        use(address);
        if (caching == Caching.CACHED) {
            int place = present(cpu, address, true);
            System.arraycopy(cache.bytes(), cache.start(place) + inLine(address), into, at, length);
            count(Cost.HIT, words(length));
            tell(cpuNames[cpu], Action.LOAD, address, length);
            return;
        }
        StoreBuffer.Entry gathered = buffers[cpu].find(lineOf(address));
        if (gathered != null) {
            drain(cpu, gathered); // a processor sees its own stores
        }
        passCache(address);
        System.arraycopy(memory.at(address), memory.offset(address), into, at, length);
        count(Cost.UNCACHED_LOAD, words(length));
        tell(cpuNames[cpu], Action.UNCACHED_LOAD, address, length);
    }

    private void storePart(int cpu, Caching caching, long address, byte[] from, int at, int length) {
        step();
        use(address);
        switch (caching) {
            case CACHED -> {
                // A store of a whole line needs nothing of what was there before.
                int place = present(cpu, address, length < lineSize);
                System.arraycopy(from, at, cache.bytes(), cache.start(place) + inLine(address), length);
                cache.setDirty(place, true);
                count(Cost.HIT, words(length));
                tell(cpuNames[cpu], Action.STORE, address, length);
            }
            case UNCACHED -> {
                passCache(address);
                System.arraycopy(from, at, memory.at(address), memory.offset(address), length);
                count(Cost.UNCACHED_STORE, words(length));
                tell(cpuNames[cpu], Action.UNCACHED_STORE, address, length);
            }
            case WRITE_COMBINED -> {
                StoreBuffer own = buffers[cpu];
                StoreBuffer.Entry entry = own.find(lineOf(address));
                if (entry == null) {
                    if (own.isFull()) {
                        drain(cpu, own.takeAny(chance));
                    }
                    entry = own.begin(lineOf(address), lineSize);
                }
                System.arraycopy(from, at, entry.bytes, inLine(address), length);
                entry.stored.set(inLine(address), inLine(address) + length);
                count(Cost.COMBINED_STORE, words(length));
                tell(cpuNames[cpu], Action.COMBINED_STORE, address, length);
            }
        }
    }

    /** Finds the place of a line in the cache, or gives it one. */
    private int present(int cpu, long address, boolean fetch) {
        long line = lineOf(address);
        int place = cache.find(line);
        if (place < 0) {
            place = bringIn(line, fetch);
            if (fetch) {
                count(Cost.MISS, 1);
                tell(cpuNames[cpu], Action.FILL, line, lineSize);
            }
        }
        return place;
    }

    private int bringIn(long line, boolean fetch) {
        int place = cache.placeFor(line, chance);
        if (cache.isTaken(place)) {
            evict(place);
        }
        cache.take(place, line);
        if (fetch) {
            System.arraycopy(memory.at(line), memory.offset(line), cache.bytes(), cache.start(place), lineSize);
        }
        return place;
    }

    private void evict(int place) {
        long line = cache.line(place);
        boolean dirty = cache.isDirty(place);
        if (dirty) {
            writeBack(place);
        }
        cache.drop(place);
        tell(CACHE, dirty ? Action.EVICT_DIRTY : Action.EVICT_CLEAN, line, lineSize);
    }

    private void writeBack(int place) {
        long line = cache.line(place);
        System.arraycopy(cache.bytes(), cache.start(place), memory.at(line), memory.offset(line), lineSize);
        cache.setDirty(place, false);
        count(Cost.WRITE_BACK, 1);
    }

    /** An uncached access on a machine that looks into its own cache. */
    private void passCache(long address) {
        if (config.selfSnoop()) {
            snoop(address);
        }
    }

    /** Makes memory right and the line absent. */
    private void snoop(long address) {
        int place = cache.find(lineOf(address));
        if (place >= 0) {
            if (cache.isDirty(place)) {
                writeBack(place);
            }
            cache.drop(place);
            count(Cost.SNOOP, 1);
            tell(CACHE, Action.SNOOP, lineOf(address), lineSize);
        }
    }

    private void drain(int cpu, StoreBuffer.Entry entry) {
        buffers[cpu].remove(entry);
        passCache(entry.line);
        byte[] frame = memory.at(entry.line);
        int start = memory.offset(entry.line);
        entry.stored.stream().forEach(i -> frame[start + i] = entry.bytes[i]);
        count(Cost.DRAIN, 1);
        int first = entry.stored.nextSetBit(0);
        tell(cpuNames[cpu], Action.DRAIN, entry.line + first, entry.stored.cardinality());
    }

    // --- what maintenance does ---

    synchronized void clean(long address, int length) {
        long end = address + length;
        for (long line = lineOf(address); line < end; line += lineSize) {
            step();
            count(Cost.CLEAN, 1);
            int place = cache.find(line);
            if (place >= 0 && cache.isDirty(place)) {
                writeBack(place);
                tell("program", Action.CLEAN, line, lineSize);
            }
        }
    }

    synchronized void invalidate(long address, int length) {
        long end = address + length;
        for (long line = lineOf(address); line < end; line += lineSize) {
            step();
            count(Cost.INVALIDATE, 1);
            int place = cache.find(line);
            if (place >= 0) {
                cache.drop(place);
                tell("program", Action.INVALIDATE, line, lineSize);
            }
        }
    }

    /** One instruction for a line, which is as dear as cleaning it. */
    synchronized void flush(long address, int length) {
        long end = address + length;
        for (long line = lineOf(address); line < end; line += lineSize) {
            clean(line, 1);
            int place = cache.find(line);
            if (place >= 0) {
                cache.drop(place);
                tell("program", Action.INVALIDATE, line, lineSize);
            }
        }
    }

    synchronized void drainAll() {
        for (int cpu = 0; cpu < buffers.length; cpu++) {
            while (!buffers[cpu].isEmpty()) {
                drain(cpu, buffers[cpu].takeAny(chance));
            }
        }
    }

    // --- what a device does ---

    /** Adds memory of a device and says where it begins. */
    synchronized long addDeviceMemory(int size) {
        return memory.addDevice(size);
    }

    synchronized void dma(String device, Port port, boolean write, long address, byte[] data, int at, int length) {
        for (int done = 0; done < length; ) {
            int part = partOfLine(address + done, length - done);
            dmaPart(device, port, write, address + done, data, at + done, part);
            done += part;
        }
    }

    private void dmaPart(String device, Port port, boolean write, long address, byte[] data, int at, int length) {
        step();
        count(Cost.DMA, 1);
        if (!PhysicalMemory.isDevice(address) && port == Port.COHERENT) {
            drainAll();
            snoop(address);
        }
        byte[] target = memory.at(address);
        int start = memory.offset(address);
        if (write) {
            System.arraycopy(data, at, target, start, length);
        } else {
            System.arraycopy(target, start, data, at, length);
        }
        tell(device, write ? Action.DMA_WRITE : Action.DMA_READ, address, length);
    }

    // --- what happens on its own ---

    synchronized void step() {
        now++;
        if (--untilEviction == 0) {
            untilEviction = chance.gap(config.evictOneIn());
            int place = chance.below(cache.places());
            if (cache.isTaken(place)) {
                evict(place);
            }
            int cpu = chance.below(buffers.length);
            if (!buffers[cpu].isEmpty()) {
                drain(cpu, buffers[cpu].takeAny(chance));
            }
        }
        if (--untilFetch == 0) {
            untilFetch = chance.gap(config.fetchOneIn());
            if (recentCount > 0) {
                fetchAny();
            }
        }
    }

    private void fetchAny() {
        long frame = recent[chance.below(Math.min(recentCount, RECENT_FRAMES))];
        long line = frame * config.pageSize() + (long) chance.below(config.pageSize() / lineSize) * lineSize;
        if (cache.find(line) < 0) {
            bringIn(line, true);
            tell(CACHE, Action.SPECULATE, line, lineSize);
        }
    }

    private void use(long address) {
        int frame = memory.frame(address);
        if (frame == lastUsed) {
            return;
        }
        lastUsed = frame;
        for (int i = 0; i < RECENT_FRAMES && i < recentCount; i++) {
            if (recent[i] == frame) {
                return;
            }
        }
        recent[recentCount++ % RECENT_FRAMES] = frame;
    }

    // --- what can be seen from outside ---

    synchronized void watch(@Nullable Consumer<MachineEvent> next) {
        watcher = next;
    }

    synchronized void note(String text) {
        if (watcher != null) {
            watcher.accept(new MachineEvent(now, "program", Action.NOTE, -1, 0, LineState.ABSENT, -1, -1, text));
        }
    }

    private void tell(String actor, Action action, long address, int length) {
        if (watcher != null) {
            boolean outside = PhysicalMemory.isDevice(address);
            int cached = outside ? -1 : cachedByte(address);
            int stored = outside ? -1 : memory.at(address)[memory.offset(address)] & 0xff;
            watcher.accept(
                    new MachineEvent(now, actor, action, address, length, lineState(address), cached, stored, ""));
        }
    }

    synchronized LineState lineState(long address) {
        int place = cache.find(lineOf(address));
        return place < 0 ? LineState.ABSENT : cache.isDirty(place) ? LineState.DIRTY : LineState.CLEAN;
    }

    /** A byte as it is in the cache, or -1. */
    synchronized int cachedByte(long address) {
        int place = cache.find(lineOf(address));
        return place < 0 ? -1 : cache.bytes()[cache.start(place) + inLine(address)] & 0xff;
    }

    /** Bytes as they are in memory, without taking a step. */
    synchronized void peek(long address, byte[] into, int at, int length) {
        for (int done = 0; done < length; ) {
            int part = partOfLine(address + done, length - done);
            System.arraycopy(memory.at(address + done), memory.offset(address + done), into, at + done, part);
            done += part;
        }
    }

    @SuppressWarnings("EnumOrdinal") // counted at every access, so in an array
    synchronized long count(Cost cost) {
        return counts[cost.ordinal()];
    }

    synchronized long now() {
        return now;
    }

    synchronized void resetCounts() {
        Arrays.fill(counts, 0);
    }

    @SuppressWarnings("EnumOrdinal")
    private void count(Cost cost, int times) {
        counts[cost.ordinal()] += times;
    }

    private int inLine(long address) {
        return (int) (address & (lineSize - 1));
    }

    private long lineOf(long address) {
        return address & -lineSize;
    }

    private int partOfLine(long address, int length) {
        return Math.min(length, lineSize - inLine(address));
    }

    private static int words(int length) {
        return (length + 7) / 8;
    }
}
