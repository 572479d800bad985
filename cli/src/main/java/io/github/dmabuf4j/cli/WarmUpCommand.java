package io.github.dmabuf4j.cli;

import io.github.dmabuf4j.buffer.SystemHeap;
import io.github.dmabuf4j.cli.stream.FrameReceiver;
import io.github.dmabuf4j.cli.stream.FrameSender;
import io.github.dmabuf4j.cli.video.TestPicture;
import io.github.dmabuf4j.linux.MemfdBacking;
import io.github.dmabuf4j.local.LocalBackend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Walks the usual roads once, so that the launcher's start-up cache knows them. Prints nothing that matters. */
@Command(name = "warm-up", hidden = true)
final class WarmUpCommand implements Callable<Integer> {
    private static final int FRAMES = 16;

    WarmUpCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException, ExecutionException {
        for (CommandLine command : new CommandLine(new Main()).getSubcommands().values()) {
            command.getUsageMessage();
        }
        Main.run("doctor");

        Path folder = Files.createTempDirectory("dmabuf4j-");
        Path socket = folder.resolve("frames");
        LocalBackend backend = new LocalBackend();
        try (TestPicture picture = new TestPicture(64, 48, FRAMES);
                SystemHeap heap = new SystemHeap(new MemfdBacking());
                FrameSender sender = new FrameSender(
                        picture.format(),
                        2,
                        Duration.ofSeconds(2),
                        heap,
                        backend,
                        backend.listen(socket),
                        event -> {})) {
            CompletableFuture<Long> received = CompletableFuture.supplyAsync(() -> receive(backend, socket));
            sender.send(picture, FRAMES, FrameSender.Clock.VIDEO, () -> !received.isDone(), done -> {});
            return received.get() == FRAMES ? 0 : 1;
        } finally {
            Files.deleteIfExists(socket);
            Files.deleteIfExists(folder);
        }
    }

    private static long receive(LocalBackend backend, Path socket) {
        try (FrameReceiver receiver = new FrameReceiver(backend.connect(socket), "warm-up")) {
            return receiver.receive((picture, parameters, time) -> {});
        } catch (IOException | InterruptedException failed) {
            throw new IllegalStateException(failed);
        }
    }
}
