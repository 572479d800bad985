package io.github.dmabuf4j.jcstress;

import io.github.dmabuf4j.fence.FenceCallback;
import io.github.dmabuf4j.fence.FenceChain;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLZ_Result;

/** One thread walks a chain while a node of it completes, which lets go of all before it. */
@JCStressTest
@Outcome(id = "first, none, true", expect = Expect.ACCEPTABLE, desc = "Walked before the signal.")
@Outcome(id = "none, none, true", expect = Expect.ACCEPTABLE, desc = "All before is signalled and collected.")
@Outcome(
        expect = Expect.FORBIDDEN,
        desc = "A signalled node stayed, or the node that was listened to did not complete.")
@State
public class ChainWalkAgainstRelease {
    private final Chains chain = new Chains();

    public ChainWalkAgainstRelease() {
        chain.signal(2);
        chain.second.addCallback(FenceCallback.of(_ -> {}));
    }

    @Actor
    public void signaller() {
        chain.signal(1);
    }

    @Actor
    public void walker(LLZ_Result result) {
        result.r1 = chain.name(FenceChain.walk(chain.third));
    }

    @Arbiter
    public void afterwards(LLZ_Result result) {
        result.r2 = chain.name(FenceChain.walk(chain.third));
        result.r3 = chain.second.isSignaled();
    }
}
