package io.github.dmabuf4j.jcstress;

import io.github.dmabuf4j.buffer.BufferClosedException;
import io.github.dmabuf4j.buffer.DmaBuf;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LI_Result;

/** The last handle of a buffer is closed while another thread makes one more. */
@JCStressTest
@Outcome(id = "held, 1", expect = Expect.ACCEPTABLE, desc = "The new handle holds the storage until it is closed.")
@Outcome(id = "closed, 1", expect = Expect.ACCEPTABLE, desc = "Too late: refused.")
@Outcome(id = "gone, .*", expect = Expect.FORBIDDEN, desc = "The storage was given back under an open handle.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The storage is given back once.")
@State
public class BufferCloseAgainstDup {
    private final RacedBuffer buffer = new RacedBuffer();

    @Actor
    public void closer() {
        buffer.handle.close();
    }

    @Actor
    public void user(LI_Result result) {
        try {
            result.r1 = buffer.handle.dup();
        } catch (BufferClosedException closed) {
            result.r1 = "closed";
        }
    }

    @Arbiter
    public void afterwards(LI_Result result) {
        if (result.r1 instanceof DmaBuf other) {
            result.r1 = buffer.released.get() == 0 ? "held" : "gone";
            other.close();
        }
        result.r2 = buffer.released.get();
    }
}
