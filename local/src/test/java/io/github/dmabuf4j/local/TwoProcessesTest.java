package io.github.dmabuf4j.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dmabuf4j.domain.QueueEvent;
import io.github.dmabuf4j.linux.testing.CProgram;
import io.github.dmabuf4j.linux.testing.ChildJvm;
import io.github.dmabuf4j.linux.testing.LeakCheck;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A stream from this JVM to other processes: every frame arrives whole, and nothing is copied. */
@Timeout(60)
@ExtendWith(LeakCheck.class)
final class TwoProcessesTest {
    private static final int FRAMES = 200;

    @TempDir
    Path folder;

    @BeforeAll
    static void warmUp() throws IOException {
        StreamFixture.warmUp();
    }

    @Test
    void twoConsumersSeeTheSameMemory() throws Exception {
        try (StreamFixture stream = new StreamFixture(folder, 4);
                ChildJvm first = ChildJvm.start(ConsumerMain.class, stream.listener.address(), "keep");
                ChildJvm second = ChildJvm.start(ConsumerMain.class, stream.listener.address(), "keep")) {
            stream.attach();
            stream.attach();
            assertThat(stream.producer.consumers()).isEqualTo(2);
            for (int i = 0; i < FRAMES; i++) {
                stream.send();
            }
            Set<String> ours = memoryFiles(ProcessHandle.current().pid());
            assertThat(ours).hasSizeGreaterThanOrEqualTo(4);
            for (ChildJvm child : new ChildJvm[] {first, second}) {
                for (String line : stream.expected) {
                    assertThat(child.line()).isEqualTo(line);
                }
                Set<String> shared = memoryFiles(child.pid());
                shared.retainAll(ours);
                // Four buffers, and the producer's sync page; each by its inode.
                assertThat(shared).hasSizeGreaterThanOrEqualTo(5);
            }
            stream.producer.finish();
            assertThat(first.line()).isEqualTo("end of stream");
            assertThat(second.line()).isEqualTo("end of stream");
            assertThat(stream.producer.awaitDrained(StreamFixture.LONG)).isTrue();
            assertThat(stream.event().kind()).isEqualTo(QueueEvent.Kind.JOINED);
            assertThat(stream.event().kind()).isEqualTo(QueueEvent.Kind.JOINED);
        }
    }

    @Test
    void theConsumerInC() throws Exception {
        Path program = CProgram.compile(
                Path.of("../examples/c/xbp-receive.c"), folder.resolve("xbp-receive"), "-pthread", "-I", "../docs");
        try (StreamFixture stream = new StreamFixture(folder, 4)) {
            Path output = folder.resolve("output");
            Process process = new ProcessBuilder(program.toString(), stream.listener.address())
                    .redirectOutput(output.toFile())
                    .redirectErrorStream(true)
                    .start();
            try {
                stream.attach();
                for (int i = 0; i < FRAMES; i++) {
                    stream.send();
                }
                stream.producer.finish();
                assertThat(stream.producer.awaitDrained(StreamFixture.LONG)).isTrue();
                stream.producer.close(); // takes the buffers back and says goodbye
                int exit = process.waitFor();
                assertThat(Files.readAllLines(output)).isEqualTo(stream.expected);
                assertThat(exit).isZero();
                assertThat(stream.event().sentence()).contains("process " + process.pid());
            } finally {
                process.destroyForcibly().waitFor();
            }
        }
    }

    @Test
    void theConsumerInCSaysWhatItMisses() throws Exception {
        Path program = CProgram.compile(
                Path.of("../examples/c/xbp-receive.c"), folder.resolve("xbp-receive"), "-pthread", "-I", "../docs");
        Process process = new ProcessBuilder(
                        program.toString(), folder.resolve("nobody").toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(output).startsWith("cannot connect to ").hasLineCount(1);
    }

    /** The inodes of all memory files that a process maps. */
    private static Set<String> memoryFiles(long pid) throws IOException {
        Set<String> inodes = new TreeSet<>();
        for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "maps"))) {
            if (line.contains("/memfd:")) {
                inodes.add(line.split(" +")[4]);
            }
        }
        return inodes;
    }
}
