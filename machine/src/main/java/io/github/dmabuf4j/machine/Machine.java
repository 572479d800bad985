package io.github.dmabuf4j.machine;

import io.github.dmabuf4j.memory.CacheMaintenance;
import io.github.dmabuf4j.memory.Caching;
import io.github.dmabuf4j.memory.DmaDomain;
import io.github.dmabuf4j.memory.Pages;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A simulated machine. The package says what it simulates.
 *
 * <pre>{@code
 * Machine machine = new Machine(MachineConfig.small(seed));
 * MachineDevice camera = machine.device("camera", Port.NON_COHERENT);
 * Pages pages = machine.backing().give(4096, "frame");
 * machine.cpu(0).store(pages, 0, (byte) 1);
 * machine.run(100); // the seed decides whether the store has reached memory after this
 * }</pre>
 *
 * <p>All methods may be called from any thread.
 */
public final class Machine {
    final MemorySystem system;
    final FrameAllocator frames;
    /** The addresses that memory has for devices without an IOMMU. */
    final DmaDomain bus = new DmaDomain("bus");

    private final MachineConfig config;
    private final MachineBacking backing = new MachineBacking(this);
    private final MachineMaintenance maintenance = new MachineMaintenance(this);
    private final List<Cpu> cpus = new ArrayList<>();
    /** Where the memory of devices begins on the bus. */
    private final Map<DmaDomain, Long> deviceMemory = new ConcurrentHashMap<>();

    private final Thread builder = Thread.currentThread();

    /**
     * Builds a machine.
     *
     * @param config what it is like
     */
    public Machine(MachineConfig config) {
        this.config = config;
        this.system = new MemorySystem(config);
        this.frames = new FrameAllocator(config.frames(), config.pageSize());
        for (int i = 0; i < config.cpus(); i++) {
            cpus.add(new Cpu(this, i));
        }
    }

    /**
     * What the machine is like.
     *
     * @return what it was built from
     */
    public MachineConfig config() {
        return config;
    }

    /**
     * The machine's memory, for heaps.
     *
     * @return the backing, always the same
     */
    public MachineBacking backing() {
        return backing;
    }

    /**
     * What this machine needs done so that its cache and devices with {@linkplain Port#NON_COHERENT non-coherent} ports
     * agree.
     *
     * @return the maintenance, always the same
     */
    public CacheMaintenance maintenance() {
        return maintenance;
    }

    /**
     * A processor.
     *
     * @param number which, from 0
     * @return the processor
     * @throws IndexOutOfBoundsException if there is none
     */
    public Cpu cpu(int number) {
        return cpus.get(number);
    }

    /**
     * Adds a device that uses the addresses of the bus, which reach all of memory.
     *
     * @param name its name for people
     * @param port how it reaches memory
     * @return the device
     */
    public MachineDevice device(String name, Port port) {
        return new MachineDevice(this, name, port, bus, null);
    }

    /**
     * Adds a device behind an IOMMU, which reaches what is mapped for it and nothing else.
     *
     * @param name its name for people
     * @param port how it reaches memory
     * @return the device
     */
    public MachineDevice translatedDevice(String name, Port port) {
        DmaDomain domain = new DmaDomain(name);
        return new MachineDevice(this, name, port, domain, new AddressSpace(domain, config.pageSize()));
    }

    /**
     * Maps pages in another way beside the one they have: what a kernel's mapping of all memory is to every page. Valid
     * as long as the pages; closing it gives nothing back.
     *
     * @param pages memory of this machine
     * @param caching how it shall be mapped
     * @return the same memory
     * @throws IllegalArgumentException if the pages are not memory of this machine
     */
    public Pages alias(Pages pages, Caching caching) {
        return MachinePages.of(this, pages).alias(caching);
    }

    /**
     * Lets time pass in which nobody does anything but the cache and the processors on their own.
     *
     * @param steps how long
     */
    public void run(int steps) {
        for (int i = 0; i < steps; i++) {
            system.step();
        }
    }

    /**
     * How much time has passed.
     *
     * @return steps
     */
    public long now() {
        return system.now();
    }

    /**
     * Says to the watcher what the program is up to.
     *
     * @param text a remark
     */
    public void note(String text) {
        system.note(text);
    }

    /**
     * Has everything told that happens to lines.
     *
     * @param watcher is called at each event, holding the machine's lock; null for nobody
     */
    public void watch(@Nullable Consumer<MachineEvent> watcher) {
        system.watch(watcher);
    }

    /**
     * What the cache knows about a byte's line. Takes no time.
     *
     * @param pages memory of this machine
     * @param offset where in it, in bytes
     * @return the state of the line
     */
    public LineState lineState(Pages pages, long offset) {
        return system.lineState(physical(pages, offset));
    }

    /**
     * A byte as it is in the cache. Takes no time.
     *
     * @param pages memory of this machine
     * @param offset where in it, in bytes
     * @return the byte, from 0 to 255; -1 if its line is not in the cache
     */
    public int cached(Pages pages, long offset) {
        return system.cachedByte(physical(pages, offset));
    }

    /**
     * Bytes as they are in memory, whatever the cache has. Takes no time.
     *
     * @param pages memory of this machine
     * @param offset where in it, in bytes
     * @param length how many
     * @return the bytes
     */
    public byte[] memory(Pages pages, long offset, int length) {
        byte[] bytes = new byte[length];
        MachinePages.of(this, pages).walk(offset, length, (at, part, done) -> system.peek(at, bytes, done, part));
        return bytes;
    }

    /**
     * What the cache knows about a byte's line. Takes no time.
     *
     * @param address a physical address
     * @return the state of the line
     */
    public LineState lineState(long address) {
        return system.lineState(address);
    }

    /**
     * A byte as it is in the cache. Takes no time.
     *
     * @param address its physical address
     * @return the byte, from 0 to 255; -1 if its line is not in the cache
     */
    public int cached(long address) {
        return system.cachedByte(address);
    }

    /**
     * A byte as it is in memory, whatever the cache has. Takes no time.
     *
     * @param address its physical address
     * @return the byte, from 0 to 255
     */
    public int memory(long address) {
        byte[] one = new byte[1];
        system.peek(address, one, 0, 1);
        return one[0] & 0xff;
    }

    /**
     * Where a byte is in memory.
     *
     * @param pages memory of this machine
     * @param offset where in it, in bytes
     * @return the physical address
     */
    public long physical(Pages pages, long offset) {
        return MachinePages.of(this, pages).physical(offset);
    }

    /**
     * How many pages are not in use.
     *
     * @return pages
     */
    public int freePages() {
        return frames.free();
    }

    /**
     * How often something happened since {@link #resetCosts()}.
     *
     * @param cost what
     * @return how often
     */
    public long count(Cost cost) {
        return system.count(cost);
    }

    /**
     * What everything cost the processors since {@link #resetCosts()}.
     *
     * @return cycles
     */
    public long cycles() {
        long sum = 0;
        for (Cost cost : Cost.values()) {
            sum += system.count(cost) * cost.cycles();
        }
        return sum;
    }

    /** Counts from zero again. */
    public void resetCosts() {
        system.resetCounts();
    }

    void addDeviceMemory(DmaDomain domain, int size) {
        deviceMemory.put(domain, system.addDeviceMemory(size));
    }

    /** Where a device's memory begins on the bus; -1 for what is not memory of a device here. */
    long deviceMemory(DmaDomain domain) {
        return deviceMemory.getOrDefault(domain, -1L);
    }

    int pageSize() {
        return config.pageSize();
    }

    /** The processor that the calling thread runs on. */
    int here() {
        return Thread.currentThread() == builder ? 0 : config.cpus() - 1;
    }
}
