package io.github.dmabuf4j.fence;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FenceValidatorTest {
    private static final String NAME = "watched timeline";
    private final FenceContext context = FenceContext.create("driver", NAME);
    private final BlockingQueue<FenceReport> reports = new LinkedBlockingQueue<>();

    @BeforeEach
    void listen() {
        // Fences of other tests may become garbage now: only those of this one count.
        FenceValidator.setListener(report -> {
            if (report.message().contains(NAME)) {
                reports.add(report);
            }
        });
    }

    @AfterEach
    void stopListening() {
        FenceValidator.setListener(null);
    }

    private void assertReported(FenceReport.Rule... rules) {
        assertThat(reports).extracting(FenceReport::rule).containsExactly(rules);
    }

    @Test
    void isOnInTests() {
        assertThat(FenceValidator.isEnabled()).isTrue();
    }

    @Test
    void properUseIsSilent() throws InterruptedException {
        for (int i = 0; i < 10; i++) {
            UserFence fence = context.newFence();
            try (SignalingSection section = FenceValidator.beginSignaling(fence)) {
                assertThat(section).isNotNull();
                fence.signal();
            }
            fence.await();
            fence.close();
        }
        assertReported();
    }

    @Test
    void signallingOutOfOrder() {
        UserFence first = context.newFence();
        UserFence second = context.newFence();
        second.signal();
        assertReported();
        first.signal();
        assertReported(FenceReport.Rule.OUT_OF_ORDER);
        FenceReport report = reports.remove();
        assertThat(report.message()).contains("signals after a later one");
        assertThat(report.stacks())
                .anyMatch(stack -> String.valueOf(stack.getMessage()).contains("was made here"));
    }

    @Test
    void wrappingRingsAreInOrderAcrossTheWrap() {
        FenceContext ring = FenceContext.createWrapping32("hw", NAME);
        UserFence before = ring.newFence(0xffff_ffffL);
        UserFence after = ring.newFence(1);
        before.signal();
        after.signal();
        assertReported();
    }

    @Test
    void signallingTwiceAndFailingTooLate() {
        UserFence fence = context.newFence();
        fence.signal();
        fence.signal();
        fence.fail(Errno.EIO);
        assertReported(FenceReport.Rule.SIGNALED_TWICE, FenceReport.Rule.ERROR_AFTER_SIGNALING);
        assertThat(fence.error()).isNull();
    }

    @Test
    void droppedFences() throws InterruptedException {
        context.newFence();
        FenceReport report = null;
        while (report == null) {
            System.gc();
            report = reports.poll(20, TimeUnit.MILLISECONDS);
        }
        assertThat(report.rule()).isEqualTo(FenceReport.Rule.DROPPED);
        assertThat(report.stacks().getFirst().getStackTrace())
                .anyMatch(frame -> frame.getMethodName().equals("droppedFences"));
    }

    @Test
    void waitingInASectionThatMustSignal() throws InterruptedException {
        UserFence other = context.newFence();
        try (SignalingSection outer = FenceValidator.beginSignaling();
                SignalingSection inner = FenceValidator.beginSignaling()) {
            assertThat(outer).isNotSameAs(inner);
            other.await(Duration.ofNanos(1));
            DmaFence.awaitAny(List.of(other), Duration.ofNanos(1));
        }
        assertReported(FenceReport.Rule.WAIT_IN_SIGNALING_SECTION, FenceReport.Rule.WAIT_IN_SIGNALING_SECTION);
        assertThat(reports.remove().stacks())
                .as("both stacks")
                .extracting(Throwable::getMessage)
                .contains("here", "the section began here");
        reports.clear();
        other.await(Duration.ofNanos(1));
        assertReported();
        other.close();
    }

    @Test
    void waitingInACallback() {
        UserFence fence = context.newFence();
        UserFence other = context.newFence();
        fence.onSignaled(f -> other.awaitUninterruptibly(Duration.ofNanos(1)));
        fence.signal();
        assertReported(FenceReport.Rule.WAIT_IN_CALLBACK);
        reports.clear();
        other.awaitUninterruptibly(Duration.ofNanos(1));
        assertReported();
        other.close();
    }

    @Test
    void waitingForOneselfThroughAnotherThread() throws InterruptedException {
        UserFence mine = context.newFence();
        UserFence theirs = context.newFence();
        CountDownLatch ready = new CountDownLatch(1);
        Thread other = Thread.ofPlatform().start(() -> {
            try (SignalingSection section = FenceValidator.beginSignaling(theirs)) {
                assertThat(section).isNotNull();
                ready.countDown();
                mine.awaitUninterruptibly();
                theirs.signal();
            }
        });
        ready.await();
        while (mine.queuedCallbacks() == 0) {
            Thread.onSpinWait();
        }
        reports.clear(); // that the other waits in a section is known by now
        DmaFence gathered = FenceArray.of(List.of(FenceChain.of(null, theirs, 1), DmaFence.stub()));
        try (SignalingSection section = FenceValidator.beginSignaling(mine)) {
            assertThat(section).isNotNull();
            assertThat(gathered.await(Duration.ofMillis(1))).isFalse();
        }
        assertThat(reports).extracting(FenceReport::rule).contains(FenceReport.Rule.WAIT_FOR_ITSELF);
        mine.signal();
        other.join();
        assertThat(theirs.isSignaled()).isTrue();
    }
}
