package io.github.dmabuf4j.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.linux.sys.Descriptors;
import io.github.dmabuf4j.linux.sys.Seals;
import io.github.dmabuf4j.linux.testing.LeakCheck;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
@ExtendWith(LeakCheck.class)
class MemfdTest {
    private final MemfdBacking backing = new MemfdBacking();

    @Test
    void pagesAreZeroRoundedAndShared() throws IOException {
        try (MemfdPages pages = backing.give(5000, "two pages");
                MemfdPages again = MemfdPages.adopt(pages.fd().dup(), 5000, true);
                Arena arena = Arena.ofConfined()) {
            assertThat(pages.size()).isEqualTo(2 * backing.pageSize());
            assertThat(again.size()).isEqualTo(pages.size());
            assertThat(again.inode()).isEqualTo(pages.inode());
            assertThat(pages.lease(arena, false).toArray(JAVA_BYTE)).containsOnly(0);
            pages.lease(arena, true).set(JAVA_LONG, 4096, 42);
            assertThat(again.lease(arena, false).get(JAVA_LONG, 4096)).isEqualTo(42);
            again.zero();
            assertThat(pages.lease(arena, false).get(JAVA_LONG, 4096)).isZero();
        }
    }

    @Test
    void aLeaseDiesWithItsArenaAndTheMappingStays() throws IOException {
        try (MemfdPages pages = backing.give(4096, "lease")) {
            var arena = Arena.ofConfined();
            var lease = pages.lease(arena, true);
            lease.set(JAVA_LONG, 0, 7);
            arena.close();
            assertThatThrownBy(() -> lease.get(JAVA_LONG, 0)).isInstanceOf(IllegalStateException.class);
            try (Arena next = Arena.ofConfined()) {
                assertThat(pages.lease(next, false).get(JAVA_LONG, 0)).isEqualTo(7);
                assertThatThrownBy(() -> pages.lease(next, false).set(JAVA_LONG, 0, 8))
                        .isInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    @Test
    void closedPagesGiveNoLease() throws IOException {
        MemfdPages pages = backing.give(4096, "closed");
        pages.close();
        pages.close();
        assertThatThrownBy(() -> pages.lease(Arena.global(), false)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> pages.fd().number()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void theFileIsSealedAgainstAnyChangeOfSize() throws IOException {
        try (MemfdPages pages = backing.give(4096, "sealed")) {
            int fd = pages.fd().number();
            int sizeSeals = Seals.SHRINK | Seals.GROW | Seals.SEAL;
            assertThat(Descriptors.getSeals(fd) & sizeSeals).isEqualTo(sizeSeals);
            assertThat(Descriptors.ftruncate(fd, 0)).isEqualTo(-Errno.EPERM.number());
            assertThat(Descriptors.ftruncate(fd, 8192)).isEqualTo(-Errno.EPERM.number());
        }
    }

    @Test
    void anUnsealedFileIsRefused() throws IOException {
        refuse(memfd(4096, 0), 4096, true, "SHRINK");
        refuse(memfd(4096, Seals.GROW), 4096, true, "SHRINK");
    }

    @Test
    void aFileOfAnotherSizeIsRefused() throws IOException {
        refuse(memfd(4096, Seals.SHRINK), 4097, true, "has 4096 bytes");
        refuse(memfd(100, Seals.SHRINK), 101, true, "has 100 bytes");
        refuse(memfd(4096, Seals.SHRINK), 0, true, "0 bytes");
        refuse(memfd(4096, Seals.SHRINK), Long.MAX_VALUE, true, "bytes");
        refuse(memfd(4096, Seals.SHRINK), -1, true, "-1 bytes");
    }

    @Test
    void aFileThatEndsInsideItsLastPageIsMappedAsAWholePage() throws IOException {
        try (MemfdPages pages = MemfdPages.adopt(memfd(100, Seals.SHRINK), 100, true);
                Arena arena = Arena.ofConfined()) {
            assertThat(pages.size()).isEqualTo(4096);
            pages.lease(arena, true).fill((byte) 1); // beyond the end, too
        }
    }

    @Test
    void whatCannotBeWrittenIsRefusedForWritingAndTakenForReading() throws IOException {
        refuse(memfd(4096, Seals.SHRINK | Seals.WRITE), 4096, true, "sealed against writing");
        refuse(memfd(4096, Seals.SHRINK | Seals.FUTURE_WRITE), 4096, true, "sealed against writing");
        MemfdPages.adopt(memfd(4096, Seals.SHRINK | Seals.WRITE), 4096, false).close();

        try (OwnedFd file = memfd(4096, Seals.SHRINK);
                FileChannel readOnly =
                        FileChannel.open(Path.of("/proc/self/fd/" + file.number()), StandardOpenOption.READ)) {
            assertThat(readOnly.size()).isEqualTo(4096);
            // The newest descriptor of the file is the channel's.
            int number = newestDescriptorOf(file.number());
            refuse(BorrowedFd.of(number).dup(), 4096, true, "read-only");
            try (MemfdPages pages = MemfdPages.adopt(BorrowedFd.of(number).dup(), 4096, false)) {
                assertThat(pages.writable()).isFalse();
                assertThatThrownBy(() -> pages.lease(Arena.global(), true))
                        .isInstanceOf(IllegalArgumentException.class);
                assertThatThrownBy(pages::zero).isInstanceOf(IllegalStateException.class);
            }
        }
    }

    @Test
    void whatIsNoMemoryFileIsRefused(@TempDir Path folder) throws Exception {
        UnixSocket[] pair = UnixSocket.pair();
        refuse(pair[0].fd().dup(), 4096, false, "no memory file");
        pair[0].close();
        pair[1].close();

        Path file = Files.write(folder.resolve("plain"), new byte[8192]);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            assertThat(channel.size()).isEqualTo(8192);
            int number = newestDescriptorOf(file);
            refuse(BorrowedFd.of(number).dup(), 4096, false, "memfd");
        }
    }

    @Test
    void aPartOfAFileCanBeMapped() throws IOException {
        try (MemfdPages whole = backing.give(3 * 4096, "parts");
                MemfdPages part = MemfdPages.adopt(whole.fd().dup(), 4096, 4096, false);
                Arena arena = Arena.ofConfined()) {
            whole.lease(arena, true).set(JAVA_LONG, 4096, 5);
            assertThat(part.lease(arena, false).get(JAVA_LONG, 0)).isEqualTo(5);
            assertThat(part.size()).isEqualTo(4096);
        }
        try (MemfdPages whole = backing.give(2 * 4096, "parts")) {
            assertThatThrownBy(() -> MemfdPages.adopt(whole.fd().dup(), 100, 4096, false))
                    .isInstanceOf(UnsafeDescriptorException.class);
            assertThatThrownBy(() -> MemfdPages.adopt(whole.fd().dup(), 4096, 2 * 4096, false))
                    .isInstanceOf(UnsafeDescriptorException.class);
        }
    }

    @Test
    void moreMemoryThanThereIsIsAnExceptionAndNoSignal() {
        assertThatThrownBy(() -> backing.give(1L << 62, "too much"))
                .isInstanceOf(SystemCallException.class)
                .hasMessageContaining("too much");
        assertThatThrownBy(() -> backing.give(Long.MAX_VALUE, "too much")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> backing.give(0, "nothing")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aLongLabelIsShortened() throws IOException {
        backing.give(4096, "ä".repeat(300)).close();
        backing.give(4096, "zero \0 inside").close();
    }

    @Test
    void anOwnedDescriptorIsClosedOnceAndBorrowersSeeIt() throws IOException {
        OwnedFd fd = memfd(4096, 0);
        BorrowedFd borrowed = fd.borrow();
        int number = borrowed.number();
        try (OwnedFd duplicate = fd.dup()) {
            assertThat(duplicate.number()).isNotEqualTo(number);
            fd.close();
            fd.close();
            assertThat(fd.isClosed()).isTrue();
            assertThatThrownBy(borrowed::number).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(fd::dup).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> OwnedFd.adopt(number)).isInstanceOfSatisfying(SystemCallException.class, e -> {
                assertThat(e.errno()).isEqualTo(Errno.EBADF);
                assertThat(e.call()).isEqualTo("fcntl");
            });
        }
    }

    @Test
    void aDescriptorInUseIsClosedByItsLastUser() throws IOException {
        OwnedFd fd = memfd(4096, 0);
        int number = fd.number();
        fd.enter();
        fd.close();
        assertThat(Descriptors.descriptorFlags(number)).isNotNegative();
        assertThat(fd.tryEnter()).isFalse();
        fd.leave();
        assertThat(Descriptors.descriptorFlags(number)).isEqualTo(-Errno.EBADF.number());
    }

    private static OwnedFd memfd(long size, int seals) throws IOException {
        OwnedFd fd = Memfd.create("test", size);
        if (seals != 0) {
            Memfd.seal(fd, seals);
        }
        return fd;
    }

    private static void refuse(OwnedFd fd, long size, boolean writable, String sentence) {
        assertThatThrownBy(() -> MemfdPages.adopt(fd, size, writable))
                .isInstanceOf(UnsafeDescriptorException.class)
                .hasMessageContaining(sentence);
        assertThat(fd.isClosed()).isTrue();
    }

    private static int newestDescriptorOf(int fd) throws IOException {
        return newestDescriptorOf(Files.readSymbolicLink(Path.of("/proc/self/fd/" + fd)));
    }

    private static int newestDescriptorOf(Path target) throws IOException {
        int newest = -1;
        try (var fds = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path fd : fds) {
                try {
                    if (Files.readSymbolicLink(fd).equals(target)) {
                        newest = Math.max(
                                newest, Integer.parseInt(fd.getFileName().toString()));
                    }
                } catch (IOException e) {
                    assertThat(e).isNotNull(); // the descriptor of the listing itself, closed meanwhile
                }
            }
        }
        return newest;
    }
}
