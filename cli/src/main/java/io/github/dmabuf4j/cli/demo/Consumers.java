package io.github.dmabuf4j.cli.demo;

import io.github.dmabuf4j.domain.QueueEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The consumers of one pass of a demonstration, and the folder of the socket where they meet the producer. An interrupt ends
 * them, too.
 */
final class Consumers implements AutoCloseable {
    private static final String SOCKET = "socket";
    // Machines in software take longer.
    private static final int TIME_SCALE = Integer.getInteger("dmabuf4j.timeScale", 1);

    /** How long consumers may take to start. */
    static final Duration START = Duration.ofSeconds(30).multipliedBy(TIME_SCALE);

    /** How long one may hold up the others. */
    static final Duration PATIENCE = Duration.ofSeconds(2).multipliedBy(TIME_SCALE);

    private final List<ConsumerProcess> running = new CopyOnWriteArrayList<>();
    private volatile @Nullable Path folder; // only until all consumers are there
    private volatile @Nullable String gone;

    /** Makes a place for the socket. */
    Path makeSocketPath() throws IOException {
        Path made = Files.createTempDirectory("dmabuf4j-");
        folder = made;
        return made.resolve(SOCKET);
    }

    /** Starts one for each role: consumer A, B and so on. */
    void start(
            ConsumerTask.Way way,
            Path socket,
            long warmUp,
            long frames,
            @Nullable Path sheet,
            ConsumerTask.Role... roles)
            throws IOException {
        char letter = 'A';
        for (ConsumerTask.Role role : roles) {
            running.add(ConsumerProcess.start(
                    "consumer " + letter++,
                    role,
                    way,
                    warmUp,
                    frames,
                    role == ConsumerTask.Role.SHEET ? sheet : null,
                    socket));
        }
    }

    /** Waits until all are attached. */
    void awaitAttached(int count, Attached attached) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START.toNanos();
        while (!attached.await(count, Duration.ofMillis(50))) {
            checkAlive();
            if (System.nanoTime() > deadline) {
                throw new IOException("the consumers do not start");
            }
        }
    }

    /** Waits for receivers. */
    interface Attached {
        boolean await(int count, Duration timeout) throws InterruptedException;
    }

    /** What they say at the end. */
    List<ConsumerReport> reports() throws IOException, InterruptedException {
        List<ConsumerReport> reports = new ArrayList<>();
        for (ConsumerProcess process : running) {
            reports.add(process.report());
        }
        return reports;
    }

    /** The demonstration needs all its consumers: one that is gone ends it. */
    boolean checkAlive() throws IOException {
        for (ConsumerProcess process : running) {
            process.checkAlive();
        }
        String sentence = gone;
        if (sentence != null) {
            throw new IOException(sentence);
        }
        return true;
    }

    /** Fails with the better sentence if the stream broke because one of them is dying. */
    void awaitFailure() throws IOException, InterruptedException {
        for (ConsumerProcess process : running) {
            process.awaitFailure();
        }
    }

    /** What the stream says about them. */
    void happened(QueueEvent event) {
        switch (event.kind()) {
            case DIED, DROPPED, REFUSED -> gone = event.sentence();
            case JOINED, LEFT -> {}
        }
    }

    /** Removes the socket's folder: nothing stays behind even if this process is killed. */
    void deleteFolder() {
        Path made = folder;
        if (made == null) {
            return;
        }
        try {
            Files.deleteIfExists(made.resolve(SOCKET));
            Files.deleteIfExists(made);
            folder = null;
        } catch (IOException left) {
            System.err.println("dmabuf4j: could not remove " + made + ": " + left.getMessage());
        }
    }

    /** Ends them and removes what is left. They may be started again. */
    @Override
    public void close() {
        running.forEach(ConsumerProcess::close);
        running.clear();
        deleteFolder();
    }
}
