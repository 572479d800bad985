package io.github.dmabuf4j.domain.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dmabuf4j.domain.fake.FakeBackend;
import io.github.dmabuf4j.domain.spi.PeerSyncPage;
import io.github.dmabuf4j.domain.spi.SyncGeometry;
import io.github.dmabuf4j.domain.spi.SyncPage;
import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.fence.Timeline;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PeerRingTest {
    private static final int ENTRIES = 8;

    private final SyncPage page =
            new FakeBackend().createSyncPage(new SyncGeometry(32, 1, 1, 0, 8, ENTRIES, 24, 8), "x");
    private final ReleaseRing writer = new ReleaseRing(page);
    private final PeerRing reader = new PeerRing(new Seen(page));
    private final HandOver record = new HandOver();

    private void write(long buffer) {
        writer.write(buffer, 0, 7 * buffer, 0, 0, 0);
        writer.announce();
    }

    @Test
    void aGlanceFindsEveryRecordWhetherItWaitsOrComes() throws Exception {
        long number = 0;
        // Longer and longer runs of records that are there already, and looks in vain between them.
        for (int run = 1; run <= 4 * ENTRIES; run++) {
            assertThat(reader.glance()).isFalse();
            for (int i = 0; i < 3 * run; i++) {
                write(++number);
                assertThat(reader.glance()).isTrue();
                assertThat(reader.poll(record)).isTrue();
                assertThat(record.sequence()).isEqualTo(number);
                assertThat(record.buffer()).isEqualTo(number);
                assertThat(record.presentationTime()).isEqualTo(7 * number);
            }
            assertThat(reader.poll(record)).isFalse();
        }
    }

    @Test
    void aGlanceMayBeLeftOut() throws Exception {
        for (int i = 1; i < ENTRIES; i++) {
            write(i);
        }
        assertThat(reader.poll(record)).isTrue();
        assertThat(reader.glance()).isTrue();
        assertThat(reader.glance()).isTrue();
        assertThat(reader.poll(record)).isTrue();
        assertThat(record.sequence()).isEqualTo(2);
        assertThat(reader.isThere()).isTrue();
        assertThat(reader.poll(record)).isTrue();
        assertThat(record.sequence()).isEqualTo(3);
        assertThat(reader.next()).isEqualTo(4);
    }

    @Test
    void aRecordThatWasOverwrittenIsNotTaken() {
        for (int i = 1; i <= ENTRIES + 1; i++) {
            write(i);
        }
        assertThat(reader.glance()).isFalse();
        assertThatThrownBy(() -> reader.poll(record))
                .isInstanceOf(RingViolationException.class)
                .hasMessageContaining("record 1 was overwritten");
    }

    /** The page as its peer sees it. */
    private record Seen(SyncPage page) implements PeerSyncPage {
        @Override
        public SyncGeometry geometry() {
            return page.geometry();
        }

        @Override
        public MemorySegment memory() {
            return page.memory().asReadOnly();
        }

        @Override
        public Timeline timeline(int index) {
            return page.timeline(index);
        }

        @Override
        public void fail(Errno error) {}

        @Override
        public void close() {}
    }
}
