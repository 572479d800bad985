package io.github.dmabuf4j.jcstress;

import io.github.dmabuf4j.buffer.DmaResv;
import io.github.dmabuf4j.buffer.FenceUsage;
import java.util.Set;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** A fence is added for which the list has to grow while somebody walks without a lock. */
@JCStressTest
@Outcome(id = "4", expect = Expect.ACCEPTABLE, desc = "Walked before.")
@Outcome(id = "5", expect = Expect.ACCEPTABLE, desc = "Walked after, or began again.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A fence was missed or seen twice.")
@State
public class ResvGrowAgainstWalk {
    private final DmaResv resv = new DmaResv();

    public ResvGrowAgainstWalk() {
        for (int i = 0; i < 4; i++) {
            resv.importFence(Fences.newFenceAlone(), FenceUsage.READ);
        }
    }

    @Actor
    public void adder() {
        resv.importFence(Fences.newFenceAlone(), FenceUsage.READ);
    }

    @Actor
    public void walker(I_Result result) {
        result.r1 = Set.copyOf(resv.fences(FenceUsage.READ)).size();
    }
}
