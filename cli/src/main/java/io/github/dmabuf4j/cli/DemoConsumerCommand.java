package io.github.dmabuf4j.cli;

import io.github.dmabuf4j.cli.demo.ConsumerTask;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A consumer of the demonstration; started by {@link DemoCommand}. */
@Command(name = "demo-consumer", hidden = true)
final class DemoConsumerCommand implements Callable<Integer> {
    @Option(names = "--role", required = true)
    private ConsumerTask.Role role;

    @Option(names = "--way", required = true)
    private ConsumerTask.Way way;

    @Option(names = "--warm-up", required = true)
    private long warmUp;

    @Option(names = "--frames", required = true)
    private long frames;

    @Option(names = "--sheet")
    private @Nullable Path sheet;

    @Parameters
    private Path socket;

    @SuppressWarnings("NullAway.Init") // the parser sets the fields
    DemoConsumerCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        System.out.print(new ConsumerTask(role, warmUp, frames, sheet).run(way, socket));
        return 0;
    }
}
