package io.github.dmabuf4j.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dmabuf4j.domain.spi.Disconnect;
import io.github.dmabuf4j.linux.testing.ChildJvm;
import io.github.dmabuf4j.linux.testing.LeakCheck;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A peer that dies is told from one that leaves, and what it said before counts. */
@Timeout(60)
@ExtendWith(LeakCheck.class)
final class PeerDeathTest {
    private static final int MESSAGES = 20;

    @TempDir
    Path folder;

    /** Says something, then does what it is told. */
    static final class Child {
        private Child() {}

        public static void main(String[] arguments) throws Exception {
            LocalConnection connection = LocalConnection.connect(Path.of(arguments[0]));
            for (int i = 0; i < MESSAGES; i++) {
                connection.send(Recorder.bytes("message " + i), List.of());
            }
            switch (arguments[1]) {
                case "close" -> connection.close();
                case "halt" -> Runtime.getRuntime().halt(3);
                case "return" -> {
                    return;
                }
                default -> {
                    // Stays, until it is killed.
                }
            }
            System.out.println("said");
            System.in.read();
        }
    }

    @Test
    void killed() throws Exception {
        try (LocalListener listener = LocalListener.listen(folder.resolve("s"));
                ChildJvm child = ChildJvm.start(Child.class, listener.address(), "stay");
                LocalConnection connection = listener.accept()) {
            Recorder recorder = new Recorder();
            connection.start(recorder);
            assertThat(child.line()).isEqualTo("said");
            child.kill();
            assertEnd(recorder, child, Disconnect.Kind.DIED);
        }
    }

    @Test
    void killedBeforeAnybodyListened() throws Exception {
        try (LocalListener listener = LocalListener.listen(folder.resolve("s"));
                ChildJvm child = ChildJvm.start(Child.class, listener.address(), "stay");
                LocalConnection connection = listener.accept()) {
            assertThat(child.line()).isEqualTo("said");
            child.kill();
            Recorder recorder = new Recorder();
            connection.start(recorder);
            assertEnd(recorder, child, Disconnect.Kind.DIED);
        }
    }

    @Test
    void halted() throws Exception {
        assertSelfEnded("halt", Disconnect.Kind.DIED);
    }

    @Test
    void returnedFromMainWithoutAWord() throws Exception {
        assertSelfEnded("return", Disconnect.Kind.DIED);
    }

    @Test
    void closedAndLivesOn() throws Exception {
        assertSelfEnded("close", Disconnect.Kind.CLOSED);
    }

    private void assertSelfEnded(String how, Disconnect.Kind expected) throws IOException, InterruptedException {
        try (LocalListener listener = LocalListener.listen(folder.resolve("s"));
                ChildJvm child = ChildJvm.start(Child.class, listener.address(), how);
                LocalConnection connection = listener.accept()) {
            Recorder recorder = new Recorder();
            connection.start(recorder);
            assertEnd(recorder, child, expected);
        }
    }

    private static void assertEnd(Recorder recorder, ChildJvm child, Disconnect.Kind expected)
            throws InterruptedException {
        for (int i = 0; i < MESSAGES; i++) {
            assertThat(recorder.next().text()).isEqualTo("message " + i);
        }
        Disconnect end = recorder.end();
        assertThat(end.kind()).isEqualTo(expected);
        assertThat(end.sentence()).contains("process " + child.pid());
    }

    @Test
    void aThreadThatEndsIsRecognised() {
        assertThat(EndingProcess.isEnding("12 (a) 9 ) b) S 1 12 12 0 -1 4194304 0 0 0"))
                .isFalse();
        assertThat(EndingProcess.isEnding("12 (java) Z 1 12 12 0 -1 4227084 0 0 0"))
                .isTrue();
        assertThat(EndingProcess.isEnding("12 (java) Z")).isFalse();
        assertThat(EndingProcess.isEnding((int) ProcessHandle.current().pid())).isFalse();
        assertThat(EndingProcess.isEnding(0)).isFalse();
    }
}
