package io.github.dmabuf4j.bench;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The processes of one contender at one task: starts them, passes the leader's address to the followers, collects what the
 * sides measure, and ends them.
 *
 * <p>A block either measures once, all sides for themselves ({@link #run}), or in turns that the leader is told to take
 * ({@link #open}); between turns all its processes are stopped.
 */
final class Block implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 60;

    private final Contender contender;
    private final Path folder;
    private final List<Process> processes = new ArrayList<>();
    private final List<Side> sides = new ArrayList<>();

    private Block(Contender contender, Path folder) {
        this.contender = contender;
        this.folder = folder;
    }

    /**
     * Runs one block that measures once.
     *
     * @return what each side measured, the leader first
     * @throws IOException if a process cannot be started, dies, or says nothing for a minute
     */
    static List<Map<String, Double>> run(Contender contender, Task task, Regime regime)
            throws IOException, InterruptedException {
        List<Process> background = regime.startBackground();
        try (Block block = start(contender, task, regime, List.of(), Host.memoryFolder())) {
            List<Map<String, Double>> results = new ArrayList<>();
            for (Side side : block.sides) {
                results.add(parseResult(side.expect("result ")));
            }
            return results;
        } finally {
            background.forEach(Process::destroy);
        }
    }

    /**
     * Starts a block that takes turns, and stops it until the first one. What the regime needs in the background is the
     * caller's to start.
     *
     * @throws IOException if a process cannot be started, dies, or says nothing for a minute
     */
    static Block open(Contender contender, Task task, Regime regime) throws IOException, InterruptedException {
        return open(contender, task, regime, Host.memoryFolder());
    }

    /** The same with the block's folder inside another one. */
    static Block open(Contender contender, Task task, Regime regime, Path parent)
            throws IOException, InterruptedException {
        Block block = start(contender, task, regime, List.of("turns=true"), parent);
        block.processes.forEach(Freezer::freeze);
        return block;
    }

    /**
     * Lets all processes run, and the leader measure for a while.
     *
     * @return what it measured
     * @throws IOException if a process dies, or says nothing for a minute
     */
    Map<String, Double> turn(Duration length) throws IOException, InterruptedException {
        processes.forEach(Freezer::thaw);
        try {
            sides.getFirst().tell("turn " + length.toMillis());
            return parseResult(sides.getFirst().expect("result "));
        } finally {
            processes.forEach(Freezer::freeze);
        }
    }

    private static Block start(Contender contender, Task task, Regime regime, List<String> words, Path parent)
            throws IOException, InterruptedException {
        Block block = new Block(contender, Files.createTempDirectory(parent, "dmabuf4j-bench"));
        try {
            block.start(task, regime, words);
            return block;
        } catch (IOException | InterruptedException | RuntimeException e) {
            block.close();
            throw e;
        }
    }

    private void start(Task task, Regime regime, List<String> words) throws IOException, InterruptedException {
        for (List<String> command : contender.companions().commands(folder)) {
            Side companion = new Side(start(command));
            companion.expect("ready");
        }
        for (int side = 0; side <= task.consumers(); side++) {
            List<String> command = new ArrayList<>(regime.prefix());
            command.addAll(contender.command().words(folder));
            command.add("role=" + (side == 0 ? "LEADER" : "FOLLOWER"));
            command.add("side=" + side);
            command.add("cpu=" + regime.cpu(side));
            command.add("spinNanos=" + regime.spinNanos(side, task.consumers()));
            command.addAll(task.arguments());
            command.addAll(words);
            sides.add(new Side(start(command)));
        }
        String address = sides.getFirst().expect("address ");
        for (Side follower : sides.subList(1, sides.size())) {
            follower.tell(address);
        }
    }

    private Process start(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectError(folder.resolve("log-" + processes.size()).toFile())
                .start();
        processes.add(process);
        return process;
    }

    /** Ends all processes, the sides before what they stand on, and removes the folder. */
    @Override
    public void close() throws IOException {
        for (Process process : processes.reversed()) {
            Freezer.thaw(process);
            process.destroy();
            if (!ended(process)) {
                process.destroyForcibly().onExit().join();
            }
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                    throws IOException {
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static boolean ended(Process process) {
        try {
            return process.waitFor(2, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /**
     * Reads a result line.
     *
     * @param line words of the form {@code key=number}
     * @return the numbers by their keys
     */
    static Map<String, Double> parseResult(String line) {
        Map<String, Double> result = new HashMap<>();
        for (String word : line.strip().split(" +", -1)) {
            int equals = word.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("a result is made of key=number, not " + word);
            }
            result.put(word.substring(0, equals), Double.valueOf(word.substring(equals + 1)));
        }
        return result;
    }

    /** One process and the thread that listens to it. */
    private final class Side {
        private final Process process;
        private final Path log = folder.resolve("log-" + (processes.size() - 1));
        private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        private volatile String failure = "";

        Side(Process process) {
            this.process = process;
            Thread.ofPlatform().daemon().name("listener").start(this::listen);
        }

        private void listen() {
            String why = "ended without a result";
            try {
                for (String line; (line = process.inputReader().readLine()) != null; ) {
                    lines.add(line);
                }
                why = Files.readString(log).strip().lines().findFirst().orElse(why);
            } catch (IOException e) {
                why = e.toString();
            }
            failure = why;
        }

        void tell(String line) throws IOException {
            BufferedWriter input = process.outputWriter();
            input.write(line);
            input.newLine();
            input.flush();
        }

        /** Waits for a line that begins so, passes over others, and answers the rest of it. */
        String expect(String prefix) throws IOException, InterruptedException {
            for (int second = 0; second < PATIENCE_SECONDS; second++) {
                for (String line; (line = lines.poll(1, TimeUnit.SECONDS)) != null; ) {
                    if (line.startsWith(prefix)) {
                        return line.substring(prefix.length());
                    }
                }
                for (Side side : sides) {
                    if (!side.failure.isEmpty()) {
                        throw new IOException(contender.name() + ": " + side.failure);
                    }
                }
                if (!failure.isEmpty()) { // a companion's
                    throw new IOException(contender.name() + ": " + failure);
                }
            }
            throw new IOException(contender.name() + ": no result within " + PATIENCE_SECONDS + " s");
        }
    }
}
