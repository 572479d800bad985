package io.github.dmabuf4j.jcstress;

import io.github.dmabuf4j.buffer.AccessMode;
import io.github.dmabuf4j.buffer.AccessScope;
import io.github.dmabuf4j.buffer.CpuAccess;
import io.github.dmabuf4j.buffer.DmaAttachment;
import io.github.dmabuf4j.buffer.DmaBuf;
import io.github.dmabuf4j.memory.DmaDirection;
import io.github.dmabuf4j.memory.DmaTable;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** A CPU access that wrote ends while a device that does not look into the caches maps the buffer. */
@JCStressTest
@Outcome(id = "7", expect = Expect.ACCEPTABLE, desc = "The device finds what the CPU wrote.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The bracket saw no mapping, and the mapping cleaned too early.")
@State
public class BracketEndAgainstMap {
    private final RacedDevice device = new RacedDevice();
    private final DmaBuf buffer = DmaBuf.export(device);
    private final CpuAccess access = buffer.beginCpuAccess(AccessMode.WRITE, AccessScope.ANY_THREAD);
    private final DmaAttachment attachment = device.attachTo(buffer);
    private @Nullable DmaTable table;

    @Actor
    public void cpu() {
        access.segment().set(ValueLayout.JAVA_BYTE, 0, (byte) 7);
        access.close();
    }

    @Actor
    public void importer() {
        table = RacedDevice.map(attachment);
    }

    @Arbiter
    public void afterwards(I_Result result) {
        result.r1 = device.read();
        attachment.unmap(Objects.requireNonNull(table), DmaDirection.TO_DEVICE);
        attachment.close();
        buffer.close();
    }
}
