package io.github.dmabuf4j.jcstress;

import io.github.dmabuf4j.fence.FenceCallback;
import io.github.dmabuf4j.fence.UserFence;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZL_Result;

/** One thread signals while another takes the middle one of three callbacks out of the list. */
@JCStressTest
@Outcome(id = "true, first last", expect = Expect.ACCEPTABLE, desc = "Taken out; its neighbours ran in order.")
@Outcome(id = "false, first middle last", expect = Expect.ACCEPTABLE, desc = "Too late: all ran in order.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Removing an entry cost a neighbour its call, or the order.")
@State
public class NeighbourRemovedAgainstSignal {
    private final UserFence fence = Fences.newFence();
    private String runs = "";
    private final FenceCallback middle = FenceCallback.of(_ -> runs += " middle");

    public NeighbourRemovedAgainstSignal() {
        fence.addCallback(FenceCallback.of(_ -> runs += "first"));
        fence.addCallback(middle);
        fence.addCallback(FenceCallback.of(_ -> runs += " last"));
    }

    @Actor
    public void signaller() {
        fence.signal();
    }

    @Actor
    public void remover(ZL_Result result) {
        result.r1 = fence.removeCallback(middle);
    }

    @Arbiter
    public void afterwards(ZL_Result result) {
        result.r2 = runs;
    }
}
