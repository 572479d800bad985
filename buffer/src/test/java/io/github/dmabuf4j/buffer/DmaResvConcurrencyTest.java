package io.github.dmabuf4j.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dmabuf4j.buffer.ww.WwLockSet;
import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.FenceContext;
import io.github.dmabuf4j.fence.UserFence;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DmaResvConcurrencyTest {
    /** Readers walk while a writer adds, promotes, signals and makes the list grow. */
    @Test
    void readersSeeEveryFenceWithItsOwnUsage() throws Exception {
        long seed = new Random().nextLong();
        for (int round = 0; round < 20; round++) {
            walkAgainstOneWriter(seed + round);
        }
    }

    private static void walkAgainstOneWriter(long seed) throws Exception {
        DmaResv resv = new DmaResv();
        UserFence lasting = FenceContext.create("test", "lasting").newFence(4);
        resv.importFence(lasting, FenceUsage.KERNEL);
        AtomicBoolean done = new AtomicBoolean();
        List<FutureTask<Integer>> readers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            FenceUsage wanted = i == 0 ? FenceUsage.WRITE : FenceUsage.BOOKKEEP;
            FutureTask<Integer> reader = new FutureTask<>(() -> readUntil(done, resv, lasting, wanted, seed));
            Thread.ofPlatform().daemon().start(reader);
            readers.add(reader);
        }
        Random random = new Random(seed);
        Deque<UserFence> pending = new ArrayDeque<>();
        for (int step = 0; step < 1500; step++) {
            // The number says with which usage the fence is added: number modulo four.
            FenceUsage usage = FenceUsage.values()[random.nextInt(4)];
            UserFence fence = FenceContext.create("test", "passing").newFence(4L * (step + 2) + usage.number());
            resv.importFence(fence, usage);
            pending.add(fence);
            while (pending.size() > random.nextInt(8) + step / 200) {
                pending.removeFirst().signal();
            }
        }
        done.set(true);
        for (FutureTask<Integer> reader : readers) {
            assertThat(reader.get()).as("seed " + seed).isPositive();
        }
        List<DmaFence> left = new ArrayList<>(pending);
        left.add(lasting);
        assertThat(resv.fences(FenceUsage.BOOKKEEP)).as("seed " + seed).containsExactlyInAnyOrderElementsOf(left);
    }

    private static int readUntil(AtomicBoolean done, DmaResv resv, DmaFence lasting, FenceUsage wanted, long seed) {
        int walks = 0;
        do {
            List<DmaFence> seen = new ArrayList<>();
            ResvCursor cursor = resv.cursor(wanted);
            while (cursor.next()) {
                if (cursor.isRestarted()) {
                    seen.clear();
                }
                assertThat(cursor.usage().number()).as("seed " + seed).isEqualTo((int)
                        (cursor.fence().seqno() % 4));
                assertThat(cursor.usage()).as("seed " + seed).isLessThanOrEqualTo(wanted);
                seen.add(cursor.fence());
            }
            assertThat(seen).as("seed " + seed).contains(lasting);
            walks++;
        } while (!done.get());
        return walks;
    }

    /** Threads lock random sets in random order and leave a fence in each; nothing is lost and nothing hangs. */
    @Test
    void manyThreadsLockManyReservations() throws Exception {
        List<DmaResv> all = Stream.generate(DmaResv::new).limit(8).toList();
        long seed = new Random().nextLong();
        List<FutureTask<List<UserFence>>> writers = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            Random random = new Random(seed + i);
            FutureTask<List<UserFence>> writer = new FutureTask<>(() -> {
                List<UserFence> own = new ArrayList<>();
                for (int round = 0; round < 100; round++) {
                    List<DmaResv> some = new ArrayList<>(all);
                    Collections.shuffle(some, random);
                    some = some.subList(0, 2 + random.nextInt(6));
                    UserFence fence = FenceContext.create("test", "job").newFence();
                    try (WwLockSet locked = DmaResv.lockAll(some)) {
                        assertThat(locked.retries()).isNotNegative();
                        for (DmaResv each : some) {
                            each.reserve(1);
                            each.add(fence, FenceUsage.WRITE);
                        }
                    }
                    if (random.nextInt(10) > 0) {
                        fence.signal();
                    } else {
                        own.add(fence);
                    }
                }
                return own;
            });
            Thread.ofPlatform().daemon().start(writer);
            writers.add(writer);
        }
        List<UserFence> pending = new ArrayList<>();
        for (FutureTask<List<UserFence>> writer : writers) {
            pending.addAll(writer.get());
        }
        List<DmaFence> found = all.stream()
                .flatMap(each -> each.fences(FenceUsage.READ).stream())
                .toList();
        assertThat(found).as("seed " + seed).containsAll(pending);
        assertThat(pending)
                .as("seed " + seed)
                .containsAll(found.stream().map(each -> (UserFence) each).toList());
        assertThat(all).noneMatch(DmaResv::isLocked);
    }
}
