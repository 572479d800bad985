package io.github.dmabuf4j.cli;

import io.github.dmabuf4j.cli.report.Json;
import io.github.dmabuf4j.cli.report.ResultTable;
import io.github.dmabuf4j.linux.dmabuf.BufferCensus;
import io.github.dmabuf4j.linux.dmabuf.SystemBuffer;
import io.github.dmabuf4j.linux.dmabuf.SystemBuffer.Kind;
import io.github.dmabuf4j.linux.dmabuf.SystemBuffer.User;
import java.io.Console;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "bufs",
        description =
                "Shows the buffers of this machine and who holds them: dma-bufs, and memory files that processes share.",
        footer = {
            "",
            "What is shown depends on your rights: other users' processes, devices, and buffers that no process holds are"
                    + " shown to root, the latter two where debugfs is mounted."
        },
        mixinStandardHelpOptions = true)
final class BufsCommand implements Callable<Integer> {
    private static final String CLEAR = "\u001b[H\u001b[2J";

    @Option(names = "--all", description = "Also memory files that only one process holds.")
    private boolean all;

    @Option(names = "--json", description = "Print the buffers as JSON.")
    private boolean json;

    @Option(
            names = "--watch",
            arity = "0..1",
            fallbackValue = "2",
            paramLabel = "SECONDS",
            description = "Show them again and again, every ${FALLBACK-VALUE} seconds, until you press Ctrl-C.")
    private int watch;

    BufsCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        print(buffers());
        CountDownLatch never = new CountDownLatch(1);
        while (watch > 0 && !System.out.checkError() && !never.await(watch, TimeUnit.SECONDS)) {
            List<SystemBuffer> buffers = buffers();
            if (!json && isOnTerminal()) {
                System.out.print(CLEAR);
            }
            print(buffers);
        }
        return 0;
    }

    @SuppressWarnings("SystemConsoleNull") // it is null without a terminal, depending on jdk.console
    private static boolean isOnTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }

    private List<SystemBuffer> buffers() throws IOException {
        return BufferCensus.take().stream()
                .filter(buffer ->
                        all || buffer.kind() == Kind.DMA_BUF || buffer.users().size() > 1)
                .toList();
    }

    private void print(List<SystemBuffer> buffers) {
        if (json) {
            System.out.println(new Json()
                    .put("kernelList", BufferCensus.seesKernelList())
                    .put("buffers", buffers.stream().map(BufsCommand::describe).toList()));
            return;
        }
        ResultTable table = new ResultTable();
        table.row("inode", "size", "exporter", "name", "held by", "devices");
        long bytes = 0;
        for (SystemBuffer buffer : buffers) {
            bytes += buffer.size();
            table.row(
                    Long.toString(buffer.inode()),
                    kibibytes(buffer.size()),
                    buffer.exporter(),
                    buffer.name(),
                    buffer.users().isEmpty()
                            ? "the kernel"
                            : buffer.users().stream().map(BufsCommand::user).collect(Collectors.joining(", ")),
                    String.join(", ", buffer.devices()));
        }
        System.out.print(table);
        System.out.println("\n" + buffers.size() + " buffers, " + kibibytes(bytes)
                + (BufferCensus.seesKernelList() ? "" : "; the kernel's own list cannot be read (debugfs, root)"));
    }

    private static Json describe(SystemBuffer buffer) {
        return new Json()
                .put("kind", buffer.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .put("inode", buffer.inode())
                .put("size", buffer.size())
                .put("exporter", buffer.exporter())
                .put("name", buffer.name())
                .put(
                        "users",
                        buffer.users().stream()
                                .map(user -> new Json()
                                        .put("pid", user.pid())
                                        .put("command", user.command())
                                        .put("descriptors", user.descriptors())
                                        .put("mappings", user.mappings()))
                                .toList())
                .put("devices", String.join(", ", buffer.devices()));
    }

    private static String user(User user) {
        return user.command() + " (" + user.pid() + ")";
    }

    private static String kibibytes(long bytes) {
        return String.format(Locale.ROOT, "%,d KiB", (bytes + 1023) / 1024);
    }
}
