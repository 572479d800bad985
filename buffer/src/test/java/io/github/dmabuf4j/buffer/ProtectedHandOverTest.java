package io.github.dmabuf4j.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.dmabuf4j.memory.DmaDirection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Protected memory of a platform that maps everything through the caches. */
@Timeout(60)
class ProtectedHandOverTest {
    private final RecordingMaintenance caches = new RecordingMaintenance();

    @Test
    void noLineOfItIsInACacheWhenItIsHandedOver() throws Exception {
        try (ProtectedHeap heap = new ProtectedHeap(new RevokingBacking(), HeapLimits.DEFAULT, caches)) {
            for (int round = 0; round < 2; round++) {
                caches.calls();
                try (DmaBuf buffer = heap.allocate(8192);
                        DmaAttachment attachment = buffer.attach(new FakeDevice("decoder", false))) {
                    assertThat(caches.calls()).containsExactly("flush 0+0:8192");
                    assertThatExceptionOfType(ProtectedMemoryException.class)
                            .isThrownBy(() -> buffer.beginCpuAccess(AccessMode.READ));
                    attachment.unmap(attachment.map(DmaDirection.BIDIRECTIONAL), DmaDirection.BIDIRECTIONAL);
                    assertThat(caches.calls()).isEmpty();
                }
                heap.awaitIdle();
            }
        }
    }
}
