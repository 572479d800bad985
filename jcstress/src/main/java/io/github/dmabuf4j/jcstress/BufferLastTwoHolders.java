package io.github.dmabuf4j.jcstress;

import io.github.dmabuf4j.buffer.AccessMode;
import io.github.dmabuf4j.buffer.AccessScope;
import io.github.dmabuf4j.buffer.CpuAccess;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** The last handle and the last access of a buffer end at once. */
@JCStressTest
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "The storage was given back once.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The storage was given back twice, or leaked.")
@State
public class BufferLastTwoHolders {
    private final RacedBuffer buffer = new RacedBuffer();
    private final CpuAccess access = buffer.handle.beginCpuAccess(AccessMode.WRITE, AccessScope.ANY_THREAD);

    @Actor
    public void closer() {
        buffer.handle.close();
    }

    @Actor
    public void user() {
        access.close();
    }

    @Arbiter
    public void afterwards(I_Result result) {
        result.r1 = buffer.released.get();
    }
}
