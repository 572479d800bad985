package io.github.dmabuf4j.fence;

import java.time.Duration;
import java.util.List;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LIZ_Result;

/** A wait for the first of two fences runs out of time while the second signals; the first never does. */
@JCStressTest
@Outcome(id = "none, 1, true", expect = Expect.ACCEPTABLE, desc = "Out of time; one entry is left to be swept.")
@Outcome(id = "signalled, 1, true", expect = Expect.ACCEPTABLE, desc = "The signal was in time.")
@Outcome(id = "signalled, 0, true", expect = Expect.ACCEPTABLE, desc = "It was there before the wait queued anything.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The wait answers what has not happened, or leaves more than its entry.")
@State
public class WaitAnyOutOfTimeAgainstSignal {
    private final UserFence never = FenceContext.create("jcstress", "never").newFence();
    private final UserFence signalled = FenceContext.create("jcstress", "races").newFence();

    @Actor
    public void signaller() {
        signalled.signal();
    }

    @Actor
    public void waiter(LIZ_Result result) {
        try {
            DmaFence first = DmaFence.awaitAny(List.of(never, signalled), Duration.ofNanos(1));
            result.r1 = first == signalled ? "signalled" : first == null ? "none" : "the other";
            result.r3 = first == null || first.isSignaled();
        } catch (InterruptedException unexpected) {
            throw new AssertionError(unexpected);
        }
    }

    @Arbiter
    public void afterwards(LIZ_Result result) {
        result.r2 = never.queuedCallbacks();
    }
}
