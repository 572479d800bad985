package io.github.dmabuf4j.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dmabuf4j.domain.spi.Disconnect;
import io.github.dmabuf4j.linux.Received;
import io.github.dmabuf4j.linux.UnixListener;
import io.github.dmabuf4j.linux.UnixSocket;
import io.github.dmabuf4j.linux.testing.ChildJvm;
import io.github.dmabuf4j.linux.testing.LeakCheck;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A connection belongs to the process that made it: whoever was given its socket may not speak through it. */
@Timeout(60)
@ExtendWith(LeakCheck.class)
final class ForeignSenderTest {
    @TempDir
    Path folder;

    /** Takes a socket out of a message and speaks through it. */
    static final class Child {
        private Child() {}

        public static void main(String[] arguments) throws Exception {
            try (UnixSocket parent = UnixSocket.connect(Path.of(arguments[0]))) {
                Received received = parent.receive(ByteBuffer.allocate(10));
                UnixSocket.adopt(received.fds().getFirst()).send(Recorder.bytes("from the child"));
                System.in.read();
            }
        }
    }

    @Test
    void anotherProcessSpeaks() throws Exception {
        try (LocalListener listener = LocalListener.listen(folder.resolve("stream"));
                UnixListener handing = UnixListener.listen(folder.resolve("handing"));
                UnixSocket raw = UnixSocket.connect(listener.path());
                LocalConnection connection = listener.accept();
                ChildJvm child = ChildJvm.start(Child.class, handing.path().toString());
                UnixSocket toChild = handing.accept()) {
            Recorder recorder = new Recorder();
            connection.start(recorder);
            raw.send(Recorder.bytes("from the parent"));
            assertThat(recorder.next().text()).isEqualTo("from the parent");
            toChild.send(Recorder.bytes("x"), raw.fd());
            Disconnect end = recorder.end();
            assertThat(end.kind()).isEqualTo(Disconnect.Kind.BROKEN);
            assertThat(end.sentence())
                    .contains("process " + ProcessHandle.current().pid())
                    .contains("process " + child.pid() + " sends through its connection");
        }
    }
}
