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
            "what sharing a buffer costs, by mapping. --trace and --svg take each experiment",
            "in turn, on each heap that is named, or else on one, with the first seed that",
            "shows the mistake: litmus old-data --heap cma --seeds 7 --trace."
        },
        mixinStandardHelpOptions = true)
final class LitmusCommand implements Callable<Integer> {
    /** For the help. */
    static final class HeapNames implements Iterable<String> {
        HeapNames() {}

        @Override
        public Iterator<String> iterator() {
            return LitmusRun.heaps().iterator();
        }
    }

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
            names = "--heap",
            paramLabel = "HEAP",
            description = "On which heap; may be repeated. All if none is named: ${COMPLETION-CANDIDATES}.",
            completionCandidates = HeapNames.class)
    private List<String> heaps = List.of();

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
        List<String> known = LitmusRun.names();
        List<String> chosen = names == null ? known : names;
        check("experiment", chosen, known);
        check("heap", heaps, LitmusRun.heaps());
        LitmusRun run = new LitmusRun(chosen, heaps, seeds.first(), seeds.last());
        if (run.isEmpty()) {
            throw new ParameterException(spec.commandLine(), String.join("; ", run.untried()));
        }
        if (svg != null) {
            OutputFile.checkPlace(svg);
        }
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

    private void check(String kind, List<String> chosen, List<String> known) {
        for (String name : chosen) {
            if (!known.contains(name)) {
                throw new ParameterException(
                        spec.commandLine(),
                        "there is no " + kind + " '" + name + "', only " + String.join(", ", known));
            }
        }
    }

    private static void write(Path file, String text) throws IOException {
        try (OutputFile out = OutputFile.open(file.toString())) {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
            while (bytes.hasRemaining()) {
                out.channel().write(bytes);
            }
            out.complete();
        }
    }
}
