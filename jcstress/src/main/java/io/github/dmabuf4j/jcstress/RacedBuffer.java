package io.github.dmabuf4j.jcstress;

import io.github.dmabuf4j.buffer.DmaBuf;
import java.util.concurrent.atomic.AtomicInteger;

/** A buffer that counts how often its storage was given back. */
final class RacedBuffer {
    final AtomicInteger released = new AtomicInteger();
    final DmaBuf handle = DmaBuf.export(new HeapPages(), "jcstress", (_, _) -> released.incrementAndGet());
}
