package io.github.dmabuf4j.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DmaBufConcurrencyTest {
    private static final int THREADS = 6;

    private final RevokingBacking backing = new RevokingBacking();

    @Test
    void manyThreadsDuplicateLeaseAndCloseAndTheStorageEndsOnce() throws Exception {
        AtomicInteger released = new AtomicInteger();
        long seed = new Random().nextLong();
        int rounds = 150;
        for (int round = 0; round < rounds; round++) {
            DmaBuf first = DmaBuf.export(backing.give(4096, "busy"), "test", (pages, shared) -> {
                released.incrementAndGet();
                pages.close();
            });
            long roundSeed = seed + round;
            inParallel(thread -> {
                Random random = new Random(roundSeed * THREADS + thread);
                List<DmaBuf> own = new ArrayList<>();
                try {
                    own.add(first.dup());
                } catch (BufferClosedException another) {
                    return 0;
                }
                // Everybody closes the handle that all share, at some moment; own ones keep the storage.
                int closeAt = random.nextInt(40);
                for (int step = 0; step < 40; step++) {
                    if (step == closeAt) {
                        first.close();
                    }
                    DmaBuf handle = own.get(random.nextInt(own.size()));
                    switch (random.nextInt(5)) {
                        case 0 -> own.add(handle.dup());
                        case 1 -> touch(handle, AccessScope.CONFINED);
                        case 2 -> touch(handle, AccessScope.ANY_THREAD);
                        case 3 -> {
                            if (own.size() > 1) {
                                own.remove(handle);
                                handle.close();
                            }
                        }
                        default -> handle.rawView(AccessMode.READ).close();
                    }
                }
                own.forEach(DmaBuf::close);
                return 0;
            });
            assertThat(released).as("seed " + roundSeed).hasValue(round + 1);
        }
        assertThat(backing.given).as("seed " + seed).hasValue(0);
    }

    @Test
    void oneHandleClosedByAllIsClosedOnce() throws Exception {
        AtomicInteger released = new AtomicInteger();
        int rounds = 300;
        for (int round = 0; round < rounds; round++) {
            DmaBuf buffer =
                    DmaBuf.export(backing.give(1, "contended"), "test", (pages, shared) -> released.incrementAndGet());
            CpuAccess access = buffer.beginCpuAccess(AccessMode.READ, AccessScope.ANY_THREAD);
            inParallel(thread -> {
                buffer.close();
                access.close();
                return 0;
            });
            assertThat(released).hasValue(round + 1);
        }
    }

    @Test
    void aDuplicateOfAHandleThatIsBeingClosedIsWholeOrRefused() throws Exception {
        AtomicInteger released = new AtomicInteger();
        int rounds = 300;
        for (int round = 0; round < rounds; round++) {
            DmaBuf buffer = DmaBuf.export(backing.give(1, "racing"), "test", (pages, shared) -> {
                released.incrementAndGet();
                pages.close();
            });
            int before = round;
            inParallel(thread -> {
                if (thread == 0) {
                    buffer.close();
                    return 0;
                }
                try (DmaBuf own = buffer.dup()) {
                    assertThat(released).hasValue(before);
                    touch(own, AccessScope.CONFINED);
                } catch (BufferClosedException closed) {
                    assertThat(buffer.isClosed()).isTrue();
                }
                return 0;
            });
            assertThat(released).hasValue(round + 1);
        }
        assertThat(backing.given).hasValue(0);
    }

    private static void touch(DmaBuf handle, AccessScope scope) {
        try (CpuAccess access = handle.beginCpuAccess(AccessMode.READ_WRITE, scope)) {
            MemorySegment segment = access.segment();
            segment.set(ValueLayout.JAVA_BYTE, 0, (byte) 7);
            assertThat(segment.get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 7);
        }
    }

    private interface Work {
        int run(int thread) throws Exception;
    }

    private final ExecutorService threads =
            Executors.newFixedThreadPool(THREADS, Thread.ofPlatform().daemon().factory());

    private void inParallel(Work work) throws Exception {
        CyclicBarrier start = new CyclicBarrier(THREADS);
        List<Callable<Integer>> all = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            int thread = i;
            all.add(() -> {
                start.await();
                return work.run(thread);
            });
        }
        for (Future<Integer> each : threads.invokeAll(all)) {
            each.get();
        }
    }
}
