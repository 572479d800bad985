package io.github.dmabuf4j.linux.ioctl;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The memory that calls of one thread share, one after the other. */
@Timeout(60)
class CallMemoryTest {
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

    @Test
    void itIsUsedAgainAndZeroEachTime() {
        long address;
        try (Arena memory = CallMemory.open()) {
            MemorySegment first = memory.allocate(24, 8);
            address = first.address();
            first.fill((byte) 1);
            assertThat(memory.allocate(3, 1).address()).isEqualTo(address + 24);
            assertThat(memory.allocate(8, 8).address()).isEqualTo(address + 32);
        }
        try (Arena memory = CallMemory.open()) {
            MemorySegment again = memory.allocate(24, 8);
            assertThat(again.address()).isEqualTo(address);
            assertThat(again.toArray(BYTE)).containsOnly(0);
        }
    }

    @Test
    void aCallInsideAnotherHasMemoryOfItsOwn() {
        try (Arena outer = CallMemory.open()) {
            MemorySegment first = outer.allocate(16, 8);
            try (Arena inner = CallMemory.open()) {
                inner.allocate(16, 8).fill((byte) 1);
            }
            assertThat(first.toArray(BYTE)).containsOnly(0);
            MemorySegment second = outer.allocate(16, 8).fill((byte) 2);
            assertThat(second.address()).isEqualTo(first.address() + 16);
        }
    }

    @Test
    void whatHasNoRoomIsAllocated() {
        MemorySegment large;
        try (Arena memory = CallMemory.open()) {
            MemorySegment small = memory.allocate(500, 8).fill((byte) 1);
            large = memory.allocate(100_000, 8);
            assertThat(large.get(BYTE, 99_999)).isZero();
            assertThat(memory.allocate(64, 64).address() % 64).isZero();
            assertThat(small.get(BYTE, 499)).isOne();
        }
        assertThat(large.scope().isAlive()).isFalse();
    }

    @Test
    void eachThreadHasItsOwn() throws Exception {
        try (Arena memory = CallMemory.open()) {
            MemorySegment here = memory.allocate(8, 8);
            FutureTask<Long> other = new FutureTask<>(() -> {
                try (Arena theirs = CallMemory.open()) {
                    return theirs.allocate(8, 8).fill((byte) 1).address();
                }
            });
            Thread.ofVirtual().start(other);
            assertThat(other.get()).isNotEqualTo(here.address());
            assertThat(here.get(BYTE, 0)).isZero();
        }
    }
}
