package io.github.dmabuf4j.cli;

import io.github.dmabuf4j.cli.report.Json;
import io.github.dmabuf4j.cli.report.ResultTable;
import io.github.dmabuf4j.linux.LinuxFacts;
import io.github.dmabuf4j.linux.LinuxFacts.Fact;
import io.github.dmabuf4j.linux.facts.DeviceFacts;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "doctor",
        description = "Says what this machine offers, and what to do about what it lacks.",
        footer = {"", "Ends with 1 when something is missing that nothing works without."},
        mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
    /** Without these no buffer can be shared. */
    private static final Set<String> NEEDED = Set.of("native access", "memfd", "seals", "pidfd", "clock");

    @Option(names = "--json", description = "Print the findings as JSON.")
    private boolean json;

    DoctorCommand() {}

    @Override
    public Integer call() {
        List<Fact> facts = new ArrayList<>();
        facts.add(new Fact("JDK", true, Runtime.version() + ", " + System.getProperty("java.vm.vendor")));
        facts.add(nativeAccess());
        facts.addAll(LinuxFacts.probe());
        facts.addAll(DeviceFacts.probe());
        facts.add(ffmpeg());
        boolean works = true;
        List<Json> list = new ArrayList<>();
        ResultTable table = new ResultTable();
        for (Fact fact : facts) {
            works &= fact.found() || !NEEDED.contains(fact.name());
            list.add(new Json()
                    .put("name", fact.name())
                    .put("found", fact.found())
                    .put("detail", fact.detail()));
            table.row(fact.name(), fact.found() ? "found" : "not found", fact.detail());
        }
        if (json) {
            System.out.println(new Json().put("works", works).put("facts", list));
        } else {
            System.out.print(table);
            System.out.println(
                    works
                            ? "\nProcesses of this machine can share buffers."
                            : "\nBuffers cannot be shared here: see what is not found above.");
        }
        return works ? 0 : 1;
    }

    private static Fact nativeAccess() {
        Module module = LinuxFacts.class.getModule();
        String flag = module.isNamed() ? module.getName() : "ALL-UNNAMED";
        return module.isNativeAccessEnabled()
                ? new Fact("native access", true, "granted to " + flag)
                : new Fact("native access", false, "start Java with --enable-native-access=" + flag);
    }

    private static Fact ffmpeg() {
        String path = System.getenv("PATH");
        for (String folder : path == null ? new String[0] : path.split(File.pathSeparator, -1)) {
            Path candidate = Path.of(folder, "ffmpeg");
            if (Files.isExecutable(candidate)) {
                return new Fact("ffmpeg", true, candidate.toString());
            }
        }
        return new Fact("ffmpeg", false, "only .y4m videos can be read; install the package ffmpeg for others");
    }
}
