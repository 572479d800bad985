package io.github.dmabuf4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.dmabuf4j.cli.video.TestPicture;
import io.github.dmabuf4j.linux.UnixSocket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands send and receive as processes: what arrives, and what is left when one of them dies. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SendReceiveTest {
    private static final long LOOK_NANOS = 2_000_000;

    @TempDir
    Path temporary;

    private Path folder = Path.of("");
    private String socket = "";

    @BeforeEach
    void makeFolder() throws IOException {
        folder = Files.createDirectory(temporary.resolve("a folder"));
        socket = folder.resolve("the socket").toString();
    }

    @Test
    void everyReceiverGetsTheStreamByteForByte() throws IOException, InterruptedException, TimeoutException {
        SampleVideo video = new SampleVideo();
        Path file = folder.resolve("copy of video.y4m");
        try (CommandRun sender = CommandRun.start(temporary, "send", "--input", "-", "--listen", socket)) {
            sender.feed(video.bytes());
            sender.await("to whoever attaches");
            try (CommandRun toFile = CommandRun.start(temporary, "receive", socket, "--output", file.toString());
                    CommandRun toOutput = CommandRun.start(temporary, "receive", socket, "--output", "-")) {
                sender.await("joined", 2);
                sender.feed(video.add(1));
                toFile.await("receiving 321x181 4:2:0");
                toOutput.await("receiving 321x181 4:2:0");

                // All three map the same memory: four buffers of at least a frame, under the same inodes.
                Set<Long> common = new TreeSet<>(frames(sender.memoryFiles()));
                common.retainAll(frames(toFile.memoryFiles()));
                common.retainAll(frames(toOutput.memoryFiles()));
                assertThat(common).hasSize(4);

                sender.feed(video.add(60));
                sender.endOfInput();
                assertThat(sender.exitCode()).as("%s", sender.said()).isZero();
                assertThat(toFile.exitCode()).as("%s", toFile.said()).isZero();
                assertThat(toOutput.exitCode()).as("%s", toOutput.said()).isZero();
                assertThat(toOutput.output()).isEqualTo(video.bytes());
                assertThat(Files.readAllBytes(file)).isEqualTo(video.bytes());
                assertThat(new String(sender.output())).contains("frames", "61", "receivers", "2");
            }
        }
        assertThat(names(folder)).containsExactly("copy of video.y4m");
    }

    @Test
    void whoComesLaterGetsTheRest() throws IOException, InterruptedException, TimeoutException {
        SampleVideo video = new SampleVideo();
        byte[] header = video.bytes();
        try (CommandRun sender = CommandRun.start(temporary, "send", "--input", "-", "--listen", socket)) {
            sender.feed(header);
            sender.feed(video.add(20));
            sender.await("to whoever attaches");
            Path early = folder.resolve("early.y4m");
            try (CommandRun first = CommandRun.start(temporary, "receive", socket, "--output", early.toString())) {
                awaitSize(folder, "early.y4m", video.bytes().length);
                try (CommandRun second = CommandRun.start(temporary, "receive", socket, "--output", "-")) {
                    sender.await("joined", 2);
                    byte[] rest = video.add(25);
                    sender.feed(rest);
                    sender.endOfInput();
                    assertThat(second.exitCode()).as("%s", second.said()).isZero();
                    assertThat(first.exitCode()).as("%s", first.said()).isZero();
                    assertThat(sender.exitCode()).isZero();
                    assertThat(second.output()).isEqualTo(concat(header, rest));
                    assertThat(Files.readAllBytes(early)).isEqualTo(video.bytes());
                }
            }
        }
    }

    @Test
    void whenTheSenderIsKilledReceiversEndAndLeaveNothing() throws IOException, InterruptedException, TimeoutException {
        try (CommandRun sender = CommandRun.start(temporary, "send", "--listen", socket)) {
            sender.await("to whoever attaches");
            try (CommandRun counting = CommandRun.start(temporary, "receive", socket);
                    CommandRun writing = CommandRun.start(
                            temporary,
                            "receive",
                            socket,
                            "--output",
                            folder.resolve("half.y4m").toString())) {
                sender.await("joined", 2);
                awaitSize(folder, "half.y4m", 10_000_000);
                sender.kill();
                for (CommandRun receiver : List.of(counting, writing)) {
                    assertThat(receiver.exitCode()).isEqualTo(1);
                    assertThat(receiver.lastWord())
                            .contains(Long.toString(sender.pid()))
                            .contains("died");
                }
            }
        }
        assertThat(names(folder)).isSubsetOf("the socket");

        // The socket that a killed sender left is in nobody's way.
        try (CommandRun next = CommandRun.start(temporary, "send", "--frames", "3", "--listen", socket)) {
            next.await("to whoever attaches");
            try (CommandRun receiver = CommandRun.start(temporary, "receive", socket, "--json")) {
                assertThat(receiver.exitCode()).as("%s", receiver.said()).isZero();
                assertThat(new String(receiver.output())).contains("\"frames\": 3");
                assertThat(next.exitCode()).isZero();
            }
        }
        assertThat(names(folder)).isEmpty();
    }

    @Test
    void whenReceiversAreKilledTheSenderGoesOnAndKeepsNothingOfThem()
            throws IOException, InterruptedException, TimeoutException {
        SampleVideo video = new SampleVideo();
        try (CommandRun sender = CommandRun.start(temporary, "send", "--input", "-", "--listen", socket)) {
            sender.feed(video.bytes());
            sender.await("to whoever attaches");
            try (CommandRun steady = CommandRun.start(temporary, "receive", socket, "--output", "-")) {
                sender.await("joined", 1);
                sender.feed(video.add(9));
                int descriptors = -1;
                Map<Long, Long> memory = Map.of();
                for (int round = 1; round <= 3; round++) {
                    try (CommandRun victim = CommandRun.start(temporary, "receive", socket)) {
                        sender.await("joined", round + 1);
                        sender.feed(video.add(5));
                        victim.kill();
                        assertThat(sender.await("died", round)).contains(Long.toString(victim.pid()));
                    }
                    sender.feed(video.add(5));
                    // A third receiver shows that the place is free again; what the second left is gone by then.
                    if (round == 1) {
                        awaitSize(steady, video.bytes().length);
                        descriptors = sender.descriptors();
                        memory = sender.memoryFiles();
                    }
                }
                awaitSize(steady, video.bytes().length);
                assertThat(sender.descriptors()).isEqualTo(descriptors);
                assertThat(sender.memoryFiles()).hasSameSizeAs(memory);
                sender.endOfInput();
                assertThat(steady.exitCode()).as("%s", steady.said()).isZero();
                assertThat(steady.output()).isEqualTo(video.bytes());
                assertThat(sender.exitCode()).as("%s", sender.said()).isZero();
            }
        }
    }

    @Test
    void aReceiverThatStandsStillIsDroppedAndTheOthersGoOn()
            throws IOException, InterruptedException, TimeoutException {
        SampleVideo video = new SampleVideo();
        try (CommandRun sender =
                CommandRun.start(temporary, "send", "--input", "-", "--patience", "300ms", "--listen", socket)) {
            sender.feed(video.bytes());
            sender.await("to whoever attaches");
            try (CommandRun good = CommandRun.start(temporary, "receive", socket, "--output", "-");
                    CommandRun frozen = CommandRun.start(temporary, "receive", socket)) {
                sender.await("joined", 2);
                frozen.signal("STOP");
                sender.feed(video.add(40));
                assertThat(sender.await("dropped")).contains(Long.toString(frozen.pid()));
                sender.feed(video.add(40));
                sender.endOfInput();
                assertThat(good.exitCode()).as("%s", good.said()).isZero();
                assertThat(good.output()).isEqualTo(video.bytes());
                frozen.signal("CONT");
                assertThat(frozen.exitCode()).isEqualTo(1);
                assertThat(frozen.lastWord()).contains(Long.toString(sender.pid()));
                assertThat(sender.exitCode()).as("%s", sender.said()).isZero();
            }
        }
    }

    @Test
    void anInterruptedSenderEndsTheStreamInGoodOrder() throws IOException, InterruptedException, TimeoutException {
        Path file = folder.resolve("endless.y4m");
        try (CommandRun sender = CommandRun.start(temporary, "send", "--listen", socket)) {
            sender.await("to whoever attaches");
            try (CommandRun receiver = CommandRun.start(temporary, "receive", socket, "--output", file.toString())) {
                sender.await("joined");
                awaitSize(folder, "endless.y4m", 10_000_000);
                sender.signal("INT");
                assertThat(sender.exitCode()).isEqualTo(130);
                assertThat(new String(sender.output())).contains("frames/s");
                assertThat(receiver.exitCode()).as("%s", receiver.said()).isZero();
            }
        }
        assertThat(names(folder)).containsExactly("endless.y4m");
        TestPicture picture = new TestPicture(-1);
        long header = picture.format().header().length() + 1;
        assertThat((Files.size(file) - header) % (picture.format().frameSize() + 6))
                .isZero();
    }

    @Test
    void anInterruptedReceiverLeavesNoHalfFile() throws IOException, InterruptedException, TimeoutException {
        try (CommandRun sender = CommandRun.start(temporary, "send", "--listen", socket)) {
            sender.await("to whoever attaches");
            try (CommandRun receiver = CommandRun.start(
                    temporary,
                    "receive",
                    socket,
                    "--output",
                    folder.resolve("half.y4m").toString())) {
                sender.await("joined");
                awaitSize(folder, "half.y4m", 10_000_000);
                receiver.signal("INT");
                assertThat(receiver.exitCode()).isEqualTo(130);
            }
            assertThat(sender.handle().isAlive()).isTrue();
        }
        assertThat(names(folder)).noneMatch(name -> name.contains("half"));
    }

    @Test
    void aBrokenVideoEndsBothSidesWithASentence() throws IOException, InterruptedException, TimeoutException {
        SampleVideo video = new SampleVideo();
        video.add(5);
        byte[] stream = video.bytes();
        Path broken = Files.write(folder.resolve("broken.y4m"), java.util.Arrays.copyOf(stream, stream.length - 100));
        try (CommandRun sender =
                CommandRun.start(temporary, "send", "--input", broken.toString(), "--listen", socket)) {
            sender.await("to whoever attaches");
            try (CommandRun receiver = CommandRun.start(
                    temporary,
                    "receive",
                    socket,
                    "--output",
                    folder.resolve("out.y4m").toString())) {
                assertThat(sender.exitCode()).isEqualTo(1);
                assertThat(sender.said()).anyMatch(line -> line.contains("the stream ends inside of frame 4"));
                assertThat(receiver.exitCode()).isEqualTo(1);
                assertThat(receiver.lastWord()).contains(Long.toString(sender.pid()));
            }
        }
        assertThat(names(folder)).containsExactly("broken.y4m");
    }

    @Test
    void aFullDiskIsReportedInOneLine() throws IOException, InterruptedException, TimeoutException {
        try (CommandRun sender = CommandRun.start(temporary, "send", "--frames", "50", "--listen", socket)) {
            sender.await("to whoever attaches");
            try (CommandRun receiver = CommandRun.start(temporary, "receive", socket, "--output", "/dev/full")) {
                assertThat(receiver.exitCode()).isEqualTo(1);
                assertThat(receiver.lastWord()).startsWith("dmabuf4j: ").contains("No space left on device");
                assertThat(receiver.said()).hasSize(2);
            }
        }
    }

    @Test
    void peersThatTalkNonsenseAreTurnedAwayAndNobodyElseNotices()
            throws IOException, InterruptedException, TimeoutException {
        SampleVideo video = new SampleVideo();
        try (CommandRun sender = CommandRun.start(temporary, "send", "--input", "-", "--listen", socket)) {
            sender.feed(video.bytes());
            sender.await("to whoever attaches");
            try (CommandRun receiver = CommandRun.start(temporary, "receive", socket, "--output", "-")) {
                sender.await("joined");
                sender.feed(video.add(3));
                Random random = new Random(11);
                for (int round = 1; round <= 8; round++) {
                    byte[] nonsense = new byte[1 + random.nextInt(300)];
                    random.nextBytes(nonsense);
                    try (UnixSocket peer = UnixSocket.connect(Path.of(socket))) {
                        peer.send(ByteBuffer.allocateDirect(nonsense.length)
                                .put(nonsense)
                                .flip());
                        assertThat(sender.await("refused", round)).startsWith("dmabuf4j: ");
                    }
                }
                sender.feed(video.add(30));
                sender.endOfInput();
                assertThat(receiver.exitCode()).as("%s", receiver.said()).isZero();
                assertThat(receiver.output()).isEqualTo(video.bytes());
                assertThat(sender.exitCode()).as("%s", sender.said()).isZero();
                assertThat(sender.said()).noneMatch(line -> line.contains("Exception") || line.contains("\tat "));
            }
        }
    }

    @Test
    void aSocketInUseIsNotTakenAway() throws IOException, InterruptedException, TimeoutException {
        try (CommandRun sender = CommandRun.start(temporary, "send", "--frames", "2", "--listen", socket)) {
            sender.await("to whoever attaches");
            try (CommandRun second = CommandRun.start(temporary, "send", "--listen", socket)) {
                assertThat(second.exitCode()).isEqualTo(1);
                assertThat(second.said()).hasSize(1);
                assertThat(second.lastWord()).startsWith("dmabuf4j: ").contains(socket);
            }
            try (CommandRun receiver = CommandRun.start(temporary, "receive", socket)) {
                assertThat(receiver.exitCode()).as("%s", receiver.said()).isZero();
                assertThat(new String(receiver.output())).contains("1920x1080 4:2:0");
            }
            assertThat(sender.exitCode()).isZero();
        }
    }

    @Test
    void noFrameGoesThroughTheSocket() throws IOException, InterruptedException, TimeoutException {
        assumeTrue(canTrace(), "no strace here, or no permission to trace");
        Path trace = temporary.resolve("trace");
        List<String> strace = List.of(
                "strace",
                "-f",
                "-qq",
                "-e",
                "trace=sendto,sendmsg,sendmmsg,write,writev,sendfile,splice",
                "-o",
                trace.toString());
        try (CommandRun sender = CommandRun.start(temporary, strace, "send", "--frames", "30", "--listen", socket)) {
            sender.await("to whoever attaches");
            try (CommandRun receiver = CommandRun.start(temporary, "receive", socket)) {
                assertThat(receiver.exitCode()).as("%s", receiver.said()).isZero();
                assertThat(sender.exitCode()).as("%s", sender.said()).isZero();
            }
        }
        long largest = 0;
        long socketCalls = 0;
        for (String line : Files.readAllLines(trace)) {
            int equals = line.lastIndexOf("= ");
            String result = equals < 0 ? "" : line.substring(equals + 2).split(" ", 2)[0];
            if (result.matches("\\d+")) {
                largest = Math.max(largest, Long.parseLong(result));
                socketCalls += line.contains("send") ? 1 : 0;
            }
        }
        // A frame of the test picture has 3,110,400 bytes; a message of the protocol at most some hundred.
        assertThat(largest).isPositive().isLessThan(65_536);
        // Handshake, offers, the end: nothing for a frame.
        assertThat(socketCalls).isLessThan(30);
    }

    private static boolean canTrace() {
        try {
            Process trial = new ProcessBuilder("strace", "-qq", "-o", "/dev/null", "true")
                    .redirectErrorStream(true)
                    .start();
            trial.getInputStream().readAllBytes();
            if (trial.waitFor() == 0) {
                return true;
            }
        } catch (IOException | InterruptedException absent) {
            // said below
        }
        System.out.println("skipped: no strace here, or no permission to trace");
        return false;
    }

    private static Set<Long> frames(Map<Long, Long> memoryFiles) {
        return memoryFiles.entrySet().stream()
                .filter(file -> file.getValue() >= SampleVideo.frameSize())
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static byte[] concat(byte[] one, byte[] two) {
        byte[] both = java.util.Arrays.copyOf(one, one.length + two.length);
        System.arraycopy(two, 0, both, one.length, two.length);
        return both;
    }

    /** Waits until a file whose name contains a word, finished or not, has a size. The test's timeout is the watchdog. */
    private static void awaitSize(Path folder, String word, long size) throws IOException {
        long seen = 0;
        while (seen < size) {
            LockSupport.parkNanos(LOOK_NANOS);
            for (String name : names(folder)) {
                if (name.contains(word)) {
                    seen = folder.resolve(name).toFile().length();
                }
            }
        }
    }

    /** Waits until a process has written so much to standard output. */
    private static void awaitSize(CommandRun run, long size) {
        while (run.outputSize() < size) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }
}
