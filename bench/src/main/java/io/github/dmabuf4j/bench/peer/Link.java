package io.github.dmabuf4j.bench.peer;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** A side's line to the harness: where to work, how to find the other side, what was measured. */
public final class Link {
    private final Path folder;
    private final int side;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    /**
     * Opens the link. From here on the process ends when its standard input does, so that an aborted run leaves nothing
     * behind.
     *
     * @param folder the folder of the block
     * @param side which of the block's sides this is
     */
    Link(Path folder, int side) {
        this.folder = folder;
        this.side = side;
        Thread.ofPlatform().daemon().name("link").start(this::listen);
    }

    private void listen() {
        try (BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line; (line = input.readLine()) != null; ) {
                lines.add(line);
            }
        } catch (IOException e) {
            // Like its end.
        }
        Runtime.getRuntime().halt(1);
    }

    /**
     * The folder of the block.
     *
     * @return a folder that all sides share and nobody else uses
     */
    public Path folder() {
        return folder;
    }

    /**
     * Which of the block's sides this is.
     *
     * @return 0 for the leader, from 1 for followers
     */
    int side() {
        return side;
    }

    /**
     * Tells the other sides where this one can be found.
     *
     * @param address what they get from {@link #awaitAddress()}
     */
    public void announce(String address) {
        System.out.println("address " + address);
    }

    /**
     * Waits until the leader can be found.
     *
     * @return what it announced
     * @throws InterruptedException if the thread is interrupted
     */
    public String awaitAddress() throws InterruptedException {
        return lines.take();
    }

    /**
     * Waits until the harness gives this side a turn.
     *
     * @return how long the turn lasts, in nanoseconds
     * @throws InterruptedException if the thread is interrupted
     */
    long awaitTurn() throws InterruptedException {
        String[] words = lines.take().split(" ", -1);
        if (words.length != 2 || !words[0].equals("turn")) {
            throw new IllegalStateException("the harness said " + String.join(" ", words));
        }
        return Duration.ofMillis(Long.parseLong(words[1])).toNanos();
    }
}
