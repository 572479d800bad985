package io.github.dmabuf4j.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.dmabuf4j.memory.ArenaBacking;
import io.github.dmabuf4j.memory.CacheMaintenance;
import io.github.dmabuf4j.memory.Caching;
import io.github.dmabuf4j.memory.UnsupportedCachingException;
import java.io.IOException;
import java.time.Duration;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HeapRegistryTest {
    private static final long PAGE = 4096;

    private final ArenaBacking arena = new ArenaBacking();
    private final HeapRegistry registry = new HeapRegistry();

    private CarveoutHeap carveout(String name) throws IOException {
        return new CarveoutHeap(name, arena, 4 * PAGE, HeapLimits.DEFAULT, CacheMaintenance.COHERENT);
    }

    @Test
    void heapsAreFoundByNameAndListedHighestNumberFirst() throws IOException {
        try (DmaHeap system = new SystemHeap(arena);
                DmaHeap carveout = carveout("carveout")) {
            HeapInfo first = registry.add(system);
            HeapInfo second = registry.add(carveout);
            assertThat(first)
                    .isEqualTo(new HeapInfo(0, "system", HeapKind.SYSTEM, Set.of(Caching.CACHED), Long.MAX_VALUE));
            assertThat(second)
                    .isEqualTo(new HeapInfo(1, "carveout", HeapKind.CARVEOUT, Set.of(Caching.CACHED), 4 * PAGE));
            assertThat(registry.query()).containsExactly(second, first);
            assertThat(registry.heap("system")).isSameAs(system);
            assertThatExceptionOfType(UnknownHeapException.class)
                    .isThrownBy(() -> registry.heap("linux,cma"))
                    .withMessage("there is no heap \"linux,cma\", only \"system\", \"carveout\"");
            assertThatIllegalArgumentException().isThrownBy(() -> registry.add(system));
            assertThatIllegalArgumentException().isThrownBy(() -> registry.add(carveout("")));
        }
    }

    @Test
    void theHighestHeapOfASetIsAskedFirstAndTheLastErrorCounts() throws IOException {
        try (DmaHeap system = new SystemHeap(arena);
                DmaHeap small = carveout("small")) {
            long both = registry.add(system).mask() | registry.add(small).mask();
            try (DmaBuf fits = registry.allocate(both, AllocationRequest.of(4 * PAGE));
                    DmaBuf falls = registry.allocate(both, AllocationRequest.of(PAGE))) {
                assertThat(fits.exporterName()).isEqualTo("small");
                assertThat(falls.exporterName()).isEqualTo("system");
            }
            assertThatExceptionOfType(HeapExhaustedException.class)
                    .isThrownBy(() -> registry.allocate(2, AllocationRequest.of(5 * PAGE)))
                    .matches(full -> full.heap().equals("small"));
            assertThatExceptionOfType(UnsupportedCachingException.class)
                    .isThrownBy(() ->
                            registry.allocate(both, AllocationRequest.of(PAGE).with(Caching.UNCACHED)));
            assertThatExceptionOfType(UnknownHeapException.class)
                    .isThrownBy(() -> registry.allocate(4, AllocationRequest.of(PAGE)))
                    .withMessageContaining("0x4");
        }
    }

    @Test
    void aRegistryTakesAsManyHeapsAsAMaskHasBits() throws IOException {
        for (int i = 0; i < HeapRegistry.MAX_HEAPS; i++) {
            registry.add(carveout("heap " + i));
        }
        assertThatIllegalStateException().isThrownBy(() -> registry.add(carveout("one too many")));
        registry.query().forEach(each -> registry.heap(each.name()).close());
    }

    @Test
    void pressureTakesHalfOfWhatIsKept() throws IOException {
        try (DmaHeap heap = new SystemHeap(arena)) {
            registry.add(heap);
            DmaBuf[] buffers = new DmaBuf[8];
            for (int i = 0; i < buffers.length; i++) {
                buffers[i] = heap.allocate(PAGE);
            }
            for (DmaBuf buffer : buffers) {
                buffer.close();
            }
            heap.awaitIdle();
            double[] stalled = {4.9};
            try (PressureShrinker shrinker = new PressureShrinker(registry, () -> OptionalDouble.of(stalled[0]), 5)) {
                assertThat(shrinker.check()).isZero();
                stalled[0] = 5;
                assertThat(shrinker.check()).isEqualTo(4 * PAGE);
                assertThat(shrinker.check()).isEqualTo(2 * PAGE);
                assertThat(heap.stats().pooledBytes()).isEqualTo(2 * PAGE);
                assertThat(registry.shrink(Long.MAX_VALUE)).isEqualTo(2 * PAGE);
                assertThat(shrinker.check()).isZero();
            }
            try (PressureShrinker blind = new PressureShrinker(registry, OptionalDouble::empty, 5)) {
                assertThat(blind.check()).isZero();
            }
            for (double bad : new double[] {0, -1, 101, Double.NaN}) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> new PressureShrinker(registry, OptionalDouble::empty, bad));
            }
        }
    }

    @Test
    void aStartedShrinkerLooksAgainAndAgain() throws InterruptedException {
        CountDownLatch looks = new CountDownLatch(3);
        try (PressureShrinker shrinker = new PressureShrinker(
                registry,
                () -> {
                    looks.countDown();
                    return OptionalDouble.empty();
                },
                5)) {
            shrinker.start(Duration.ofNanos(1));
            shrinker.start(Duration.ofDays(1));
            looks.await();
        }
        assertThat(looks.getCount()).isZero();
    }
}
