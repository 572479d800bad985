package io.github.dmabuf4j.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class SgChainTest {
    private static final long P = 4096;
    private static final long RAM_AT = 1 << 30;

    private final Pages ram = ram();
    private final DmaDomain domain = new DmaDomain("bus");

    private record Piece(long address, long length, boolean bare) {}

    private static Pages ram() {
        try {
            return new ArenaBacking().give(1024 * P, "ram");
        } catch (IOException full) {
            throw new AssertionError(full);
        }
    }

    /** Every other page, so that no two become one entry. */
    private SgTable table(int entries) {
        SgTable.Builder builder = SgTable.builder(Long.MAX_VALUE, P);
        for (int i = 0; i < entries; i++) {
            builder.add(new SgEntry.Memory(ram, 2L * i % 1024 * P, P));
        }
        return builder.build();
    }

    private static List<Piece> read(ByteBuffer chain) {
        List<Piece> pieces = new ArrayList<>();
        SgChain.forEach(chain, (address, length, bare) -> pieces.add(new Piece(address, length, bare)));
        return pieces;
    }

    /** 127 entries and a link in each chunk but the last, which may have 128. */
    @ParameterizedTest
    @CsvSource({"1, 1", "127, 127", "128, 128", "129, 130", "255, 256", "256, 258", "400, 403"})
    void aFullChunkEndsWithALink(int entries, int slots) {
        ByteBuffer chain = SgChain.encode(table(entries), _ -> RAM_AT);
        assertThat(chain.limit()).isEqualTo(slots * SgChain.ENTRY_BYTES);
        assertThat(read(chain)).hasSize(entries);
        chain.order(ByteOrder.LITTLE_ENDIAN);
        int links = 0;
        for (int at = 0; at < chain.limit(); at += SgChain.ENTRY_BYTES) {
            long link = chain.getLong(at);
            boolean last = at == chain.limit() - SgChain.ENTRY_BYTES;
            assertThat((link & 2) != 0).isEqualTo(last);
            if ((link & 1) != 0) {
                links++;
                assertThat(at % 4096).isEqualTo(4096 - SgChain.ENTRY_BYTES);
                assertThat(link & ~3).isEqualTo((long) at + SgChain.ENTRY_BYTES);
            }
        }
        assertThat(links).isEqualTo(slots - entries);
    }

    @Test
    void randomTablesComeBack() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int run = 0; run < 200; run++) {
            SgTable.Builder builder = SgTable.builder(Long.MAX_VALUE, P);
            for (int i = random.nextInt(300); i >= 0; i--) {
                long length = 1 + random.nextLong(3 * P);
                if (random.nextInt(4) == 0) {
                    builder.add(new SgEntry.Resource(new DmaAddress(domain, random.nextLong() >>> 1), length));
                } else {
                    builder.add(new SgEntry.Memory(ram, random.nextLong(1000 * P), length));
                }
            }
            SgTable table = builder.build();
            List<Piece> expected = new ArrayList<>();
            for (int i = 0; i < table.entries(); i++) {
                expected.add(
                        switch (table.entry(i)) {
                            case SgEntry.Memory memory -> new Piece(RAM_AT + memory.offset(), memory.length(), false);
                            case SgEntry.Resource bare ->
                                new Piece(bare.address().value(), bare.length(), true);
                        });
            }
            assertThat(read(SgChain.encode(table, _ -> RAM_AT)))
                    .as("seed " + seed)
                    .isEqualTo(expected);
        }
    }

    /** Whatever the bytes are: pieces or a refusal, and always an end. */
    @Test
    void foreignBytesNeverLeadAstray() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        int refused = 0;
        for (int run = 0; run < 5_000; run++) {
            ByteBuffer chain = SgChain.encode(table(1 + random.nextInt(300)), _ -> RAM_AT);
            for (int i = random.nextInt(4); i >= 0; i--) {
                chain.put(random.nextInt(chain.limit()), (byte) random.nextInt());
            }
            chain.limit(random.nextInt(10) == 0 ? random.nextInt(chain.limit()) : chain.limit());
            try {
                assertThat(read(chain)).as("seed " + seed).isNotEmpty();
            } catch (IllegalArgumentException bad) {
                refused++;
            }
        }
        assertThat(refused).as("seed " + seed).isPositive();
    }

    @Test
    void badChainsAndTablesAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SgChain.encode(table(1), _ -> 1))
                .withMessageContaining("inside a page");
        SgTable large = SgTable.builder(Long.MAX_VALUE, P)
                .add(new SgEntry.Resource(new DmaAddress(domain, 0), 1L << 32))
                .build();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SgChain.encode(large, _ -> 0))
                .withMessageContaining("longer than a chain");
        ByteBuffer loop = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        loop.putLong(0, 1);
        assertThatIllegalArgumentException().isThrownBy(() -> read(loop)).withMessageContaining("leads to 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read(ByteBuffer.allocate(32)))
                .withMessageContaining("is empty");
        ByteBuffer endless = SgChain.encode(table(3), _ -> RAM_AT).limit(64);
        assertThatIllegalArgumentException().isThrownBy(() -> read(endless)).withMessageContaining("no end mark");
    }
}
