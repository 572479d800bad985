package io.github.dmabuf4j.linux.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.dmabuf4j.buffer.AccessMode;
import io.github.dmabuf4j.buffer.CpuAccess;
import io.github.dmabuf4j.buffer.DmaBuf;
import io.github.dmabuf4j.buffer.ImageLayout;
import io.github.dmabuf4j.buffer.Modifier;
import io.github.dmabuf4j.buffer.PixelFormat;
import io.github.dmabuf4j.buffer.Plane;
import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.linux.BorrowedFd;
import io.github.dmabuf4j.linux.OwnedFd;
import io.github.dmabuf4j.linux.SystemCallException;
import io.github.dmabuf4j.linux.UnixSocket;
import io.github.dmabuf4j.linux.UnsafeDescriptorException;
import io.github.dmabuf4j.linux.ioctl.DmaBufUapi;
import io.github.dmabuf4j.linux.ioctl.Ioctl;
import io.github.dmabuf4j.linux.sync.EventFd;
import io.github.dmabuf4j.linux.sys.Descriptors;
import io.github.dmabuf4j.linux.sys.Seals;
import io.github.dmabuf4j.linux.testing.LeakCheck;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Pictures of others, in memory files: what is taken in, what is refused, and that nothing is left behind. */
@Timeout(60)
@ExtendWith(LeakCheck.class)
class ForeignImageTest {
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final long TILED = 0x0100_0000_0000_0001L;
    private static final ImageLayout PICTURE = ImageLayout.packed(PixelFormat.XRGB8888, 50, 50);

    @Test
    void aPictureIsReadWhereItsProducerDrewIt() throws Exception {
        try (OwnedFd file = memfd(PICTURE.size());
                ForeignImage theirs = wrap(WrapOptions.DEFAULT.withAccess(AccessMode.READ_WRITE), file);
                ForeignImage ours = DmaBufs.wrap(List.of(file.borrow()), PICTURE)) {
            draw(theirs.buffers().getFirst(), 77);
            assertThat(ours.layout()).isEqualTo(PICTURE);
            assertThat(ours.buffers()).hasSize(1);
            DmaBuf buffer = ours.buffers().getFirst();
            assertThat(firstByte(buffer)).isEqualTo(77);
            assertThat(buffer.isShared()).isTrue();
            assertThatIllegalArgumentException().isThrownBy(() -> buffer.beginCpuAccess(AccessMode.WRITE));
        }
    }

    @Test
    void whatTheCallerDoesWithItsDescriptorDoesNotMatter() throws Exception {
        OwnedFd file = memfd(PICTURE.size());
        try (ForeignImage image = wrap(WrapOptions.DEFAULT.withAccess(AccessMode.READ_WRITE), file)) {
            file.close(); // as an interface does that takes what it is given
            draw(image.buffers().getFirst(), 5);
            assertThat(firstByte(image.buffers().getFirst())).isEqualTo(5);
        }
    }

    @Test
    void theCallersDescriptorStaysOpenWhenThePictureIsClosed() throws Exception {
        try (OwnedFd file = memfd(PICTURE.size())) {
            wrap(WrapOptions.DEFAULT, file).close();
            wrap(WrapOptions.DEFAULT.withBorrowing(), file).close();
            assertThat(Descriptors.descriptorFlags(file.number())).isNotNegative();
        }
    }

    @Test
    void borrowingTakesNoDescriptor() throws Exception {
        OwnedFd file = memfd(PICTURE.size());
        int before = descriptors(file.number());
        try (ForeignImage copied = wrap(WrapOptions.DEFAULT, file)) {
            assertThat(descriptors(file.number())).isEqualTo(before + 1);
            assertThat(copied.buffers()).hasSize(1);
        }
        try (ForeignImage image = wrap(WrapOptions.DEFAULT.withBorrowing(), file)) {
            assertThat(descriptors(file.number())).isEqualTo(before);
            file.close();
            // The mapping stays; only the descriptor is gone.
            assertThat(firstByte(image.buffers().getFirst())).isZero();
        }
    }

    @Test
    void descriptorsOfTheSameFileBecomeOneBuffer() throws Exception {
        ImageLayout threeFiles = planes(0, 1, 2);
        try (OwnedFd file = memfd(threeFiles.sizeOf(2));
                OwnedFd again = file.dup()) {
            int before = descriptors(file.number());
            List<BorrowedFd> fds = List.of(file.borrow(), again.borrow(), file.borrow());
            try (ForeignImage image = DmaBufs.wrap(fds, threeFiles)) {
                assertThat(image.buffers()).hasSize(1);
                assertThat(image.layout()).isEqualTo(planes(0, 0, 0));
                assertThat(descriptors(file.number())).isEqualTo(before + 1);
            }
        }
    }

    @Test
    void descriptorsOfDifferentFilesAreToldApart() throws Exception {
        ImageLayout threeFiles = planes(0, 1, 2);
        try (OwnedFd first = memfd(threeFiles.sizeOf(2));
                OwnedFd second = memfd(threeFiles.sizeOf(2))) {
            List<BorrowedFd> fds = List.of(first.borrow(), second.borrow(), first.borrow());
            try (ForeignImage image = DmaBufs.wrap(fds, threeFiles)) {
                assertThat(image.buffers()).hasSize(2);
                assertThat(image.layout()).isEqualTo(planes(0, 1, 0));
            }
        }
    }

    @Test
    void modifiersAreNegotiatedAndNotAssumed() throws Exception {
        try (OwnedFd file = memfd(PICTURE.size())) {
            for (long modifier : new long[] {Modifier.INVALID, TILED}) {
                ImageLayout odd = new ImageLayout(50, 50, PICTURE.fourcc(), modifier, PICTURE.planes());
                List<BorrowedFd> fds = List.of(file.borrow());
                assertThatExceptionOfType(ModifierRefusedException.class)
                        .isThrownBy(() -> DmaBufs.wrap(fds, odd))
                        .withMessageContaining(Modifier.name(modifier))
                        .withMessageContaining("agreed on was LINEAR")
                        .satisfies(e -> assertThat(e.modifier()).isEqualTo(modifier));
                DmaBufs.wrap(fds, odd, WrapOptions.DEFAULT.withAnyModifier()).close();
                DmaBufs.wrap(fds, odd, WrapOptions.DEFAULT.withModifiers(Set.of(modifier)))
                        .close();
            }
            WrapOptions tiledOnly = WrapOptions.DEFAULT.withModifiers(Set.of(TILED));
            assertThatExceptionOfType(ModifierRefusedException.class).isThrownBy(() -> wrap(tiledOnly, file));
        }
    }

    @Test
    void noMoreThanFourPlanesAndNoMoreDescriptorsThanBuffers() throws Exception {
        Plane plane = PICTURE.planes().getFirst();
        int unknown = 0x3f3f3f3f;
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ImageLayout(50, 50, unknown, 0, Collections.nCopies(5, plane)))
                .withMessageContaining("1 to 4 planes, not 5");
        ImageLayout four = new ImageLayout(50, 50, unknown, 0, Collections.nCopies(4, plane));
        try (OwnedFd file = memfd(PICTURE.size())) {
            DmaBufs.wrap(List.of(file.borrow()), four).close();
            for (int count : new int[] {0, 2, 5}) {
                assertThatExceptionOfType(UnsafeDescriptorException.class)
                        .isThrownBy(() -> DmaBufs.wrap(Collections.nCopies(count, file.borrow()), four))
                        .withMessageContaining("not with " + count);
            }
        }
    }

    @Test
    void planesLieInsideTheirBuffers() throws Exception {
        try (OwnedFd small = memfd(PICTURE.size() - 1);
                OwnedFd enough = memfd(PICTURE.size())) {
            assertThat(PICTURE.size() % 4096).isNotZero(); // the file ends inside its last page
            wrap(WrapOptions.DEFAULT, enough).close();
            refused("does not hold " + PICTURE.size() + " bytes", small);
            Plane far = new Plane(0, 1L << 40, 200, 50);
            ImageLayout beyond = new ImageLayout(50, 50, PICTURE.fourcc(), Modifier.LINEAR, List.of(far));
            assertThatExceptionOfType(UnsafeDescriptorException.class)
                    .isThrownBy(() -> DmaBufs.wrap(List.of(enough.borrow()), beyond));
        }
    }

    @Test
    void aFileThatCanShrinkIsNeverMapped() throws Exception {
        try (OwnedFd file = OwnedFd.adopt(Descriptors.memfdCreate("shrinks", false))) {
            assertThat(Descriptors.ftruncate(file.number(), PICTURE.size())).isZero();
            refused("lacks the seal", file);
            assertThat(Descriptors.ftruncate(file.number(), 0)).isZero();
            refused("lacks the seal", file);
            assertThat(Descriptors.addSeals(file.number(), Seals.SHRINK)).isZero();
            refused("has 0 bytes", file);
        }
    }

    @Test
    void aReadOnlyDescriptorIsReadAndNotWritten() throws Exception {
        try (OwnedFd file = memfd(PICTURE.size());
                FileChannel channel = FileChannel.open(procPath(file.number()), StandardOpenOption.READ)) {
            assertThat(channel.isOpen()).isTrue();
            BorrowedFd readOnly = BorrowedFd.of(newestOf(file.number()));
            DmaBufs.wrap(List.of(readOnly), PICTURE).close();
            WrapOptions writing = WrapOptions.DEFAULT.withAccess(AccessMode.READ_WRITE);
            assertThatExceptionOfType(UnsafeDescriptorException.class)
                    .isThrownBy(() -> DmaBufs.wrap(List.of(readOnly), PICTURE, writing))
                    .withMessageContaining("read-only");
        }
    }

    @Test
    void closedDescriptorsAreToldApart() throws Exception {
        OwnedFd file = memfd(PICTURE.size());
        int number = file.number();
        BorrowedFd owned = file.borrow();
        file.close();
        assertThatIllegalStateException()
                .isThrownBy(() -> DmaBufs.wrap(List.of(owned), PICTURE))
                .withMessageContaining("closed");
        for (WrapOptions options : List.of(WrapOptions.DEFAULT, WrapOptions.DEFAULT.withBorrowing())) {
            assertThatExceptionOfType(SystemCallException.class)
                    .isThrownBy(() -> DmaBufs.wrap(List.of(BorrowedFd.of(number)), PICTURE, options))
                    .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EBADF));
        }
    }

    @Test
    void otherKindsOfFilesAreNamed(@TempDir Path folder) throws Exception {
        Path ordinary = Files.write(folder.resolve("ordinary"), new byte[(int) PICTURE.size()]);
        UnixSocket[] pair = UnixSocket.pair();
        try (EventFd event = EventFd.create();
                FileChannel channel = FileChannel.open(ordinary, StandardOpenOption.READ);
                UnixSocket one = pair[0];
                UnixSocket other = pair[1]) {
            assertThat(channel.isOpen()).isTrue();
            assertThat(other).isNotNull();
            refused("anon_inode:[eventfd]", event.fd());
            refused("socket:", one.fd());
            refused("ordinary file", BorrowedFd.of(newestOf(ordinary)));
        }
    }

    @Test
    void theKernelsRefusalsAreToldApart() throws Exception {
        Ioctl<Boolean> sync = Ioctl.of(
                "DMA_BUF_IOCTL_IMPORT_SYNC_FILE",
                DmaBufUapi.DMA_BUF_IOCTL_IMPORT_SYNC_FILE,
                DmaBufUapi.IMPORT_SYNC_FILE);
        try (EventFd event = EventFd.create();
                OwnedFd file = memfd(4096)) {
            assertThat(refusal(sync, event.fd())).isEqualTo(Errno.ENOTTY);
            assertThat(refusal(sync, file.borrow())).isEqualTo(Errno.ENOTTY);
            OwnedFd closed = file.dup();
            int number = closed.number();
            closed.close();
            assertThat(refusal(sync, BorrowedFd.of(number))).isEqualTo(Errno.EBADF);
        }
    }

    @Test
    void theNextPictureComesInBeforeThisOneIsDropped() throws Exception {
        try (OwnedFd file = memfd(PICTURE.size());
                OwnedFd unsealed = OwnedFd.adopt(Descriptors.memfdCreate("unsealed", false))) {
            ForeignImage shown = wrap(WrapOptions.DEFAULT.withAccess(AccessMode.READ_WRITE), file);
            draw(shown.buffers().getFirst(), 9);
            refused("lacks the seal", unsealed);
            assertThat(firstByte(shown.buffers().getFirst())).isEqualTo(9);
            // The same buffer again, as a producer sends it that has only one.
            try (ForeignImage next = wrap(WrapOptions.DEFAULT, file)) {
                shown.close();
                shown.close();
                assertThat(firstByte(next.buffers().getFirst())).isEqualTo(9);
            }
        }
    }

    @Test
    void aPictureOfWhichTheSecondBufferIsRefusedLeavesNothingBehind() throws Exception {
        ImageLayout threeFiles = planes(0, 1, 2);
        try (OwnedFd good = memfd(threeFiles.sizeOf(2));
                EventFd event = EventFd.create()) {
            int before = descriptors(good.number());
            List<BorrowedFd> fds = List.of(good.borrow(), event.fd(), good.borrow());
            assertThatExceptionOfType(UnsafeDescriptorException.class)
                    .isThrownBy(() -> DmaBufs.wrap(fds, threeFiles))
                    .withMessageContaining("eventfd");
            assertThat(descriptors(good.number())).isEqualTo(before);
        }
    }

    /** 16x16 in YUV 4:2:0, with the planes in these buffers, each at its own place so that one buffer can have them all. */
    private static ImageLayout planes(int y, int u, int v) {
        return new ImageLayout(
                16,
                16,
                PixelFormat.YUV420.fourcc(),
                Modifier.LINEAR,
                List.of(new Plane(y, 0, 16, 16), new Plane(u, 256, 8, 8), new Plane(v, 320, 8, 8)));
    }

    private static ForeignImage wrap(WrapOptions options, OwnedFd file) throws IOException {
        return DmaBufs.wrap(List.of(file.borrow()), PICTURE, options);
    }

    private static void refused(String sentence, OwnedFd file) {
        refused(sentence, file.borrow());
    }

    private static void refused(String sentence, BorrowedFd fd) {
        for (WrapOptions options : List.of(WrapOptions.DEFAULT, WrapOptions.DEFAULT.withBorrowing())) {
            assertThatExceptionOfType(UnsafeDescriptorException.class)
                    .isThrownBy(() -> DmaBufs.wrap(List.of(fd), PICTURE, options))
                    .withMessageContaining(sentence);
        }
    }

    private static Errno refusal(Ioctl<Boolean> request, BorrowedFd fd) {
        try {
            request.call(fd, "a test asks", (argument, _) -> argument.set("flags", 1));
            throw new AssertionError(fd + " takes the request");
        } catch (SystemCallException e) {
            return e.errno();
        }
    }

    private static OwnedFd memfd(long size) throws IOException {
        OwnedFd file = OwnedFd.adopt(Descriptors.memfdCreate("foreign", false));
        assertThat(Descriptors.ftruncate(file.number(), size)).isZero();
        assertThat(Descriptors.addSeals(file.number(), Seals.SHRINK)).isZero();
        return file;
    }

    private static void draw(DmaBuf buffer, int value) {
        try (CpuAccess access = buffer.beginCpuAccess(AccessMode.WRITE)) {
            access.segment().set(BYTE, 0, (byte) value);
        }
    }

    private static int firstByte(DmaBuf buffer) {
        try (CpuAccess access = buffer.beginCpuAccess(AccessMode.READ)) {
            return access.segment().get(BYTE, 0);
        }
    }

    private static Path procPath(int number) {
        return Path.of("/proc/self/fd/" + number);
    }

    private static int descriptors(int number) throws IOException {
        return numbersOf(Files.readSymbolicLink(procPath(number))).size();
    }

    private static int newestOf(int number) throws IOException {
        return newestOf(Files.readSymbolicLink(procPath(number)));
    }

    private static int newestOf(Path target) throws IOException {
        return numbersOf(target).stream().mapToInt(Integer::intValue).max().orElseThrow();
    }

    private static List<Integer> numbersOf(Path target) throws IOException {
        List<Integer> numbers = new ArrayList<>();
        try (var fds = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path fd : fds) {
                if (Files.exists(fd, java.nio.file.LinkOption.NOFOLLOW_LINKS)
                        && Files.readSymbolicLink(fd).equals(target)) {
                    numbers.add(Integer.parseInt(fd.getFileName().toString()));
                }
            }
        }
        return numbers;
    }
}
