package io.github.dmabuf4j.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class SgTableTest {
    private static final long P = 4096;
    private static final long MAX = 0xFFFF_F000L;

    private final Pages ram = give(64);

    private static Pages give(int pages) {
        try {
            return new ArenaBacking().give(pages * P, "ram");
        } catch (IOException full) {
            throw new AssertionError(full);
        }
    }

    private static long[] numbers(String list) {
        return Arrays.stream(list.trim().split(" ")).mapToLong(Long::parseLong).toArray();
    }

    /** The kernel's tools/testing/scatterlist/main.c: page numbers, size, longest segment in pages, entries. */
    @ParameterizedTest
    @CsvSource({
        "0, 4096, 4097, 1",
        "0, 4096, 4294963200, 1",
        "0, 1, 4294963200, 1",
        "0 1, 8192, 4294963200, 1",
        "1 0, 8192, 4294963200, 2",
        "0 1 2, 12288, 4294963200, 1",
        "0 1 2 | 3 4 5, 12288, 4294963200, 1",
        "0 1 2 | 4 5 6, 12288, 4294963200, 2",
        "0 2 1, 12288, 4294963200, 3",
        "0 1 3, 12288, 4294963200, 2",
        "1 2 4, 12288, 4294963200, 2",
        "1 3 4, 12288, 4294963200, 2",
        "0 1 3 4, 16384, 4294963200, 2",
        "0 1 3 4 5, 20480, 4294963200, 2",
        "0 1 3 4 6, 20480, 4294963200, 3",
        "0 1 2 3 4, 20480, 4294963200, 1",
        "0 1 2 3 4, 20480, 8192, 3",
        "0 1 2 3 4 5, 24576, 8192, 3",
        "0 2 3 4 5 6, 24576, 8192, 4",
        "0 1 3 4 5 6 | 7 8 9 10 11 12, 24576, 49152, 2",
    })
    void scatterlist(String calls, long size, long maxSegment, int entries) {
        SgTable.Builder builder = SgTable.builder(maxSegment, P);
        long total = 0;
        for (String call : calls.split("\\|")) {
            builder.addPages(ram, numbers(call), 0, size);
            total += size;
        }
        SgTable table = builder.build();
        assertThat(table.entries()).isEqualTo(entries);
        assertThat(table.size()).isEqualTo(total);
    }

    @Test
    void scatterlistWithoutRoomForAPage() {
        assertThatIllegalArgumentException().isThrownBy(() -> SgTable.builder(0, P));
        assertThatIllegalArgumentException().isThrownBy(() -> SgTable.builder(P - 1, P));
        assertThatIllegalArgumentException().isThrownBy(() -> SgTable.builder(P, P - 1));
    }

    @Test
    void badPagesAreRefusedAndNothingIsAdded() {
        SgTable.Builder builder = SgTable.builder(MAX, P);
        assertThatIllegalStateException().isThrownBy(builder::build);
        assertThatIllegalArgumentException().isThrownBy(() -> builder.addPages(ram, numbers("0"), 0, P + 1));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.addPages(ram, numbers("0"), 1, P));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.addPages(ram, numbers("0"), 0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.addPages(ram, numbers("0"), P, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.addPages(ram, numbers("0 64"), 0, P));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.addPages(ram, numbers("-1"), 0, P));
        assertThatIllegalStateException().isThrownBy(builder::build);
        builder.addPages(ram, numbers("5 6"), 100, P);
        assertThatIllegalArgumentException().isThrownBy(() -> builder.addPages(ram, numbers("7"), 1, 1));
        SgTable table = builder.build();
        assertThat(table.entry(0)).isEqualTo(new SgEntry.Memory(ram, 5 * P + 100, P));
        assertThatIllegalArgumentException().isThrownBy(() -> new SgEntry.Memory(ram, 64 * P - 1, 2));
        assertThatIllegalArgumentException().isThrownBy(() -> new SgEntry.Memory(ram, Long.MAX_VALUE, 2));
        assertThatIllegalArgumentException().isThrownBy(() -> new SgEntry.Memory(ram, 0, 0));
    }

    @Test
    void aBuilderGoesOnAndItsTablesStay() {
        SgTable.Builder builder = SgTable.builder(MAX, P).addPages(ram, numbers("3"), 0, P);
        SgTable first = builder.build();
        SgTable second = builder.addPages(ram, numbers("4 9"), 0, 2 * P).build();
        assertThat(first.entries()).isOne();
        assertThat(first.size()).isEqualTo(P);
        assertThat(second.entries()).isEqualTo(2);
        assertThat(second.entry(0)).isEqualTo(new SgEntry.Memory(ram, 3 * P, 2 * P));
    }

    @Test
    void bareAddressesAreKeptApartAndNeverTouched() {
        DmaDomain card = new DmaDomain("card");
        DmaAddress bar = new DmaAddress(card, 0x1000);
        SgTable table = SgTable.builder(MAX, P)
                .addPages(ram, numbers("0"), 0, P)
                .add(new SgEntry.Resource(bar, P))
                .add(new SgEntry.Resource(bar.plus(P), P))
                .add(new SgEntry.Resource(new DmaAddress(new DmaDomain("card"), 0x3000), P))
                .build();
        assertThat(table.entries()).isEqualTo(3);
        assertThat(table.entry(1)).isEqualTo(new SgEntry.Resource(bar, 2 * P));
        MemorySegment four = MemorySegment.ofArray(new byte[(int) (4 * P)]);
        MemorySegment one = four.asSlice(0, P);
        one.fill((byte) 9);
        assertThat(table.copyFrom(one, 0)).as("the part with pages").isEqualTo(P);
        assertThatExceptionOfType(BareAddressException.class)
                .isThrownBy(() -> table.copyTo(four, 0))
                .withMessageContaining("0x1000 in the DMA domain card");
        assertThatExceptionOfType(BareAddressException.class).isThrownBy(() -> table.zero(0, P + 1));
        assertThatExceptionOfType(BareAddressException.class).isThrownBy(() -> table.copyFrom(one, 2 * P));
        List<Long> visited = new ArrayList<>();
        assertThatExceptionOfType(BareAddressException.class)
                .isThrownBy(() -> table.forEachPage(P, (pages, offset, length) -> visited.add(offset)));
        assertThat(visited).isEmpty();
        assertThat(ram.lease(Arena.global(), false).get(ValueLayout.JAVA_BYTE, P - 1))
                .as("nothing was zeroed")
                .isEqualTo((byte) 9);
    }

    @Test
    void addressesDoNotWrapAround() {
        DmaDomain card = new DmaDomain("card");
        DmaAddress last = new DmaAddress(card, -P);
        assertThatIllegalArgumentException().isThrownBy(() -> last.plus(P));
        assertThatIllegalArgumentException().isThrownBy(() -> last.plus(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> new SgEntry.Resource(last, P + 1));
        SgTable table = SgTable.builder(MAX, P)
                .add(new SgEntry.Resource(last, P))
                .add(new SgEntry.Resource(new DmaAddress(card, 0), P))
                .build();
        assertThat(table.entries()).isEqualTo(2);
        DmaTable.Builder builder = DmaTable.builder(card, MAX, 0);
        assertThatIllegalArgumentException().isThrownBy(() -> builder.add(last, P + 1));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.add(last, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.add(new DmaAddress(new DmaDomain("card"), 0), P));
        assertThatIllegalStateException().isThrownBy(builder::build);
        assertThat(builder.add(last, P).add(new DmaAddress(card, 0), P).build().segments())
                .isEqualTo(2);
        assertThatIllegalArgumentException().isThrownBy(() -> DmaTable.builder(card, 0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> DmaTable.builder(card, 1, 3));
        assertThatIllegalArgumentException().isThrownBy(() -> DmaTable.builder(card, 1, -1));
    }

    @Test
    void randomTablesAgreeWithAFlatArray() {
        long first = new Random().nextLong();
        for (long seed = first; seed < first + 150; seed++) {
            compareWithFlatArray(new Random(seed), "seed " + seed);
        }
    }

    private static void compareWithFlatArray(Random random, String where) {
        List<Pages> runs = List.of(give(16), give(16));
        runs.forEach(run -> fillRandomly(run, random));
        long maxSegment = (1 + random.nextInt(5)) * P + random.nextInt(2) * 7;
        SgTable.Builder builder = SgTable.builder(maxSegment, P);
        List<Byte> flat = new ArrayList<>();
        int calls = 1 + random.nextInt(4);
        for (int call = 0; call < calls; call++) {
            Pages run = runs.get(random.nextInt(2));
            int start = random.nextInt(8);
            int count = 1 + random.nextInt(6);
            boolean scattered = random.nextBoolean();
            long[] numbers = new long[count];
            for (int i = 0; i < count; i++) {
                // Pages of one table are different, as a buffer's are; calls may overlap, which only reading sees.
                numbers[i] = scattered ? (start + 5L * i) % 16 : start + i;
            }
            long skip = call == 0 ? random.nextInt((int) P) : 0;
            long bytes = count * P - skip - (call == calls - 1 ? random.nextInt((int) (P - skip)) : 0);
            builder.addPages(run, numbers, skip, bytes);
            MemorySegment all = run.lease(Arena.global(), false);
            for (long i = skip; i < skip + bytes; i++) {
                flat.add(all.get(ValueLayout.JAVA_BYTE, numbers[(int) (i / P)] * P + i % P));
            }
        }
        SgTable table = builder.build();
        byte[] expected = new byte[flat.size()];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = flat.get(i);
        }
        assertThat(table.size()).as(where).isEqualTo(expected.length);
        checkEntries(table, maxSegment, where);

        long skip = random.nextInt(expected.length + 10);
        byte[] got = new byte[random.nextInt(expected.length + 10)];
        long copied = table.copyTo(MemorySegment.ofArray(got), skip);
        long available = Math.max(0, Math.min(got.length, expected.length - skip));
        assertThat(copied).as(where).isEqualTo(available);
        for (int i = 0; i < got.length; i++) {
            assertThat(got[i]).as(where).isEqualTo(i < available ? expected[(int) skip + i] : 0);
        }
        assertThat(table.zero(skip, got.length)).as(where).isEqualTo(available);
        byte[] zeros = new byte[(int) available];
        assertThat(table.copyTo(MemorySegment.ofArray(zeros), skip)).as(where).isEqualTo(available);
        assertThat(zeros).as(where).isEqualTo(new byte[(int) available]);
    }

    private static void checkEntries(SgTable table, long maxSegment, String where) {
        long visited = 0;
        long[] pages = new long[1];
        for (int i = 0; i < table.entries(); i++) {
            SgEntry.Memory entry = (SgEntry.Memory) table.entry(i);
            assertThat(entry.length()).as(where).isLessThanOrEqualTo(maxSegment & -P);
            visited += entry.length();
            assertThat(table.entriesFor(visited)).as(where).isEqualTo(i + 1);
            assertThat(table.entriesFor(visited - entry.length() + 1)).as(where).isEqualTo(i + 1);
            if (i > 0 && table.entry(i - 1) instanceof SgEntry.Memory before && before.pages() == entry.pages()) {
                boolean neighbours = before.offset() + before.length() == entry.offset();
                assertThat(neighbours && before.length() < (maxSegment & -P))
                        .as("neighbours are one entry, " + where)
                        .isFalse();
            }
        }
        table.forEachPage(P, (run, offset, length) -> {
            assertThat(length).as(where).isPositive();
            assertThat(offset / P).as(where).isEqualTo((offset + length - 1) / P);
            pages[0] += length;
        });
        assertThat(pages[0]).as(where).isEqualTo(table.size()).isEqualTo(visited);
        assertThat(table.entriesFor(0)).isZero();
        assertThatIllegalArgumentException().isThrownBy(() -> table.entriesFor(table.size() + 1));
        assertThatIllegalArgumentException().isThrownBy(() -> table.zero(-1, 1));
    }

    private static void fillRandomly(Pages run, Random random) {
        byte[] bytes = new byte[(int) run.size()];
        random.nextBytes(bytes);
        run.lease(Arena.global(), true).copyFrom(MemorySegment.ofArray(bytes));
    }

    @Test
    void whatIsCopiedInComesOut() {
        SgTable table = SgTable.builder(2 * P, P)
                .addPages(ram, numbers("9 3 4 5 1"), 10, 4 * P)
                .build();
        byte[] source = new byte[(int) (3 * P)];
        new Random(1).nextBytes(source);
        assertThat(table.copyFrom(MemorySegment.ofArray(source), 777)).isEqualTo(3 * P);
        byte[] back = new byte[(int) (3 * P)];
        assertThat(table.copyTo(MemorySegment.ofArray(back), 777)).isEqualTo(3 * P);
        assertThat(back).isEqualTo(source);
        assertThat(table.copyFrom(MemorySegment.ofArray(source), 4 * P)).isZero();
        assertThat(table.copyFrom(MemorySegment.ofArray(source), 4 * P - 5)).isEqualTo(5);
    }

    @Test
    void randomDmaTablesKeepTheirLimits() {
        long first = new Random().nextLong();
        for (long seed = first; seed < first + 300; seed++) {
            checkDmaTable(new Random(seed), "seed " + seed);
        }
    }

    private static void checkDmaTable(Random random, String where) {
        DmaDomain domain = new DmaDomain("device");
        long maxSegment = 1 + random.nextInt(20_000);
        long boundary = random.nextInt(3) == 0 ? 0 : 1L << random.nextInt(16);
        DmaTable.Builder builder = DmaTable.builder(domain, Long.MAX_VALUE, 0);
        List<long[]> ranges = new ArrayList<>();
        long at = random.nextInt(100_000);
        for (int i = 0; i < 1 + random.nextInt(6); i++) {
            long length = 1 + random.nextInt(30_000);
            builder.add(new DmaAddress(domain, at), length);
            ranges.add(new long[] {at, length});
            at = random.nextBoolean() ? at + length : at + length + 1 + random.nextInt(5000);
        }
        DmaTable merged = builder.build();
        DmaTable limited = merged.within(maxSegment, boundary);
        assertThat(limited.size()).as(where).isEqualTo(merged.size());
        assertThat(limited.domain()).isSameAs(domain);
        for (int i = 0; i < limited.segments(); i++) {
            long start = limited.address(i);
            long end = start + limited.length(i) - 1;
            assertThat(limited.length(i)).as(where).isBetween(1L, maxSegment);
            if (boundary > 0) {
                assertThat(start / boundary).as(where).isEqualTo(end / boundary);
            }
            if (i > 0 && limited.address(i - 1) + limited.length(i - 1) == start) {
                boolean full = limited.length(i - 1) == maxSegment;
                boolean atBoundary = boundary > 0 && start % boundary == 0;
                assertThat(full || atBoundary)
                        .as("cut only where it must be, " + where)
                        .isTrue();
            }
        }
        // Cutting and merging leaves the bytes where they were, in order.
        assertThat(addresses(limited)).as(where).isEqualTo(addresses(merged));
        long whole = 0;
        for (long[] range : ranges) {
            whole += range[1];
        }
        assertThat(merged.size()).as(where).isEqualTo(whole);
        long descriptors = 0;
        for (int i = 0; i < merged.segments(); i++) {
            descriptors += (merged.length(i) + maxSegment - 1) / maxSegment;
        }
        assertThat(merged.descriptorsOf(maxSegment)).as(where).isEqualTo(descriptors);
    }

    /** The runs of consecutive addresses of a table, however they are cut. */
    private static List<String> addresses(DmaTable table) {
        List<String> runs = new ArrayList<>();
        long start = table.address(0);
        long end = start;
        for (int i = 0; i < table.segments(); i++) {
            if (table.address(i) != end) {
                runs.add(start + "-" + end);
                start = table.address(i);
            }
            end = table.address(i) + table.length(i);
        }
        runs.add(start + "-" + end);
        return runs;
    }

    @Test
    void aMillionPagesInARowAreOneEntry() {
        SgTable.Builder builder = SgTable.builder(Long.MAX_VALUE, P);
        DmaDomain domain = new DmaDomain("large");
        for (int i = 0; i < 1_000_000; i++) {
            builder.add(new SgEntry.Resource(new DmaAddress(domain, i * P), P));
        }
        SgTable table = builder.build();
        assertThat(table.entries()).isOne();
        assertThat(table.size()).isEqualTo(1_000_000 * P);
    }

    @Test
    void aDevicesPagesAreItsOwn() {
        DmaDomain domain = new DmaDomain("bus");
        DmaTable table = DmaTable.builder(domain, Long.MAX_VALUE, 0)
                .add(new DmaAddress(domain, 3 * P - 100), P)
                .add(new DmaAddress(domain, 16 * P), 10)
                .build();
        List<Long> visited = new ArrayList<>();
        table.forEachPage(P, (address, length) -> {
            visited.add(address);
            visited.add(length);
        });
        assertThat(visited).containsExactly(3 * P - 100, 100L, 3 * P, P - 100, 16 * P, 10L);
        assertThatIllegalArgumentException().isThrownBy(() -> table.forEachPage(P - 1, (address, length) -> {}));
    }
}
