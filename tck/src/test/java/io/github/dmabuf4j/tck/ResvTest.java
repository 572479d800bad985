package io.github.dmabuf4j.tck;

import static io.github.dmabuf4j.buffer.FenceUsage.BOOKKEEP;
import static io.github.dmabuf4j.buffer.FenceUsage.KERNEL;
import static io.github.dmabuf4j.buffer.FenceUsage.READ;
import static io.github.dmabuf4j.buffer.FenceUsage.WRITE;
import static io.github.dmabuf4j.tck.Case.NOW;
import static io.github.dmabuf4j.tck.Case.SIGNALED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.dmabuf4j.buffer.DmaResv;
import io.github.dmabuf4j.buffer.FenceUsage;
import io.github.dmabuf4j.buffer.ww.AlreadyLockedException;
import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.fence.FenceArray;
import io.github.dmabuf4j.fence.FenceContext;
import io.github.dmabuf4j.fence.UserFence;
import io.github.dmabuf4j.tck.Engine.Buffer;
import io.github.dmabuf4j.tck.Engine.FenceFile;
import io.github.dmabuf4j.tck.Engine.Timeline;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rules of reservations. */
@Family("resv")
class ResvTest {
    private static final String LOCKED = "user space does not lock reservations";

    private final DmaResv resv = new DmaResv();
    private final FenceContext context = FenceContext.create("driver", "ring");

    private void add(DmaFence fence, FenceUsage usage) {
        resv.lock();
        try {
            resv.reserve(1);
            resv.add(fence, usage);
        } finally {
            resv.unlock();
        }
    }

    private List<Object> entries() {
        List<Object> entries = new ArrayList<>();
        resv.lock();
        resv.forEach(BOOKKEEP, (fence, usage) -> entries.addAll(List.of(fence, usage)));
        resv.unlock();
        return entries;
    }

    @Test
    @DisplayName("a fresh buffer is ready for all, and exports a signalled fence")
    void fresh(Engine engine) {
        Buffer buffer = engine.buffer();
        assertThat(buffer.readable()).isTrue();
        assertThat(buffer.writable()).isTrue();
        assertThat(buffer.exportFile(false).status()).isEqualTo(SIGNALED);
        assertThat(buffer.exportFile(true).status()).isEqualTo(SIGNALED);
    }

    @Test
    @DisplayName("readers wait for writers; writers wait for readers and writers")
    void whoWaits(Engine engine) {
        Timeline timeline = engine.timeline("t");
        Buffer buffer = engine.buffer();
        buffer.importFile(timeline.fence(1), false);
        assertThat(buffer.readable()).isTrue();
        assertThat(buffer.writable()).isFalse();
        buffer.importFile(engine.timeline("other").fence(1), true);
        assertThat(buffer.readable()).isFalse();
        assertThat(buffer.exportFile(false).info().timelines()).containsExactly("other");
        assertThat(buffer.exportFile(true).info().timelines()).containsExactlyInAnyOrder("t", "other");
    }

    @Test
    @DisplayName("what was exported is a snapshot")
    void snapshot(Engine engine) throws Exception {
        Timeline timeline = engine.timeline("t");
        Buffer buffer = engine.buffer();
        buffer.importFile(timeline.fence(1), true);
        FenceFile before = buffer.exportFile(true);
        buffer.importFile(engine.timeline("other").fence(1), true);
        timeline.increment(1);
        assertThat(before.poll(NOW)).isTrue();
        assertThat(buffer.exportFile(true).poll(NOW)).isFalse();
    }

    @Test
    @DisplayName("failed work is over")
    void failed(Engine engine) {
        Timeline timeline = engine.timeline("t");
        Buffer buffer = engine.buffer();
        buffer.importFile(timeline.fence(1), true);
        timeline.close();
        assertThat(buffer.readable()).isTrue();
        assertThat(buffer.writable()).isTrue();
    }

    @Test
    @DisplayName("importing takes containers apart")
    void importUnwraps(Engine engine) {
        Buffer buffer = engine.buffer();
        FenceFile merged = engine.merge(
                "m", engine.timeline("a").fence(1), engine.timeline("b").fence(1));
        buffer.importFile(merged, true);
        buffer.importFile(engine.timeline("c").fence(1), true);
        assertThat(buffer.exportFile(false).info().timelines()).containsExactly("a", "b", "c");
    }

    @Test
    @DisplayName("a later fence of the same timeline replaces an earlier one")
    void replaces(Engine engine) {
        Timeline timeline = engine.timeline("t");
        Buffer buffer = engine.buffer();
        buffer.importFile(timeline.fence(1), true);
        buffer.importFile(timeline.fence(2), true);
        assertThat(buffer.exportFile(true).info().fences()).hasSize(1);
        timeline.increment(1);
        assertThat(buffer.readable()).isFalse();
        timeline.increment(1);
        assertThat(buffer.readable()).isTrue();
    }

    @Test
    @DisplayName("an earlier fence of the same timeline is added beside a later one")
    void earlierStays(Engine engine) {
        Timeline timeline = engine.timeline("t");
        Buffer buffer = engine.buffer();
        buffer.importFile(timeline.fence(2), true);
        buffer.importFile(timeline.fence(1), true);
        assertThat(buffer.exportFile(true).info().fences()).hasSize(2);
    }

    @Test
    @DisplayName("a fence added as write and then as read is there twice; the other way round once")
    void twice(Engine engine) {
        Timeline timeline = engine.timeline("t");
        Buffer demoted = engine.buffer();
        demoted.importFile(timeline.fence(1), true);
        demoted.importFile(timeline.fence(1), false);
        assertThat(demoted.exportFile(true).info().fences()).hasSize(2);
        Buffer promoted = engine.buffer();
        promoted.importFile(timeline.fence(1), false);
        promoted.importFile(timeline.fence(1), true);
        assertThat(promoted.exportFile(true).info().fences()).hasSize(1);
        assertThat(promoted.readable()).isFalse();
    }

    @Test
    @DisplayName("usages are ordered, and a query answers those up to the one asked for")
    @InProcessOnly("user space has reads and writes only")
    void usages() {
        List<DmaFence> all = new ArrayList<>();
        for (FenceUsage usage : List.of(KERNEL, WRITE, READ, BOOKKEEP)) {
            DmaFence fence = MockFence.alone();
            all.add(fence);
            add(fence, usage);
            assertThat(usage.number()).isEqualTo(all.size() - 1);
        }
        assertThat(resv.fences(KERNEL)).isEqualTo(all.subList(0, 1));
        assertThat(resv.fences(WRITE)).isEqualTo(all.subList(0, 2));
        assertThat(resv.fences(READ)).isEqualTo(all.subList(0, 3));
        assertThat(resv.fences(BOOKKEEP)).isEqualTo(all);
        assertThat(FenceUsage.toWaitFor(true)).isEqualTo(READ);
        assertThat(FenceUsage.toWaitFor(false)).isEqualTo(WRITE);
    }

    @Test
    @DisplayName("a signalled fence is replaced by whatever comes")
    @InProcessOnly(LOCKED)
    void reuse() {
        MockFence done = MockFence.alone();
        MockFence pending = MockFence.alone();
        add(done, WRITE);
        add(pending, READ);
        done.end(null);
        MockFence next = MockFence.alone();
        resv.lock();
        resv.reserve(1);
        resv.add(next, BOOKKEEP);
        resv.unlock();
        assertThat(entries()).doesNotContain(done).contains(pending, next);
    }

    @Test
    @DisplayName("changing needs the lock")
    @InProcessOnly(LOCKED)
    void needsTheLock() {
        assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(() -> resv.reserve(1));
        assertThatExceptionOfType(IllegalMonitorStateException.class)
                .isThrownBy(() -> resv.add(MockFence.alone(), READ));
        assertThatExceptionOfType(IllegalMonitorStateException.class)
                .isThrownBy(() -> resv.forEach(READ, (_, _) -> {}));
    }

    @Test
    @DisplayName("at least one place is reserved; a reservation ends with the lock")
    @InProcessOnly(LOCKED)
    void reserve() {
        resv.lock();
        assertThatIllegalArgumentException().isThrownBy(() -> resv.reserve(0));
        resv.reserve(2);
        resv.add(MockFence.alone(), READ);
        resv.add(MockFence.alone(), READ);
        assertThatIllegalStateException().isThrownBy(() -> resv.add(MockFence.alone(), READ));
        resv.reserve(1);
        resv.unlock();
        resv.lock();
        assertThatIllegalStateException().isThrownBy(() -> resv.add(MockFence.alone(), READ));
        resv.unlock();
        assertThat(resv.fences(READ)).hasSize(2);
    }

    @Test
    @DisplayName("locking again is told, and not waited for")
    @InProcessOnly(LOCKED)
    void locking() throws Exception {
        resv.lock();
        assertThatExceptionOfType(AlreadyLockedException.class)
                .isThrownBy(resv::lock)
                .extracting(AlreadyLockedException::errno)
                .isEqualTo(Errno.EALREADY);
        assertThat(resv.tryLock()).isFalse();
        Case.start(() -> assertThat(resv.tryLock()).isFalse()).get();
        resv.unlock();
        assertThat(resv.tryLock()).isTrue();
        resv.unlock();
    }

    @Test
    @DisplayName("replacing takes all fences of a context, whatever their usage, and leaves the rest")
    @InProcessOnly(LOCKED)
    void replaceFences() {
        UserFence one = context.newFence();
        UserFence two = context.newFence();
        MockFence other = MockFence.alone();
        add(two, READ);
        add(one, KERNEL);
        add(other, WRITE);
        MockFence replacement = MockFence.alone();
        resv.lock();
        resv.replaceFences(context.id(), replacement, BOOKKEEP);
        resv.unlock();
        assertThat(entries()).containsExactly(replacement, BOOKKEEP, replacement, BOOKKEEP, other, WRITE);
    }

    @Test
    @DisplayName("copying takes over all unsignalled fences of the source and drops what was there")
    @InProcessOnly(LOCKED)
    void copy() {
        DmaResv source = resv;
        MockFence done = MockFence.alone();
        MockFence pending = MockFence.alone();
        add(done, KERNEL);
        add(pending, BOOKKEEP);
        done.end(null);
        DmaResv target = new DmaResv();
        target.lock();
        target.reserve(1);
        target.add(MockFence.alone(), READ);
        target.copyFrom(source);
        target.unlock();
        assertThat(target.fences(BOOKKEEP)).containsExactly(pending);
        assertThat(target.testSignaled(READ)).isTrue();
    }

    @Test
    @DisplayName("as one fence: the fence itself, or an array with doubles")
    @InProcessOnly("user space sees no identity of fences")
    void singleton() {
        UserFence fence = context.newFence();
        add(fence, WRITE);
        assertThat(resv.exportFence(READ)).isSameAs(fence);
        add(fence, READ);
        assertThat(resv.exportFence(READ))
                .isInstanceOfSatisfying(
                        FenceArray.class, array -> assertThat(array.fences()).containsExactly(fence, fence));
    }

    @Test
    @DisplayName("a wait ends when all work up to its usage is over")
    @InProcessOnly(LOCKED)
    void await() throws Exception {
        MockFence write = MockFence.alone();
        MockFence bookkeep = MockFence.alone();
        add(write, WRITE);
        add(bookkeep, BOOKKEEP);
        assertThat(resv.await(READ, NOW)).isFalse();
        assertThat(resv.await(READ, Case.SHORT)).isFalse();
        var signaller = Case.start(() -> write.end(null));
        assertThat(resv.await(READ, Case.LONG)).isTrue();
        signaller.get();
        assertThat(resv.await(READ, NOW)).isTrue();
        assertThat(resv.await(BOOKKEEP, NOW)).isFalse();
    }

    @Test
    @DisplayName("an interrupt ends a wait")
    @InProcessOnly(LOCKED)
    void interrupt() {
        add(MockFence.alone(), WRITE);
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> resv.await(READ, Case.LONG));
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    @DisplayName("asking whether all is over asks the fences")
    @InProcessOnly("hooks are functions of the kernel")
    void asks() {
        MockFence fence = MockFence.alone();
        add(fence, WRITE);
        assertThat(resv.testSignaled(KERNEL)).isTrue();
        assertThat(resv.testSignaled(WRITE)).isFalse();
        fence.workDone = true;
        assertThat(resv.testSignaled(WRITE)).isTrue();
        assertThat(fence.isSignaled()).isTrue();
    }

    @Test
    @DisplayName("a deadline reaches the fences up to its usage")
    @InProcessOnly("user space cannot set the deadline of a buffer")
    void deadline() {
        MockFence write = MockFence.alone();
        MockFence read = MockFence.alone();
        add(write, WRITE);
        add(read, READ);
        resv.setDeadline(WRITE, 5);
        assertThat(write.deadlines).containsExactly(5L);
        assertThat(read.deadlines).isEmpty();
    }

    @Test
    @DisplayName("it describes itself with a line for each fence")
    @InProcessOnly("the lines are for the kernel's own reports")
    void describe() {
        MockFence fence = MockFence.alone();
        add(fence, WRITE);
        assertThat(resv.describe()).isEqualTo("\twrite fence: " + fence.describe() + "\n");
    }

    @Test
    @DisplayName("the walk without the lock skips signalled fences, the walk with it does not")
    @InProcessOnly(LOCKED)
    void walks() {
        MockFence done = MockFence.alone();
        add(done, WRITE);
        done.end(null);
        assertThat(resv.cursor(READ).next()).isFalse();
        assertThat(entries()).containsExactly(done, WRITE);
    }

    @Test
    @DisplayName("a walk without the lock sees the old fences or the new, whatever a writer does meanwhile")
    @InProcessOnly(LOCKED)
    void walkRace() throws Exception {
        MockFence always = MockFence.alone();
        add(always, WRITE);
        AtomicBoolean over = new AtomicBoolean();
        Case.inParallel(List.of(
                () -> {
                    try {
                        for (int i = 0; i < 2_000; i++) {
                            MockFence passing = MockFence.alone();
                            add(passing, READ);
                            passing.end(null);
                        }
                    } finally {
                        over.set(true);
                    }
                },
                () -> {
                    do {
                        assertThat(resv.fences(READ)).contains(always);
                        assertThat(resv.testSignaled(READ)).isFalse();
                    } while (!over.get());
                }));
    }
}
