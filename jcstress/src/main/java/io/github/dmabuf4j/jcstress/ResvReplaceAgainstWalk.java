package io.github.dmabuf4j.jcstress;

import io.github.dmabuf4j.buffer.DmaResv;
import io.github.dmabuf4j.buffer.FenceUsage;
import io.github.dmabuf4j.buffer.ResvCursor;
import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.FenceContext;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** A fence takes the place of an older one of its context, with another usage, while somebody walks without a lock. */
@JCStressTest
@Outcome(id = "old WRITE", expect = Expect.ACCEPTABLE, desc = "Walked before.")
@Outcome(id = "new KERNEL", expect = Expect.ACCEPTABLE, desc = "Walked after.")
@Outcome(id = "", expect = Expect.FORBIDDEN, desc = "A fence is always there, and none was seen.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A fence was seen with the usage of another, or twice.")
@State
public class ResvReplaceAgainstWalk {
    private final FenceContext context = FenceContext.create("jcstress", "resv");
    private final DmaFence older = context.newFence();
    private final DmaFence newer = context.newFence();
    private final DmaResv resv = new DmaResv();

    public ResvReplaceAgainstWalk() {
        resv.importFence(older, FenceUsage.WRITE);
    }

    @Actor
    public void adder() {
        resv.importFence(newer, FenceUsage.KERNEL);
    }

    @Actor
    public void walker(L_Result result) {
        List<String> seen = new ArrayList<>();
        ResvCursor cursor = resv.cursor(FenceUsage.BOOKKEEP);
        while (cursor.next()) {
            if (cursor.isRestarted()) {
                seen.clear();
            }
            seen.add((cursor.fence() == older ? "old " : "new ") + cursor.usage());
        }
        result.r1 = String.join(" ", seen);
    }
}
