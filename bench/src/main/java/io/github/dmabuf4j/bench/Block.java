package io.github.dmabuf4j.bench;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One measurement of one contender: starts its processes, passes the leader's address to the followers, collects one
 * result from each side, and ends the processes.
 */
final class Block implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;

    private final Path folder;
    private final List<Process> processes = new ArrayList<>();
    private final CompletableFuture<String> address = new CompletableFuture<>();

    private Block(Path folder) {
        this.folder = folder;
    }

    /**
     * Runs one block.
     *
     * @return what each side measured, the leader first
     * @throws IOException if a process cannot be started, dies, or says nothing for a minute
     */
    static List<Map<String, Double>> run(Contender contender, Task task, Regime regime)
            throws IOException, InterruptedException {
        return run(contender, task, regime, Host.memoryFolder());
    }

    /** The same with the block's folder inside another one. */
    static List<Map<String, Double>> run(Contender contender, Task task, Regime regime, Path parent)
            throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory(parent, "dmabuf4j-bench");
        try (Block block = new Block(folder)) {
            return block.measure(contender, task, regime);
        } catch (ExecutionException e) {
            throw new IOException(contender.name() + ": " + reason(e), e);
        } catch (TimeoutException e) {
            throw new IOException(contender.name() + ": no result within " + PATIENCE_SECONDS + " s", e);
        }
    }

    private static String reason(ExecutionException e) {
        Throwable cause = e.getCause();
        return String.valueOf(cause == null ? e.getMessage() : cause.getMessage());
    }

    private List<Map<String, Double>> measure(Contender contender, Task task, Regime regime)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        for (List<String> command : contender.companions().commands(folder)) {
            new Side(start(command)).ready.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
        processes.addAll(regime.startBackground());
        List<Side> sides = new ArrayList<>();
        for (int side = 0; side <= task.consumers(); side++) {
            List<String> command = new ArrayList<>(regime.prefix());
            command.addAll(contender.command().words(folder));
            command.add("role=" + (side == 0 ? "LEADER" : "FOLLOWER"));
            command.add("cpu=" + regime.cpu(side));
            command.add("spinNanos=" + regime.spinNanos(side, task.consumers()));
            command.addAll(task.arguments());
            sides.add(new Side(start(command)));
        }
        String found = address.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        for (Side follower : sides.subList(1, sides.size())) {
            BufferedWriter input = follower.process.outputWriter();
            input.write(found);
            input.newLine();
            input.flush();
        }
        List<Map<String, Double>> results = new ArrayList<>();
        for (Side side : sides) {
            results.add(side.result.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
        }
        return results;
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
        final Process process;
        final CompletableFuture<Boolean> ready = new CompletableFuture<>();
        final CompletableFuture<Map<String, Double>> result = new CompletableFuture<>();
        private final Path log = folder.resolve("log-" + (processes.size() - 1));

        Side(Process process) {
            this.process = process;
            Thread.ofPlatform().daemon().name("listener").start(this::listen);
        }

        private void listen() {
            String failure = "ended without a result";
            try {
                for (String line; (line = process.inputReader().readLine()) != null; ) {
                    if (line.equals("ready")) {
                        ready.complete(true);
                    } else if (line.startsWith("address ")) {
                        address.complete(line.substring("address ".length()));
                    } else if (line.startsWith("result ")) {
                        result.complete(parseResult(line.substring("result ".length())));
                    }
                }
                String errors = Files.readString(log).strip();
                failure = errors.lines().findFirst().orElse(failure);
            } catch (IOException | RuntimeException e) {
                failure = e.toString();
            }
            // Without effect on what is complete by now.
            IOException cause = new IOException(failure);
            ready.completeExceptionally(cause);
            address.completeExceptionally(cause);
            result.completeExceptionally(cause);
        }
    }
}
