package io.github.dmabuf4j.tck;

import static io.github.dmabuf4j.tck.Case.ACTIVE;
import static io.github.dmabuf4j.tck.Case.ENOENT;
import static io.github.dmabuf4j.tck.Case.NOW;
import static io.github.dmabuf4j.tck.Case.SIGNALED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.fence.FenceContext;
import io.github.dmabuf4j.fence.UserFence;
import io.github.dmabuf4j.tck.Engine.FenceFile;
import io.github.dmabuf4j.tck.Engine.Timeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rules of a single fence: numbers, status, errors, times, names, waits, deadlines. */
@Family("fence")
class FenceTest {
    private static final Errno ETIME = Errno.ETIME;

    private final FenceContext context = FenceContext.create("driver", "ring");

    @Test
    @DisplayName("a fence goes from unsignalled to signalled once, and nothing changes it afterwards")
    void once(Engine engine) throws Exception {
        Timeline timeline = engine.timeline("t");
        FenceFile fence = timeline.fence(1);
        timeline.increment(1);
        long at = fence.info().fences().getFirst().timestampNanos();
        timeline.increment(0x7fff_ffff);
        timeline.close();
        assertThat(fence.poll(NOW)).isTrue();
        assertThat(fence.status()).isEqualTo(SIGNALED);
        assertThat(fence.info().fences().getFirst().timestampNanos()).isEqualTo(at);
    }

    @Test
    @DisplayName("context ids rise from 1, are handed out n at a time, and never repeat")
    @InProcessOnly("the counter of the whole kernel has other users")
    void contexts() {
        long first = FenceContext.allocate(5);
        assertThat(first).isPositive();
        assertThat(FenceContext.allocate(1)).isGreaterThanOrEqualTo(first + 5);
        assertThat(context.id()).isBetween(1L, first - 1);
    }

    @Test
    @DisplayName("each timeline has a context of its own")
    void contextOfATimeline(Engine engine) {
        FenceFile one = engine.timeline("t").fence(1);
        FenceFile other = engine.timeline("t").fence(1);
        assertThat(one.info().name())
                .startsWith("sw_sync-t")
                .endsWith("-1")
                .isNotEqualTo(other.info().name());
    }

    @Test
    @DisplayName("numbers of 64 bits compare as unsigned, without wrap-around")
    @InProcessOnly("user space sees no numbers of 64 bits but those of sync objects")
    void compare64() {
        assertThat(context.isLater(0x8000_0000_0000_0000L, 0x7fff_ffff_ffff_ffffL))
                .isTrue();
        assertThat(context.isLater(-1, 0)).isTrue();
        assertThat(context.isLater(0, -1)).isFalse();
        assertThat(context.isLater(7, 7)).isFalse();
    }

    @Test
    @DisplayName("numbers of 32 bits wrap around; at a distance of 2^31 neither is later")
    @InProcessOnly("user space sees the comparison only through software timelines")
    void compare32() {
        assertThat(FenceContext.isLater32(1, 0xffff_ffffL)).isTrue();
        assertThat(FenceContext.isLater32(0xffff_ffffL, 1)).isFalse();
        assertThat(FenceContext.isLater32(0x7fff_ffffL, 0)).isTrue();
        assertThat(FenceContext.isLater32(0x8000_0000L, 0)).isFalse();
        assertThat(FenceContext.isLater32(0, 0x8000_0000L)).isFalse();
        assertThat(FenceContext.isLater32(5, 5)).isFalse();
        assertThat(FenceContext.isLater32(0x7_0000_0001L, 0)).isTrue();
        FenceContext ring = FenceContext.createWrapping32("hw", "ring");
        UserFence before = ring.newFence(0xffff_ffffL);
        UserFence after = ring.newFence(0x1_0000_0000L);
        assertThat(after.isLater(before)).isTrue();
    }

    @Test
    @DisplayName("only fences of one context can be later than each other")
    @InProcessOnly("user space sees no comparison")
    void laterNeedsOneContext() {
        DmaFence other = FenceContext.create("driver", "ring").newFence();
        assertThatIllegalArgumentException().isThrownBy(() -> context.newFence().isLater(other));
        assertThatIllegalArgumentException().isThrownBy(() -> DmaFence.later(context.newFence(), other));
    }

    @Test
    @DisplayName("later or same means the same object, not an equal number")
    @InProcessOnly("user space sees no comparison")
    void laterOrSame() {
        UserFence fence = context.newFence();
        assertThat(fence.isLaterOrSame(fence)).isTrue();
        assertThat(new MockFence(context.id(), fence.seqno()).isLaterOrSame(fence))
                .isFalse();
        assertThat(context.newFence().isLaterOrSame(fence)).isTrue();
    }

    @Test
    @DisplayName("the later of two is none once that is signalled")
    @InProcessOnly("user space sees no comparison")
    void later() {
        MockFence early = new MockFence(context.id(), 1);
        MockFence late = new MockFence(context.id(), 2);
        assertThat(DmaFence.later(late, early)).isSameAs(late);
        assertThat(DmaFence.later(early, late)).isSameAs(late);
        late.workDone = true;
        assertThat(DmaFence.later(early, late)).isNull();
        assertThat(late.isSignaled()).as("it was asked").isTrue();
    }

    @Test
    @DisplayName("the time is that of signalling, on the monotonic clock, and 0 is shown before")
    void timestamp(Engine engine) {
        Timeline timeline = engine.timeline("t");
        FenceFile fence = timeline.fence(1);
        assertThat(fence.info().fences().getFirst().timestampNanos()).isZero();
        long before = System.nanoTime();
        timeline.increment(1);
        assertThat(fence.info().fences().getFirst().timestampNanos()).isBetween(before, System.nanoTime());
    }

    @Test
    @DisplayName("a time that the producer gives is kept as it is; the first one wins")
    @InProcessOnly("user space cannot give a time")
    void givenTimestamp() {
        UserFence fence = context.newFence();
        assertThat(fence.signal(1)).isTrue();
        assertThat(fence.signal(2)).isFalse();
        assertThat(fence.timestampNanos()).isEqualTo(1);
    }

    @Test
    @DisplayName("two signallers: one wins, and all see its error and its time")
    @InProcessOnly("user space has one signaller for each timeline")
    void oneSignallerWins() throws Exception {
        for (int round = 0; round < 500; round++) {
            UserFence fence = context.newFence();
            List<Boolean> won = java.util.Collections.synchronizedList(new ArrayList<>());
            Case.inParallel(List.of(() -> won.add(fence.fail(Errno.EIO, 5)), () -> won.add(fence.fail(ETIME, 62))));
            assertThat(won).containsExactlyInAnyOrder(true, false);
            Errno error = java.util.Objects.requireNonNull(fence.error());
            assertThat(fence.timestampNanos()).isEqualTo(error.number());
        }
    }

    @Test
    @DisplayName("asking completes a fence whose work is done, looking does not")
    @InProcessOnly("user space cannot look without asking")
    void polling() {
        MockFence fence = MockFence.alone();
        List<DmaFence> ran = new ArrayList<>();
        fence.onSignaled(ran::add);
        fence.workDone = true;
        assertThat(fence.isSignaled()).isFalse();
        assertThat(ran).isEmpty();
        long before = System.nanoTime();
        assertThat(fence.poll()).isTrue();
        assertThat(fence.isSignaled()).isTrue();
        assertThat(fence.timestampNanos()).as("the time of asking").isGreaterThanOrEqualTo(before);
        assertThat(ran).containsExactly(fence);
    }

    @Test
    @DisplayName("many that ask at once: one completes the fence, callbacks run once")
    @InProcessOnly("callbacks are functions of the kernel")
    void pollingRace() throws Exception {
        for (int round = 0; round < 200; round++) {
            MockFence fence = MockFence.alone();
            List<DmaFence> ran = java.util.Collections.synchronizedList(new ArrayList<>());
            fence.onSignaled(ran::add);
            fence.workDone = true;
            Case.inParallel(List.of(fence::poll, fence::poll, fence::poll));
            assertThat(ran).containsExactly(fence);
        }
    }

    @Test
    @DisplayName("who sees a fence signalled sees its error")
    void errorWithSignal(Engine engine) throws Exception {
        for (int round = 0; round < 200; round++) {
            Timeline timeline = engine.timeline("t");
            FenceFile fence = timeline.fence(1);
            Case.inParallel(List.of(timeline::close, () -> {
                int status = fence.status();
                while (status == ACTIVE) {
                    status = fence.status();
                }
                assertThat(status).isEqualTo(ENOENT);
            }));
        }
    }

    @Test
    @DisplayName("an error is a number from 1 to 4095")
    @InProcessOnly("user space cannot set an error")
    void errorRange() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Errno(0));
        assertThatIllegalArgumentException().isThrownBy(() -> new Errno(4096));
        UserFence fence = context.newFence();
        fence.fail(new Errno(4095));
        assertThat(fence.error()).isEqualTo(new Errno(4095));
    }

    @Test
    @DisplayName("a wait of no time never sleeps, and enables signalling")
    @InProcessOnly("user space does not see signalling enabled")
    void waitOfNoTime() throws Exception {
        MockFence fence = MockFence.alone();
        assertThat(fence.await(NOW)).isFalse();
        assertThat(fence.enabled).isEqualTo(1);
        MockFence done = MockFence.alone();
        done.willSignal = false;
        assertThat(done.await(NOW)).isTrue();
    }

    @Test
    @DisplayName("a negative time is refused")
    @InProcessOnly("for poll(2) a negative time is no limit")
    void negativeTime() {
        UserFence fence = context.newFence();
        assertThatIllegalArgumentException().isThrownBy(() -> fence.await(Duration.ofNanos(-1)));
        assertThatIllegalArgumentException().isThrownBy(() -> DmaFence.awaitAny(List.of(fence), Duration.ofNanos(-1)));
    }

    @Test
    @DisplayName("an interrupt ends a wait; success comes first")
    void interrupt(Engine engine) throws Exception {
        Timeline timeline = engine.timeline("t");
        FenceFile fence = timeline.fence(1);
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> fence.poll(Case.LONG));
        timeline.increment(1);
        Thread.currentThread().interrupt();
        assertThat(fence.poll(Case.LONG)).isTrue();
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    @DisplayName("a wait that cannot be interrupted keeps the interrupt for later")
    @InProcessOnly("in user space every wait can be interrupted")
    void uninterruptible() {
        MockFence fence = MockFence.alone();
        Thread.currentThread().interrupt();
        assertThat(fence.awaitUninterruptibly(Case.SHORT)).isFalse();
        fence.end(null);
        fence.awaitUninterruptibly();
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    @DisplayName("waiting for any: of signalled ones the first in order; none is refused")
    @InProcessOnly("user space waits for any of several only through poll(2) and sync objects")
    void waitAny() throws Exception {
        MockFence pending = MockFence.alone();
        MockFence first = MockFence.alone();
        MockFence second = MockFence.alone();
        List<MockFence> all = List.of(pending, first, second);
        assertThat(DmaFence.awaitAny(all, NOW)).isNull();
        assertThat(DmaFence.awaitAny(all, Case.SHORT)).isNull();
        second.end(null);
        first.end(Errno.EIO);
        assertThat(DmaFence.awaitAny(all, NOW)).isSameAs(first);
        assertThat(DmaFence.awaitAny(all, Case.LONG)).isSameAs(first);
        assertThatIllegalArgumentException().isThrownBy(() -> DmaFence.awaitAny(List.of(), NOW));
        assertThatNullPointerException().isThrownBy(() -> DmaFence.awaitAny(null, NOW));
    }

    @Test
    @DisplayName("waiting for any takes fences with a wait of their own (refused until 2018)")
    @InProcessOnly("user space cannot make fences of an own kind")
    void waitAnyOfOwnKinds() throws Exception {
        MockFence own = new MockFence() {
            @Override
            protected boolean waitForCompletion(long timeoutNanos) {
                throw new AssertionError("a wait for several goes by callbacks");
            }
        };
        own.end(null);
        assertThat(DmaFence.awaitAny(List.of(MockFence.alone(), own), Case.LONG))
                .isSameAs(own);
    }

    @Test
    @DisplayName("a wait of the fence's own replaces the default one")
    @InProcessOnly("user space cannot make fences of an own kind")
    void ownWait() throws Exception {
        MockFence fence = new MockFence() {
            @Override
            protected boolean waitForCompletion(long timeoutNanos) {
                assertThat(enabled).as("signalling is enabled before").isEqualTo(1);
                return end(null);
            }
        };
        assertThat(fence.await(Case.LONG)).isTrue();
    }

    @Test
    @DisplayName("the earliest deadline is kept")
    void deadline(Engine engine) {
        Timeline timeline = engine.timeline("t");
        FenceFile fence = timeline.fence(1);
        Case.refused(Errno.ENOENT, () -> timeline.deadline(fence));
        fence.setDeadline(2_000);
        fence.setDeadline(1_000);
        fence.setDeadline(3_000);
        assertThat(timeline.deadline(fence)).isEqualTo(1_000);
        assertThat(fence.status()).as("only a hint").isEqualTo(ACTIVE);
    }

    @Test
    @DisplayName("a signalled fence takes no deadline")
    void lateDeadline(Engine engine) {
        Timeline timeline = engine.timeline("t");
        FenceFile fence = timeline.fence(1);
        timeline.increment(1);
        fence.setDeadline(1_000);
        Case.refused(Errno.ENOENT, () -> timeline.deadline(fence));
    }

    @Test
    @DisplayName("a fence without the hook ignores deadlines")
    @InProcessOnly("user space cannot make fences of an own kind")
    void noDeadlineHook() {
        UserFence fence = context.newFence();
        fence.setDeadline(1);
        assertThat(fence.isSignaled()).isFalse();
    }

    @Test
    @DisplayName("names are the driver's, and after signalling detached-driver and signaled-timeline (since 6.17)")
    void names(Engine engine) {
        Timeline timeline = engine.timeline("ring");
        FenceFile fence = timeline.fence(1);
        assertThat(fence.info().fences().getFirst().driver()).isEqualTo("sw_sync");
        assertThat(fence.info().fences().getFirst().timeline()).isEqualTo("ring");
        timeline.increment(1);
        assertThat(fence.info().fences().getFirst().driver()).isEqualTo("detached-driver");
        assertThat(fence.info().fences().getFirst().timeline()).isEqualTo("signaled-timeline");
    }

    @Test
    @DisplayName("a fence describes itself by numbers, names and state; a signalled one has no names")
    @InProcessOnly("the line is for the kernel's own reports")
    void describe() {
        UserFence fence = context.newFence();
        assertThat(fence.describe()).isEqualTo(context.id() + ":1 ring driver unsignalled");
        fence.signal();
        assertThat(fence.describe()).isEqualTo(context.id() + ":1   signalled");
    }

    @Test
    @DisplayName("a private stub is signalled since the time it was given")
    @InProcessOnly("user space cannot make a stub")
    void privateStub() {
        DmaFence stub = DmaFence.stub(77);
        assertThat(stub.isSignaled()).isTrue();
        assertThat(stub.timestampNanos()).isEqualTo(77);
        assertThat(stub.error()).isNull();
        assertThat(stub).isNotSameAs(DmaFence.stub(77));
    }
}
