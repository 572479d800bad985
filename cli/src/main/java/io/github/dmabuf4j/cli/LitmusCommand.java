package io.github.dmabuf4j.cli;

import io.github.dmabuf4j.cli.litmus.LitmusRun;
import io.github.dmabuf4j.cli.report.ProgressBar;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "litmus",
        description = "Shows on a simulated machine what goes wrong between caches and devices, and what helps.",
        footer = {
            "",
            "Each experiment makes one mistake and its cure, on this project's heaps, once",
            "for each seed; the seed decides which lines the cache evicts and fetches on its",
            "own. The table says how many seeds showed the mistake, how many showed anything",
            "with the cure (none, or the command ends with 1), how many bytes were cleaned or",
            "invalidated for that, and both counts where devices look into the cache. Then:",
            "what sharing a buffer costs, by mapping. --trace and --svg take the first seed",
            "that shows the mistake of the first experiment."
        },
        mixinStandardHelpOptions = true)
final class LitmusCommand implements Callable<Integer> {
    /** For the help. */
    static final class Names implements Iterable<String> {
        Names() {}

        @Override
        public Iterator<String> iterator() {
            return LitmusRun.names().iterator();
        }
    }

    @Parameters(
            arity = "0..*",
            paramLabel = "EXPERIMENT",
            description = "Which experiments; all if none is named: ${COMPLETION-CANDIDATES}.",
            completionCandidates = Names.class)
    private @Nullable List<String> names;

    @Option(
            names = "--seeds",
            paramLabel = "A..B",
            defaultValue = "1..1000",
            converter = SeedRange.Converter.class,
            description = "Which seeds. Default: ${DEFAULT-VALUE}.")
    private SeedRange seeds;

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    @Option(names = "--trace", description = "Print what happens to the line that goes wrong, step by step.")
    private boolean trace;

    @Option(names = "--svg", paramLabel = "FILE", description = "Draw what happens to the line that goes wrong.")
    private @Nullable Path svg;

    @Spec
    private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // the parser sets the fields
    LitmusCommand() {}

    @Override
    public Integer call() throws IOException {
        LitmusRun run = new LitmusRun(choose(), seeds.first(), seeds.last());
        if (trace) {
            System.out.print(run.trace());
        }
        if (svg != null) {
            write(svg, run.picture());
        }
        if (trace || svg != null) {
            return 0;
        }
        boolean holds;
        try (ProgressBar bar = ProgressBar.onStandardError("running", run.size(), "experiments")) {
            holds = run.judge(bar::update);
        }
        System.out.print(json ? run.json() + "\n" : run.table());
        if (!holds) {
            System.err.println("dmabuf4j: something was wrong where nothing should be");
        }
        return holds ? 0 : 1;
    }

    private List<String> choose() {
        List<String> known = LitmusRun.names();
        if (names == null) {
            return known;
        }
        for (String name : names) {
            if (!known.contains(name)) {
                throw new ParameterException(
                        spec.commandLine(), "there is no experiment '" + name + "', only " + String.join(", ", known));
            }
        }
        return names;
    }

    private static void write(Path file, String text) throws IOException {
        OutputFile.checkPlace(file);
        try (OutputFile out = OutputFile.open(file.toString())) {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
            while (bytes.hasRemaining()) {
                out.channel().write(bytes);
            }
            out.complete();
        }
    }
}
