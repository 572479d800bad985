package io.github.dmabuf4j.bench.peer;

import io.github.dmabuf4j.bench.Task;
import java.nio.file.Path;
import java.util.List;

/** One side of a block: the program that the harness starts. */
public final class Worker {
    private Worker() {}

    /**
     * Runs one side until it has measured; then waits to be ended, because the other side may still need it.
     *
     * @param arguments {@code transport=}, {@code folder=}, {@code role=}, {@code side=}, {@code cpu=}, {@code spinNanos=} and the words of a
     *     {@link Task}
     * @throws Exception if anything fails: the block then has no result
     */
    public static void main(String[] arguments) throws Exception {
        List<String> words = List.of(arguments);
        Link link = new Link(Path.of(Task.value(words, "folder")), Integer.parseInt(Task.value(words, "side")));
        Transport transport = transport(Task.value(words, "transport"));
        Task task = Task.parse(words);
        String spinNanos = Task.value(words, "spinNanos");
        if (!spinNanos.equals("-1")) {
            // Read when the library's first wait happens, so it must be set before.
            System.setProperty("dmabuf4j.spinNanos", spinNanos);
        }
        boolean leader = Task.value(words, "role").equals("LEADER");
        int cpu = Integer.parseInt(Task.value(words, "cpu"));
        Loop loop = task.work() == Task.Work.ROUND_TRIP
                ? leader
                        ? Loop.asking(transport.pinger(task, link), task)
                        : Loop.answering(transport.ponger(task, link))
                : leader
                        ? Loop.sending(transport.sender(task, link), task)
                        : Loop.receiving(transport.receiver(task, link), task);
        // Not earlier: a transport that asks how many CPUs there are must not see one.
        if (cpu >= 0) {
            Kernel.pin(cpu);
        }
        if (words.contains("turns=true")) {
            loop.takeTurns(link);
        } else {
            loop.run();
        }
    }

    private static Transport transport(String name) {
        return switch (name) {
            case "queue" -> new BufferQueue(false);
            case "queue-checked" -> new BufferQueue(true);
            case "memory" -> new BareMemory(false);
            case "futex" -> new BareMemory(true);
            case "socket" -> new UnixSocket();
            case "aeron" -> new Aeron();
            default -> throw new IllegalArgumentException("no transport is called " + name);
        };
    }
}
