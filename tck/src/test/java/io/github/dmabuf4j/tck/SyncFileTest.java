package io.github.dmabuf4j.tck;

import static io.github.dmabuf4j.tck.Case.ACTIVE;
import static io.github.dmabuf4j.tck.Case.ENOENT;
import static io.github.dmabuf4j.tck.Case.NOW;
import static io.github.dmabuf4j.tck.Case.SIGNALED;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.tck.Engine.FenceFile;
import io.github.dmabuf4j.tck.Engine.FileInfo;
import io.github.dmabuf4j.tck.Engine.SyncObject;
import io.github.dmabuf4j.tck.Engine.Timeline;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rules of sync files. */
@Family("sync_file")
class SyncFileTest {
    @Test
    @DisplayName("the name is made of driver, timeline, context and number")
    void name(Engine engine) {
        assertThat(engine.timeline("t").fence(42).info().name()).matches("sw_sync-t[0-9]+-42");
    }

    @Test
    @DisplayName("the name is made anew: after signalling it reads detached-driver-signaled-timeli (since 6.17)")
    void nameAfterSignaling(Engine engine) {
        Timeline timeline = engine.timeline("t");
        FenceFile file = timeline.fence(1);
        timeline.increment(1);
        assertThat(file.info().name()).isEqualTo("detached-driver-signaled-timeli");
    }

    @Test
    @DisplayName("a merged file has the name it was given, of at most 31 bytes")
    void mergedName(Engine engine) {
        FenceFile file = engine.timeline("t").fence(1);
        assertThat(engine.merge("mine", file, file).info().name()).isEqualTo("mine");
        assertThat(engine.merge("x".repeat(40), file, file).info().name()).isEqualTo("x".repeat(31));
    }

    @Test
    @DisplayName("a merged file keeps its name after signalling")
    void mergedNameStays(Engine engine) {
        Timeline timeline = engine.timeline("t");
        FenceFile file = timeline.fence(1);
        FenceFile merged = engine.merge("mine", file, file);
        timeline.increment(1);
        assertThat(merged.info().name()).isEqualTo("mine");
    }

    @Test
    @DisplayName("readable means signalled, well or not, and stays so")
    void readable(Engine engine) throws Exception {
        Timeline timeline = engine.timeline("t");
        FenceFile file = timeline.fence(1);
        assertThat(file.poll(NOW)).isFalse();
        timeline.close();
        assertThat(file.poll(NOW)).isTrue();
        assertThat(file.poll(NOW)).isTrue();
        assertThat(file.status()).isEqualTo(ENOENT);
    }

    @Test
    @DisplayName("any number of threads may wait for one file")
    void manyWaiters(Engine engine) throws Exception {
        Timeline timeline = engine.timeline("t");
        FenceFile file = timeline.fence(1);
        Case.Work waiter = () -> assertThat(file.poll(Case.LONG)).isTrue();
        Case.inParallel(List.of(waiter, waiter, waiter, () -> timeline.increment(1)));
    }

    @Test
    @DisplayName("the information names each leaf with driver, timeline, status and time")
    void leaves(Engine engine) {
        Timeline one = engine.timeline("one");
        Timeline other = engine.timeline("other");
        FenceFile merged = engine.merge("m", one.fence(1), other.fence(1));
        long before = System.nanoTime();
        other.increment(1);
        FileInfo info = merged.info();
        assertThat(info.status()).isEqualTo(ACTIVE);
        assertThat(info.fences()).hasSize(2);
        assertThat(info.fences().get(0)).isEqualTo(new Engine.FenceInfo("sw_sync", "one", ACTIVE, 0));
        assertThat(info.fences().get(1).status()).isEqualTo(SIGNALED);
        assertThat(info.fences().get(1).driver()).isEqualTo("detached-driver");
        assertThat(info.fences().get(1).timestampNanos()).isBetween(before, System.nanoTime());
    }

    @Test
    @DisplayName("the folded status is that of the first leaf that is active or failed")
    void folded(Engine engine) {
        Timeline one = engine.timeline("one");
        Timeline other = engine.timeline("other");
        FenceFile merged = engine.merge("m", one.fence(1), other.fence(1));
        one.close();
        assertThat(merged.info().status()).as("failed comes first").isEqualTo(ENOENT);
        assertThat(merged.status()).as("the file as a whole").isEqualTo(ACTIVE);
        other.increment(1);
        assertThat(merged.info().status()).isEqualTo(ENOENT);
    }

    @Test
    @DisplayName("the folded status: an active leaf before a failed one reads active")
    void foldedActive(Engine engine) {
        Timeline one = engine.timeline("one");
        Timeline other = engine.timeline("other");
        FenceFile merged = engine.merge("m", one.fence(1), other.fence(1));
        other.close();
        assertThat(merged.info().status()).isEqualTo(ACTIVE);
        one.increment(1);
        assertThat(merged.info().status()).isEqualTo(ENOENT);
    }

    @Test
    @DisplayName("merging points of one timeline keeps the later one only")
    void mergeOneTimeline(Engine engine) throws Exception {
        Timeline timeline = engine.timeline("t");
        FenceFile merged = engine.merge("m", timeline.fence(3), timeline.fence(2));
        assertThat(merged.info().fences()).hasSize(1);
        timeline.increment(2);
        assertThat(merged.poll(NOW)).isFalse();
        timeline.increment(1);
        assertThat(merged.poll(NOW)).isTrue();
    }

    @Test
    @DisplayName("merging leaves its inputs as they are")
    void inputsStay(Engine engine) throws Exception {
        Timeline timeline = engine.timeline("t");
        FenceFile one = timeline.fence(1);
        FenceFile two = timeline.fence(2);
        engine.merge("m", one, two).close();
        timeline.increment(1);
        assertThat(one.poll(NOW)).isTrue();
        assertThat(two.poll(NOW)).isFalse();
    }

    @Test
    @DisplayName("merging with what is no sync file is refused with ENOENT")
    void mergeClosed(Engine engine) {
        FenceFile open = engine.timeline("t").fence(1);
        FenceFile closed = engine.timeline("t").fence(1);
        closed.close();
        Case.refused(Errno.ENOENT, () -> engine.merge("m", open, closed));
    }

    @Test
    @DisplayName("the fence lives on without the files it was merged from")
    void outlivesItsInputs(Engine engine) throws Exception {
        Timeline timeline = engine.timeline("t");
        Timeline other = engine.timeline("other");
        FenceFile one = timeline.fence(1);
        FenceFile two = other.fence(1);
        FenceFile merged = engine.merge("m", one, two);
        one.close();
        two.close();
        timeline.increment(1);
        other.increment(1);
        assertThat(merged.poll(NOW)).isTrue();
    }

    @Test
    @DisplayName("a file in a chain: the whole and the leaves may disagree about an error")
    void chainDisagrees(Engine engine) {
        Timeline timeline = engine.timeline("t");
        SyncObject object = engine.syncObject(false);
        object.importFile(timeline.fence(1), 3);
        FenceFile file = object.exportFile(3);
        timeline.close();
        assertThat(file.status()).isEqualTo(SIGNALED);
        assertThat(file.info().status()).isEqualTo(ENOENT);
    }

    @Test
    @DisplayName("reading the information does not enable signalling; waiting to be readable does")
    @InProcessOnly("user space does not see signalling enabled")
    void infoEnablesNothing() throws Exception {
        MockFence fence = MockFence.alone();
        FenceFile file = JvmEngine.file(fence);
        file.info();
        file.status();
        assertThat(fence.enabled).isZero();
        file.poll(NOW);
        assertThat(fence.enabled).isEqualTo(1);
    }

    @Test
    @DisplayName("a deadline goes through to the fence")
    @InProcessOnly("user space reads deadlines of software timelines only")
    void deadline() {
        MockFence fence = MockFence.alone();
        JvmEngine.file(fence).setDeadline(11);
        assertThat(fence.deadlines).containsExactly(11L);
    }
}
