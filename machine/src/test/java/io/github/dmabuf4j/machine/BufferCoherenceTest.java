package io.github.dmabuf4j.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dmabuf4j.buffer.AccessMode;
import io.github.dmabuf4j.buffer.AccessScope;
import io.github.dmabuf4j.buffer.AllocationRequest;
import io.github.dmabuf4j.buffer.CarveoutHeap;
import io.github.dmabuf4j.buffer.ChunkHeap;
import io.github.dmabuf4j.buffer.CmaHeap;
import io.github.dmabuf4j.buffer.CpuAccess;
import io.github.dmabuf4j.buffer.DmaAttachment;
import io.github.dmabuf4j.buffer.DmaBuf;
import io.github.dmabuf4j.buffer.DmaHeap;
import io.github.dmabuf4j.buffer.HeapLimits;
import io.github.dmabuf4j.buffer.SystemContigHeap;
import io.github.dmabuf4j.buffer.SystemHeap;
import io.github.dmabuf4j.memory.CacheMaintenance;
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
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Processors and devices use one buffer in turns, by seed, as the rules of brackets and mappings allow; a plain array
 * says what each must find.
 */
@Timeout(60)
class BufferCoherenceTest {
    private static final int SEEDS = 25;
    private static final int STEPS = 120;
    private static final int PAGE = 4096;
    /** One run of 16 pages and three of a page, joined. */
    private static final int SIZE = 19 * PAGE;

    /** Heaps whose buffers lie in memory in different ways. */
    private enum Source {
        SYSTEM,
        SYSTEM_CONTIG,
        CARVEOUT,
        CHUNK,
        CMA;

        DmaHeap heap(Machine machine, CacheMaintenance maintenance) throws IOException {
            MachineBacking backing = machine.backing();
            HeapLimits limits = HeapLimits.DEFAULT;
            return switch (this) {
                case SYSTEM -> new SystemHeap(backing, limits, maintenance);
                case SYSTEM_CONTIG -> new SystemContigHeap(backing, limits, maintenance);
                case CARVEOUT -> new CarveoutHeap("carveout", backing, 40L * PAGE, limits, maintenance);
                case CHUNK -> new ChunkHeap("chunk", backing, 40L * PAGE, 2L * PAGE, limits, maintenance);
                case CMA -> new CmaHeap("cma", backing, 40L * PAGE, limits, maintenance);
            };
        }
    }

    private record Mapping(DmaAttachment attachment, DmaTable table, DmaDirection direction) {}

    /** One run of everything; answers how many bytes were wrong, at the first read that was. */
    private static final class Run {
        private final Random random;
        private final Machine machine;
        private final DmaBuf buffer;
        private final List<DmaAttachment> attachments = new ArrayList<>();
        private final List<Mapping> mappings = new ArrayList<>();
        private final byte[] expected = new byte[SIZE];
        private int wrong;

        Run(long seed, Machine machine, DmaBuf buffer) throws Exception {
            this.random = new Random(seed);
            this.machine = machine;
            this.buffer = buffer;
            attachments.add(buffer.attach(machine.device("camera", Port.NON_COHERENT)));
            attachments.add(buffer.attach(machine.translatedDevice("display", Port.NON_COHERENT)));
            attachments.add(buffer.attach(machine.device("encoder", Port.COHERENT)));
        }

        int wrongBytes() throws Exception {
            for (int step = 0; step < STEPS && wrong == 0; step++) {
                switch (random.nextInt(8)) {
                    case 0 -> map();
                    case 1 -> unmap();
                    case 2, 3 -> deviceWrites();
                    case 4 -> deviceReads();
                    case 5 -> bracket(AccessMode.READ);
                    case 6 -> bracket(random.nextBoolean() ? AccessMode.WRITE : AccessMode.READ_WRITE);
                    default -> machine.run(random.nextInt(200));
                }
            }
            while (!mappings.isEmpty()) {
                unmap();
            }
            bracket(AccessMode.READ);
            attachments.forEach(DmaAttachment::close);
            return wrong;
        }

        private void map() throws Exception {
            DmaAttachment attachment = attachments.get(random.nextInt(attachments.size()));
            DmaDirection direction = DmaDirection.values()[random.nextInt(3)];
            mappings.add(new Mapping(attachment, attachment.map(direction), direction));
        }

        private void unmap() {
            if (!mappings.isEmpty()) {
                Mapping mapping = mappings.remove(random.nextInt(mappings.size()));
                mapping.attachment().unmap(mapping.table(), mapping.direction());
            }
        }

        private void deviceWrites() {
            for (Mapping mapping : mappings) {
                if (mapping.direction().deviceWrites() && random.nextInt(3) == 0) {
                    int from = random.nextInt(SIZE);
                    byte[] bytes = new byte[1 + random.nextInt(Math.min(300, SIZE - from))];
                    random.nextBytes(bytes);
                    device(mapping).write(mapping.table(), from, bytes);
                    System.arraycopy(bytes, 0, expected, from, bytes.length);
                    return;
                }
            }
        }

        private void deviceReads() {
            for (Mapping mapping : mappings) {
                if (mapping.direction().deviceReads()) {
                    int from = random.nextInt(SIZE);
                    int length = 1 + random.nextInt(Math.min(300, SIZE - from));
                    compare(device(mapping).read(mapping.table(), from, length), from);
                }
            }
        }

        private static MachineDevice device(Mapping mapping) {
            return (MachineDevice) mapping.attachment().device();
        }

        /** An access of a part, or of all; one that writes may have another one inside. */
        private void bracket(AccessMode mode) {
            boolean whole = random.nextBoolean();
            int from = whole ? 0 : random.nextInt(SIZE);
            int length = whole ? SIZE : 1 + random.nextInt(SIZE - from);
            try (CpuAccess access = buffer.beginCpuAccess(mode, AccessScope.CONFINED, from, length)) {
                MemorySegment view = access.segment();
                if (mode != AccessMode.WRITE) {
                    compare(view.toArray(ValueLayout.JAVA_BYTE), from);
                }
                if (mode.writes()) {
                    for (int i = random.nextInt(40); i > 0; i--) {
                        int at = random.nextInt(length);
                        byte value = (byte) random.nextInt();
                        view.set(ValueLayout.JAVA_BYTE, at, value);
                        expected[from + at] = value;
                    }
                }
            }
        }

        private void compare(byte[] found, int from) {
            byte[] wanted = Arrays.copyOfRange(expected, from, from + found.length);
            for (int i = 0; i < found.length; i++) {
                wrong += found[i] == wanted[i] ? 0 : 1;
            }
        }
    }

    private static int wrongBytes(Source source, long seed, Caching caching, boolean maintained) throws Exception {
        Machine machine = new Machine(MachineConfig.small(seed).withFrames(64));
        CacheMaintenance maintenance = maintained ? machine.maintenance() : CacheMaintenance.COHERENT;
        // What memory held before it was given out.
        Pages earlier = machine.backing().give(64L * PAGE, "earlier");
        byte[] secret = new byte[PAGE];
        Arrays.fill(secret, (byte) 0x5e);
        for (int page = 0; page < 64; page++) {
            machine.cpu(0).store(earlier, (long) page * PAGE, secret);
        }
        earlier.close();
        try (DmaHeap heap = source.heap(machine, maintenance);
                DmaBuf buffer = heap.allocate(AllocationRequest.of(SIZE).with(caching))) {
            return new Run(seed, machine, buffer).wrongBytes();
        }
    }

    @ParameterizedTest
    @EnumSource(Caching.class)
    void everybodyFindsWhatWasWrittenLast(Caching caching) throws Exception {
        for (Source source : Source.values()) {
            for (long seed = 1; seed <= SEEDS; seed++) {
                assertThat(wrongBytes(source, seed, caching, true))
                        .as("wrong bytes in memory of the heap %s, seed %d", source, seed)
                        .isZero();
            }
        }
    }

    @Test
    void withoutMaintenanceItShows() throws Exception {
        for (Caching caching : Caching.values()) {
            int broken = 0;
            for (long seed = 1; seed <= 20; seed++) {
                broken += wrongBytes(Source.SYSTEM, seed, caching, false) == 0 ? 0 : 1;
            }
            assertThat(broken).as("runs that found wrong bytes, %s", caching).isGreaterThan(5);
        }
    }
}
