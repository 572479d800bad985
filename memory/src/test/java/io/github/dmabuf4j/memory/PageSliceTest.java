package io.github.dmabuf4j.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class PageSliceTest {
    @Test
    void aPartIsTheSameMemory() throws IOException {
        ArenaBacking backing = new ArenaBacking();
        try (Pages run = backing.give(4 * 4096, "run");
                Arena arena = Arena.ofConfined()) {
            MemorySegment all = run.lease(arena, true).fill((byte) 1);
            Pages part = run.slice(4096, 8192);
            assertThat(part.size()).isEqualTo(8192);
            assertThat(part.caching()).isEqualTo(Caching.CACHED);
            assertThat(part.writable()).isTrue();
            part.lease(arena, true).set(ValueLayout.JAVA_BYTE, 0, (byte) 7);
            assertThat(all.get(ValueLayout.JAVA_BYTE, 4096)).isEqualTo((byte) 7);
            part.slice(4096, 4096).zero();
            assertThat(all.get(ValueLayout.JAVA_BYTE, 8191)).isEqualTo((byte) 1);
            assertThat(all.asSlice(8192, 4096).mismatch(MemorySegment.ofArray(new byte[4096])))
                    .isEqualTo(-1);
            assertThat(all.get(ValueLayout.JAVA_BYTE, 12288)).isEqualTo((byte) 1);
            part.close();
            assertThat(backing.given()).isEqualTo(4 * 4096);
        }
        assertThat(backing.given()).isZero();
    }

    @Test
    void aPartIsInsideItsRun() throws IOException {
        try (Pages run = new ArenaBacking().give(8192, "run")) {
            Pages part = run.slice(4096, 4096);
            assertThatIllegalArgumentException().isThrownBy(() -> run.slice(4096, 4097));
            assertThatIllegalArgumentException().isThrownBy(() -> run.slice(-1, 10));
            assertThatIllegalArgumentException().isThrownBy(() -> run.slice(0, 0));
            assertThatIllegalArgumentException().isThrownBy(() -> part.slice(1, 4096));
            assertThatIllegalArgumentException().isThrownBy(() -> part.slice(-1, 1));
        }
    }
}
