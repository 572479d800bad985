package io.github.dmabuf4j.jcstress;

import io.github.dmabuf4j.buffer.DmaAttachment;
import io.github.dmabuf4j.buffer.DmaBuf;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** The last handle and the last attachment of a buffer end at once; one of them twice. */
@JCStressTest
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "The storage was given back once.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The storage was given back twice, or leaked.")
@State
public class AttachmentCloseAgainstBuffer {
    private final RacedDevice device = new RacedDevice();
    private final DmaBuf buffer = DmaBuf.export(device);
    private final DmaAttachment attachment = device.attachTo(buffer);

    @Actor
    public void owner() {
        buffer.close();
    }

    @Actor
    public void importer() {
        attachment.close();
    }

    @Actor
    public void other() {
        attachment.close();
    }

    @Arbiter
    public void afterwards(I_Result result) {
        result.r1 = device.released.get();
    }
}
