package io.github.dmabuf4j.jcstress;

import io.github.dmabuf4j.buffer.DmaBuf;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Two threads close the same handle, and another handle stays open. */
@JCStressTest
@Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "It counted once; the storage went with the other handle.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A handle counted twice, or never.")
@State
public class BufferClosedTwice {
    private final RacedBuffer buffer = new RacedBuffer();
    private final DmaBuf other = buffer.handle.dup();

    @Actor
    public void closer() {
        buffer.handle.close();
    }

    @Actor
    public void anotherCloser() {
        buffer.handle.close();
    }

    @Arbiter
    public void afterwards(II_Result result) {
        result.r1 = buffer.released.get();
        other.close();
        result.r2 = buffer.released.get();
    }
}
