package io.github.dmabuf4j.cli.litmus;

import io.github.dmabuf4j.buffer.AccessMode;
import io.github.dmabuf4j.buffer.AllocationRequest;
import io.github.dmabuf4j.buffer.CpuAccess;
import io.github.dmabuf4j.buffer.DmaAttachment;
import io.github.dmabuf4j.buffer.DmaBuf;
import io.github.dmabuf4j.buffer.DmaHeap;
import io.github.dmabuf4j.buffer.HeapStats;
import io.github.dmabuf4j.machine.Machine;
import io.github.dmabuf4j.machine.MachineConfig;
import io.github.dmabuf4j.machine.MachineDevice;
import io.github.dmabuf4j.machine.Port;
import io.github.dmabuf4j.memory.Caching;
import io.github.dmabuf4j.memory.DmaDirection;
import io.github.dmabuf4j.memory.DmaTable;
import io.github.dmabuf4j.memory.Pages;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Where an experiment takes place, once: a machine, a heap, and whether the mistake is made. */
final class Scene implements AutoCloseable {
    /** At one of so many steps the cache evicts, and fetches. */
    private static final int CHANCE = 32;

    private final Experiment experiment;
    private final TriedHeap kind;
    private final boolean cured;
    private final Port port;
    private final Machine machine;
    private final CountedMaintenance maintenance;
    private @Nullable DmaHeap heap;
    private final List<DmaBuf> buffers = new ArrayList<>();
    private Runnable whenJudged = () -> {};
    private int rightByte = -1;
    private int looks;

    /**
     * Sets the scene.
     *
     * @param experiment what will take place
     * @param kind on which heap
     * @param seed decides what happens by chance
     * @param coherent whether devices and uncached accesses look into the cache
     * @param cured whether the mistake is not made
     */
    Scene(Experiment experiment, TriedHeap kind, long seed, boolean coherent, boolean cured) {
        this.experiment = experiment;
        this.kind = kind;
        this.cured = cured;
        this.port = coherent ? Port.COHERENT : Port.NON_COHERENT;
        this.machine = new Machine(MachineConfig.small(seed)
                .withFrames(256)
                .withChances(CHANCE, CHANCE)
                .withSelfSnoop(coherent));
        var right = machine.maintenance();
        this.maintenance =
                new CountedMaintenance(cured ? right : experiment.broken().apply(this, right));
    }

    Machine machine() {
        return machine;
    }

    /**
     * Lets the experiment take place.
     *
     * @return the physical address of the first byte that is wrong, or {@link Experiment#RIGHT}
     */
    long run() throws IOException, InterruptedException {
        return experiment.trial().run(this);
    }

    /** Whether the program does it right. */
    boolean cured() {
        return cured;
    }

    CountedMaintenance maintenance() {
        return maintenance;
    }

    MachineDevice device(String name) {
        return machine.device(name, port);
    }

    /** A buffer of the heap, mapped as the experiment says; it ends with the scene at the latest. */
    DmaBuf buffer(long size) throws IOException {
        DmaHeap source = heap;
        if (source == null) {
            source = kind.builder().build(machine, maintenance);
            heap = source;
        }
        Caching caching = kind.mapped() ? experiment.caching() : Caching.CACHED;
        DmaBuf buffer = source.allocate(
                AllocationRequest.of(size).named(experiment.name()).with(caching));
        buffers.add(buffer);
        return buffer;
    }

    /** What the heap says of itself. */
    HeapStats stats() {
        return Objects.requireNonNull(heap, "no buffer was asked for").stats();
    }

    /** Gives a buffer back, and waits until the heap has zeroed it. */
    void giveBack(DmaBuf buffer) {
        buffer.close();
        if (heap != null) {
            heap.awaitIdle();
        }
    }

    /** Some bytes, none of them zero, that differ from tag to tag. */
    static byte[] pattern(int size, int tag) {
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++) {
            bytes[i] = (byte) (1 + (i * 7 + tag * 31) % 251);
        }
        return bytes;
    }

    /** Writes all of a buffer in a bracket. */
    static void write(DmaBuf buffer, byte[] bytes) {
        try (CpuAccess access = buffer.beginCpuAccess(AccessMode.WRITE)) {
            access.segment().copyFrom(MemorySegment.ofArray(bytes));
        }
    }

    /** Writes all of a buffer as its first owner would: the CPU, or a device where the CPU cannot. */
    void use(DmaBuf buffer, byte[] bytes) throws IOException, InterruptedException {
        if (kind.mapped()) {
            write(buffer, bytes);
        } else {
            Experiments.deviceWrites(device("decoder"), buffer, DmaDirection.FROM_DEVICE, bytes);
        }
    }

    /** Reads all of a buffer in a bracket. */
    static byte[] read(DmaBuf buffer) {
        try (CpuAccess access = buffer.beginCpuAccess(AccessMode.READ)) {
            return access.segment().toArray(ValueLayout.JAVA_BYTE);
        }
    }

    /**
     * Looks at all of a buffer, as its next user would: the CPU, or a device where the CPU cannot.
     *
     * @return the physical address of the first byte that is not as expected, or {@link Experiment#RIGHT}
     */
    long look(DmaBuf buffer, byte[] expected) throws IOException, InterruptedException {
        if (kind.mapped()) {
            machine.note("the CPU reads it");
            return firstWrong(buffer.pages(), read(buffer), expected);
        }
        return look(device("display"), buffer, expected);
    }

    /** The same, by a device. */
    long look(MachineDevice device, DmaBuf buffer, byte[] expected) throws IOException, InterruptedException {
        machine.note("the " + device.name() + " reads it");
        try (DmaAttachment attachment = buffer.attach(device)) {
            DmaTable table = attachment.map(DmaDirection.TO_DEVICE);
            // A device without an IOMMU: its addresses are physical ones. The first page is all there is.
            long address = table.address(0);
            int at = mismatch(device.read(table, 0, expected.length), expected);
            attachment.unmap(table, DmaDirection.TO_DEVICE);
            return at < 0 ? Experiment.RIGHT : address + at;
        }
    }

    /** What the first wrong byte should be; -1 if nothing is wrong. */
    int rightByte() {
        return rightByte;
    }

    /** How often the program has looked whether it is right, until it was wrong. */
    int looks() {
        return looks;
    }

    /** Has something done whenever the program looks whether it is right, until it is wrong. */
    void whenJudged(Runnable action) {
        whenJudged = action;
    }

    /** Where bytes first differ from what they should be, as a physical address. */
    long firstWrong(Pages pages, byte[] found, byte[] expected) {
        int at = mismatch(found, expected);
        return at < 0 ? Experiment.RIGHT : machine.physical(pages, at);
    }

    private int mismatch(byte[] found, byte[] expected) {
        if (rightByte < 0) {
            looks++;
            whenJudged.run();
        }
        int at = Arrays.mismatch(Arrays.copyOf(found, expected.length), expected);
        if (at >= 0) {
            rightByte = expected[at] & 0xff;
            machine.note("byte %d is %02x and should be %02x".formatted(at, found[at], expected[at]));
        }
        return at;
    }

    @Override
    public void close() {
        if (heap != null) {
            heap.close(); // first, so that it does not clean what nobody will have
        }
        buffers.forEach(DmaBuf::close);
    }
}
