package io.github.dmabuf4j.jcstress;

import io.github.dmabuf4j.fence.FenceSet;
import io.github.dmabuf4j.fence.UserFence;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZI_Result;

/** One thread takes a fence out of a set while another signals it. */
@JCStressTest
@Outcome(id = "true, false, 0", expect = Expect.ACCEPTABLE, desc = "Taken out: nothing is handed out any more.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A fence was taken out and handed out, or could not be taken out.")
@State
public class FenceSetRemoveAgainstSignal {
    private final UserFence fence = Fences.newFence();
    private final FenceSet set = new FenceSet();

    public FenceSetRemoveAgainstSignal() {
        set.add(fence);
    }

    @Actor
    public void signaller() {
        fence.signal();
    }

    @Actor
    public void remover(ZZI_Result result) {
        result.r1 = set.remove(fence);
    }

    @Arbiter
    public void afterwards(ZZI_Result result) {
        result.r2 = set.poll() != null;
        result.r3 = set.size();
        set.close();
    }
}
