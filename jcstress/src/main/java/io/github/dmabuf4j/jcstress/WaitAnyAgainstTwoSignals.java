package io.github.dmabuf4j.jcstress;

import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.UserFence;
import java.time.Duration;
import java.util.List;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LZ_Result;

/** Two fences signal, one thread waits for the first of them. */
@JCStressTest
@Outcome(id = "first, true", expect = Expect.ACCEPTABLE, desc = "Woken by the first.")
@Outcome(id = "second, true", expect = Expect.ACCEPTABLE, desc = "Woken by the second.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The wait ended without a fence, or with one that is not signalled.")
@State
public class WaitAnyAgainstTwoSignals {
    private final UserFence first = Fences.newFence();
    private final UserFence second = Fences.newFence();

    @Actor
    public void signaller() {
        second.signal();
        first.signal();
    }

    @Actor
    public void waiter(LZ_Result result) {
        DmaFence found = Fences.calmly(() -> DmaFence.awaitAny(List.of(first, second), Duration.ofMinutes(1)));
        result.r1 = found == first ? "first" : found == second ? "second" : "none";
        result.r2 = found != null && found.isSignaled();
    }
}
