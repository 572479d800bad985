package io.github.dmabuf4j.linux.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dmabuf4j.linux.MemfdBacking;
import io.github.dmabuf4j.linux.MemfdPages;
import io.github.dmabuf4j.linux.OwnedFd;
import io.github.dmabuf4j.linux.dmabuf.SystemBuffer.Kind;
import io.github.dmabuf4j.linux.dmabuf.SystemBuffer.User;
import io.github.dmabuf4j.linux.testing.LeakCheck;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
@ExtendWith(LeakCheck.class)
class BufferCensusTest {
    @TempDir
    Path folder;

    @Test
    void aMemoryFileOfThisProcessIsCountedWithItsDescriptorsAndMappings() throws Exception {
        long pid = ProcessHandle.current().pid();
        try (MemfdPages pages = new MemfdBacking().give(12_288, "counted");
                OwnedFd second = pages.fd().dup()) {
            assertThat(second.isClosed()).isFalse();
            SystemBuffer found = BufferCensus.take().stream()
                    .filter(each -> each.kind() == Kind.MEMORY_FILE && each.inode() == pages.inode())
                    .findFirst()
                    .orElseThrow();
            assertThat(found.size()).isEqualTo(12_288);
            assertThat(found.name()).isEqualTo("counted");
            assertThat(found.users())
                    .filteredOn(user -> user.pid() == pid)
                    .extracting(User::descriptors, User::mappings)
                    .containsExactly(org.assertj.core.api.Assertions.tuple(2, 1));
        }
    }

    @Test
    void dmaBufsAreReadFromTheirDescriptorsAndFromTheKernelsList() throws Exception {
        Path process = Files.createDirectories(folder.resolve("proc/42"));
        Files.writeString(process.resolve("comm"), "camera\n");
        Files.createDirectory(process.resolve("fd"));
        Files.createSymbolicLink(process.resolve("fd/7"), Path.of("/dmabuf:frame"));
        Files.createDirectory(process.resolve("fdinfo"));
        Files.writeString(
                process.resolve("fdinfo/7"),
                "pos:\t0\nflags:\t02\nino:\t9\nsize:\t8192\ncount:\t2\nexp_name:\tsystem\nname:\tframe\n");
        Files.writeString(
                process.resolve("maps"),
                "7f0000000000-7f0000002000 rw-s 00000000 00:0b 9    /dmabuf:frame\n"
                        + "7f0000004000-7f0000005000 r--p 00000000 08:01 1234 /usr/lib/libc.so.6\n");
        Files.createDirectories(folder.resolve("proc/43")); // ended meanwhile
        Path list = Files.writeString(folder.resolve("bufinfo"), """

                Dma-buf Objects:
                size    \tflags   \tmode    \tcount   \texp_name\tino     \tname
                00008192\t00000002\t00080007\t00000003\tsystem\t00000009\tframe
                \tAttached Devices:
                \tvivid-000
                Total 1 devices attached

                00004096\t00000002\t00080007\t00000001\tudmabuf\t00000010\t<none>
                \tAttached Devices:
                Total 0 devices attached


                Total 2 objects, 12288 bytes
                """);
        assertThat(new BufferCensus(folder.resolve("proc"), list).count())
                .containsExactly(
                        new SystemBuffer(
                                Kind.DMA_BUF,
                                9,
                                8192,
                                "system",
                                "frame",
                                List.of(new User(42, "camera", 1, 1)),
                                List.of("vivid-000")),
                        new SystemBuffer(Kind.DMA_BUF, 10, 4096, "udmabuf", "", List.of(), List.of()));
    }

    @Test
    void withoutTheKernelsListThereIsWhatProcessesShow() throws Exception {
        Files.createDirectories(folder.resolve("proc"));
        assertThat(new BufferCensus(folder.resolve("proc"), folder.resolve("nothing")).count())
                .isEmpty();
    }
}
