package io.github.dmabuf4j.jcstress;

import io.github.dmabuf4j.buffer.DmaResv;
import io.github.dmabuf4j.buffer.FenceUsage;
import io.github.dmabuf4j.fence.UserFence;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/**
 * Work is added for which the list has to grow, and only then the work before it ends: whoever began to wait meanwhile
 * waits for both.
 */
@JCStressTest
@Outcome(id = "true", expect = Expect.ACCEPTABLE, desc = "The wait ended after all work.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The wait ended while work was going on: it looked at the outgrown list.")
@State
public class ResvGrowAgainstWait {
    private final UserFence[] before = new UserFence[4];
    private final UserFence last = Fences.newFenceAlone();
    private final DmaResv resv = new DmaResv();

    public ResvGrowAgainstWait() {
        for (int i = 0; i < before.length; i++) {
            before[i] = Fences.newFenceAlone();
            resv.importFence(before[i], FenceUsage.READ);
        }
    }

    @Actor
    public void adder() {
        resv.importFence(last, FenceUsage.READ);
        for (UserFence fence : before) {
            fence.signal(1);
        }
        // Some time in which a wait that looks at the old list only would come back.
        for (int i = 0; i < 200; i++) {
            Thread.onSpinWait();
        }
        last.signal(2);
    }

    @Actor
    public void waiter(Z_Result result) {
        resv.awaitUninterruptibly(FenceUsage.READ);
        result.r1 = last.isSignaled();
    }
}
