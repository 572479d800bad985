package io.github.dmabuf4j.jcstress;

import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.FenceCallback;
import io.github.dmabuf4j.fence.UserFence;
import java.time.Duration;
import java.util.List;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZJL_Result;

/** A wait has abandoned its entry on a fence; adding a callback sweeps it away while another thread signals. */
@JCStressTest
@Outcome(id = "true, 11, first added", expect = Expect.ACCEPTABLE, desc = "Swept and added before the signal.")
@Outcome(id = "false, 11, first", expect = Expect.ACCEPTABLE, desc = "The signal came first.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Sweeping cost a callback its call, or the signal its time.")
@State
public class SweepAgainstSignal {
    private final UserFence fence = Fences.newFence();
    private String runs = "";

    public SweepAgainstSignal() {
        fence.addCallback(FenceCallback.of(_ -> runs += "first"));
        DmaFence none = Fences.calmly(() -> DmaFence.awaitAny(List.of(fence), Duration.ofNanos(1)));
        if (none != null) {
            throw new AssertionError("nobody has signalled " + none);
        }
    }

    @Actor
    public void signaller() {
        fence.signal(11);
    }

    @Actor
    public void adder(ZJL_Result result) {
        result.r1 = fence.addCallback(FenceCallback.of(_ -> runs += " added"));
    }

    @Arbiter
    public void afterwards(ZJL_Result result) {
        result.r2 = fence.timestampNanos();
        result.r3 = runs;
    }
}
