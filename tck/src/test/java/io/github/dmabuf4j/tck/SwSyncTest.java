package io.github.dmabuf4j.tck;

import static io.github.dmabuf4j.tck.Case.ACTIVE;
import static io.github.dmabuf4j.tck.Case.ENOENT;
import static io.github.dmabuf4j.tck.Case.LONG;
import static io.github.dmabuf4j.tck.Case.NOW;
import static io.github.dmabuf4j.tck.Case.SIGNALED;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.tck.Engine.FenceFile;
import io.github.dmabuf4j.tck.Engine.Timeline;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rules of software timelines. */
@Family("sw_sync")
class SwSyncTest {
    @Test
    @DisplayName("the driver is sw_sync, the timeline has its name")
    void names(Engine engine) {
        FenceFile fence = engine.timeline("display").fence(1);
        assertThat(fence.info().name()).startsWith("sw_sync-display");
        assertThat(fence.info().fences().getFirst().driver()).isEqualTo("sw_sync");
        assertThat(fence.info().timelines()).containsExactly("display");
    }

    @Test
    @DisplayName("a point that is reached is signalled from the start")
    void reached(Engine engine) {
        Timeline timeline = engine.timeline("t");
        assertThat(timeline.fence(0).status()).isEqualTo(SIGNALED);
        timeline.increment(3);
        assertThat(timeline.fence(3).status()).isEqualTo(SIGNALED);
        assertThat(timeline.fence(4).status()).isEqualTo(ACTIVE);
    }

    @Test
    @DisplayName("points compare with wrap-around: at 0 0x80000000 is passed, 0x7fffffff is not")
    void wrapAround(Engine engine) {
        Timeline timeline = engine.timeline("t");
        assertThat(timeline.fence(0x8000_0000).status()).isEqualTo(SIGNALED);
        assertThat(timeline.fence(0x7fff_ffff).status()).isEqualTo(ACTIVE);
    }

    @Test
    @DisplayName("points beyond the wrap-around are later, and are reached behind it")
    void acrossTheWrap(Engine engine) throws Exception {
        Timeline timeline = engine.timeline("t");
        timeline.increment(0xffff_fff0);
        FenceFile last = timeline.fence(0xffff_ffff);
        FenceFile beyond = timeline.fence(5);
        FenceFile merged = engine.merge("m", beyond, last);
        assertThat(merged.info().fences()).hasSize(1);
        timeline.increment(0xf);
        assertThat(last.poll(NOW)).isTrue();
        assertThat(merged.poll(NOW)).as("the later one stayed").isFalse();
        timeline.increment(6);
        assertThat(merged.poll(NOW)).isTrue();
    }

    @Test
    @DisplayName("amounts above the largest int jump over no point")
    void largeAmount(Engine engine) {
        Timeline timeline = engine.timeline("t");
        FenceFile near = timeline.fence(1);
        FenceFile far = timeline.fence(0x7fff_ffff);
        timeline.increment(0xffff_ffff);
        assertThat(near.status()).isEqualTo(SIGNALED);
        assertThat(far.status()).isEqualTo(SIGNALED);
        assertThat(timeline.fence(0xffff_ffff).status()).isEqualTo(SIGNALED);
        assertThat(timeline.fence(0).status()).as("the next one").isEqualTo(ACTIVE);
    }

    @Test
    @DisplayName("increment by 0 moves nothing")
    void noAmount(Engine engine) {
        Timeline timeline = engine.timeline("t");
        FenceFile fence = timeline.fence(1);
        timeline.increment(0);
        assertThat(fence.status()).isEqualTo(ACTIVE);
    }

    @Test
    @DisplayName("pending points with one number are one fence in two files")
    @InProcessOnly("user space sees no identity of fences")
    void shared(Engine engine) {
        Timeline timeline = engine.timeline("t");
        assertThat(JvmEngine.fence(timeline.fence(4))).isSameAs(JvmEngine.fence(timeline.fence(4)));
    }

    @Test
    @DisplayName("files with one point share its deadline")
    void sharedDeadline(Engine engine) {
        Timeline timeline = engine.timeline("t");
        timeline.fence(4).setDeadline(99);
        assertThat(timeline.deadline(timeline.fence(4))).isEqualTo(99);
    }

    @Test
    @DisplayName("points signal in the order of their numbers, whatever the order of making")
    void order(Engine engine) {
        Timeline timeline = engine.timeline("t");
        List<FenceFile> files = new ArrayList<>();
        List<Integer> signaled = new ArrayList<>();
        for (int point : new int[] {3, 1, 2}) {
            files.add(timeline.fence(point));
        }
        timeline.increment(2);
        for (FenceFile file : files) {
            signaled.add(file.status());
        }
        assertThat(signaled).containsExactly(ACTIVE, SIGNALED, SIGNALED);
    }

    @Test
    @DisplayName("callbacks of points that one increment reaches run in the order of the numbers")
    @InProcessOnly("callbacks are functions of the kernel")
    void callbackOrder(Engine engine) {
        Timeline timeline = engine.timeline("t");
        List<Long> ran = new ArrayList<>();
        for (int point : new int[] {3, 1, 2}) {
            DmaFence fence = JvmEngine.fence(timeline.fence(point));
            fence.onSignaled(each -> ran.add(each.seqno()));
        }
        timeline.increment(5);
        assertThat(ran).containsExactly(1L, 2L, 3L);
    }

    @Test
    @DisplayName("closing fails what is pending with ENOENT, and leaves what is signalled")
    void close(Engine engine) {
        Timeline timeline = engine.timeline("t");
        FenceFile done = timeline.fence(1);
        FenceFile pending = timeline.fence(2);
        FenceFile later = timeline.fence(3);
        timeline.increment(1);
        timeline.close();
        assertThat(done.status()).isEqualTo(SIGNALED);
        assertThat(pending.status()).isEqualTo(ENOENT);
        assertThat(later.status()).isEqualTo(ENOENT);
    }

    @Test
    @DisplayName("closing wakes whoever waits")
    void closeWakes(Engine engine) throws Exception {
        Timeline timeline = engine.timeline("t");
        FenceFile fence = timeline.fence(1);
        var waiter = Case.start(() -> assertThat(fence.poll(Case.LONG)).isTrue());
        timeline.close();
        waiter.get();
        assertThat(fence.status()).isEqualTo(ENOENT);
    }

    @Test
    @DisplayName("a file may be closed while its point is pending; the point goes on for others")
    void closedFile(Engine engine) throws Exception {
        Timeline timeline = engine.timeline("t");
        FenceFile other = timeline.fence(1);
        timeline.fence(1).close();
        timeline.increment(1);
        assertThat(other.poll(NOW)).isTrue();
    }

    @Test
    @DisplayName("the deadline is known for points of any timeline, and of nothing else")
    void deadline(Engine engine) {
        Timeline timeline = engine.timeline("t");
        Timeline other = engine.timeline("other");
        FenceFile point = other.fence(1);
        Case.refused(Errno.ENOENT, () -> timeline.deadline(point));
        point.setDeadline(5);
        assertThat(timeline.deadline(point)).isEqualTo(5);
        FenceFile merged = engine.merge("m", point, timeline.fence(1));
        Case.refused(Errno.EINVAL, () -> timeline.deadline(merged));
    }

    @Test
    @DisplayName("increment races with closing: each point ends once, reached or ENOENT, in order")
    void closeRace(Engine engine) throws Exception {
        for (int round = 0; round < 200; round++) {
            Timeline timeline = engine.timeline("t");
            FenceFile first = timeline.fence(1);
            FenceFile second = timeline.fence(2);
            Case.inParallel(List.of(timeline::close, () -> {
                try {
                    timeline.increment(2);
                } catch (RefusedException closed) {
                    // The descriptor is gone before its file is.
                    assertThat(first.poll(LONG)).isTrue();
                    assertThat(first.status()).isEqualTo(ENOENT);
                }
            }));
            assertThat(first.status()).isIn(SIGNALED, ENOENT);
            assertThat(second.status()).isEqualTo(first.status());
        }
    }
}
