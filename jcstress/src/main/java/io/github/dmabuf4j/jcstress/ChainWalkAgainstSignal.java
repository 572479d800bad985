package io.github.dmabuf4j.jcstress;

import io.github.dmabuf4j.fence.FenceChain;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/** One thread walks a chain, which collects it, while the fence in its middle signals. */
@JCStressTest
@Outcome(id = "second, first", expect = Expect.ACCEPTABLE, desc = "Walked before the signal; collected later.")
@Outcome(id = "first, first", expect = Expect.ACCEPTABLE, desc = "The middle was signalled and is collected.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A node whose fence is unsignalled was dropped, or a signalled one stayed.")
@State
public class ChainWalkAgainstSignal {
    private final Chains chain = new Chains();

    @Actor
    public void signaller() {
        chain.signal(2);
    }

    @Actor
    public void walker(LL_Result result) {
        result.r1 = chain.name(FenceChain.walk(chain.third));
    }

    @Arbiter
    public void afterwards(LL_Result result) {
        result.r2 = chain.name(FenceChain.walk(chain.third));
    }
}
