package io.github.dmabuf4j.linux;

import static io.github.dmabuf4j.fence.PointStatus.FAILED;
import static io.github.dmabuf4j.fence.PointStatus.SIGNALED;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.fence.PointStatus;
import io.github.dmabuf4j.linux.sys.Descriptors;
import io.github.dmabuf4j.linux.sys.Mappings;
import io.github.dmabuf4j.linux.sys.Seals;
import io.github.dmabuf4j.linux.testing.LeakCheck;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Page sets of peers that do not keep to the rules. */
@Timeout(60)
@ExtendWith(LeakCheck.class)
class HostilePageTest {
    private static final int ALL = Seals.FUTURE_WRITE | Seals.SHRINK | Seals.GROW | Seals.SEAL;
    private static final long LINE = (long) TwoPages.TIMELINE * TimelineDescriptor.LINE_BYTES;

    private static void write(TwoPages pages, long offset, long value) {
        pages.ownerPage.memory().set(JAVA_LONG, LINE + offset, value);
    }

    @ParameterizedTest
    @ValueSource(longs = {9, 0, -1, Long.MIN_VALUE})
    void aValueThatRunsBackwardsEndsTheTimeline(long value) throws Exception {
        try (TwoPages pages = new TwoPages()) {
            pages.owner.signal(10);
            assertThat(pages.peer.value()).isEqualTo(10);
            FutureTask<PointStatus> waiter = new FutureTask<>(() -> pages.peer.awaitPoint(11, Long.MAX_VALUE));
            Thread.ofPlatform().start(waiter);
            pages.awaitSleepers(1);
            write(pages, TimelineDescriptor.VALUE_OFFSET, value);
            assertThat(pages.peer.error()).isEqualTo(Errno.EPROTO);
            assertThat(waiter.get()).isEqualTo(FAILED);
            assertThat(pages.peer.status(10)).isEqualTo(SIGNALED);
            assertThat(pages.peer.status(11)).isEqualTo(FAILED);
            write(pages, TimelineDescriptor.VALUE_OFFSET, 1000);
            assertThat(pages.peer.status(11)).isEqualTo(FAILED);
            assertThat(pages.peer.value()).isEqualTo(10);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -5, 4096, Integer.MIN_VALUE})
    void anErrorThatIsNoneIsAViolation(int error) throws Exception {
        try (TwoPages pages = new TwoPages()) {
            pages.owner.signal(10);
            pages.ownerPage.memory().set(JAVA_INT, LINE + TimelineDescriptor.ERROR_OFFSET, error);
            write(pages, TimelineDescriptor.FIRST_FAILED_OFFSET, 12);
            assertThat(pages.peer.error()).isEqualTo(Errno.EPROTO);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {10, 3, -1})
    void aFailureOfPointsThatWereReachedIsAViolation(long firstFailed) throws Exception {
        try (TwoPages pages = new TwoPages()) {
            pages.owner.signal(10);
            assertThat(pages.peer.status(10)).isEqualTo(SIGNALED);
            pages.ownerPage.memory().set(JAVA_INT, LINE + TimelineDescriptor.ERROR_OFFSET, 5);
            write(pages, TimelineDescriptor.FIRST_FAILED_OFFSET, firstFailed);
            assertThat(pages.peer.error()).isEqualTo(Errno.EPROTO);
            assertThat(pages.peer.status(10)).isEqualTo(SIGNALED);
            assertThat(pages.peer.status(11)).isEqualTo(FAILED);
        }
    }

    @Test
    void interestThatMakesNoSenseOnlyCostsASystemCall() throws Exception {
        try (TwoPages pages = new TwoPages()) {
            long interest = (long) TwoPages.INTEREST * TimelineDescriptor.LINE_BYTES;
            pages.waiterPage.memory().asSlice(interest, 64).fill((byte) 0xff);
            pages.owner.signal(1);
            assertThat(pages.peer.status(1)).isEqualTo(SIGNALED);
        }
    }

    @Test
    void aPageSetThatIsNotSealedIsRefused() throws Exception {
        for (int missing : new int[] {Seals.SEAL, Seals.SHRINK, Seals.GROW, Seals.FUTURE_WRITE}) {
            OwnedFd fd = headed(4096, ALL & ~missing, TimelineDescriptor.MAGIC, 1, 64);
            refuse(fd, 64, Seals.describe(missing));
        }
    }

    @Test
    void aPageSetThatIsNotWhatWasSaidIsRefused() throws Exception {
        refuse(headed(4096, ALL, 0, 1, 64), 64, "no page set");
        refuse(headed(4096, ALL, TimelineDescriptor.MAGIC, 2, 64), 64, "version 2");
        refuse(headed(4096, ALL, TimelineDescriptor.MAGIC, 1, 63), 64, "63 lines");
        refuse(headed(4096, ALL, TimelineDescriptor.MAGIC, 1, 65), 65, "4096 bytes");
        refuse(headed(4096, ALL, TimelineDescriptor.MAGIC, 1, 64), Integer.MAX_VALUE, "lines");
        refuse(headed(4096, ALL, TimelineDescriptor.MAGIC, 1, 64), -1, "lines");
        UnixSocket[] pair = UnixSocket.pair();
        refuse(pair[0].fd().dup(), 64, "no memory file");
        pair[0].close();
        pair[1].close();
        PeerTimelinePage.map(headed(4096, ALL, TimelineDescriptor.MAGIC, 1, 64), 64)
                .close();
    }

    private static OwnedFd headed(long size, int seals, int magic, int version, int lines) throws IOException {
        OwnedFd fd = Memfd.create("hostile", size);
        long address = Memfd.map(fd.borrow(), 0, 4096, true);
        var memory = Mappings.lease(address, 4096, java.lang.foreign.Arena.global());
        memory.set(JAVA_INT, TimelineDescriptor.MAGIC_OFFSET, magic);
        memory.set(JAVA_INT, TimelineDescriptor.VERSION_OFFSET, version);
        memory.set(JAVA_INT, TimelineDescriptor.LINES_OFFSET, lines);
        Mappings.unmap(address, 4096);
        Memfd.seal(fd, seals);
        return fd;
    }

    private static void refuse(OwnedFd fd, int lines, String sentence) {
        assertThatThrownBy(() -> PeerTimelinePage.map(fd, lines))
                .isInstanceOf(UnsafeDescriptorException.class)
                .hasMessageContaining(sentence);
        assertThat(fd.isClosed()).isTrue();
    }

    @Test
    void nobodyElseCanWriteAPageSet() throws Exception {
        try (TwoPages pages = new TwoPages();
                OwnedFd passed = pages.ownerPage.fd().dup()) {
            assertThat(Mappings.map(passed.number(), 0, 4096, true)).isEqualTo(-Errno.EPERM.number());
            Path reopened = Path.of("/proc/self/fd/" + passed.number());
            try (FileChannel channel = FileChannel.open(reopened, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                assertThatThrownBy(() -> channel.write(java.nio.ByteBuffer.allocate(8)))
                        .isInstanceOf(IOException.class);
                assertThatThrownBy(() -> channel.map(FileChannel.MapMode.READ_WRITE, 0, 4096))
                        .isInstanceOf(IOException.class);
            }
            assertThat(Descriptors.ftruncate(passed.number(), 0)).isEqualTo(-Errno.EPERM.number());
            assertThatThrownBy(() -> pages.ownerSeen.memory().set(JAVA_LONG, 64, 1))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> MemfdPages.adopt(pages.ownerPage.fd().dup(), 4096, true))
                    .isInstanceOf(UnsafeDescriptorException.class);
        }
    }
}
