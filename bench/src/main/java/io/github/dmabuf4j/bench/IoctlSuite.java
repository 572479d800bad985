package io.github.dmabuf4j.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a request to the kernel costs, with its error number, beside a loop in C. */
final class IoctlSuite implements Bench.Suite {
    private static final int BATCH = 2000;
    private static final double MOST_OF_C = 1.2;

    @Override
    public void run(Options options, Report report) throws IOException, InterruptedException {
        report.section("ioctl");
        report.line(
                "The same two requests to a memory file, in a loop: one that the kernel grants (FIONREAD), and one that"
                        + " it refuses with ENOTTY");
        report.line("(DMA_BUF_IOCTL_SYNC). Both sides look at the error number. Typed: the first one with a structure"
                + " that is made, filled by the kernel and read.");
        report.line("A sample is the mean of %,d calls; nanoseconds of a call, pinned to one CPU.".formatted(BATCH));
        report.line(
                "A JVM has many threads, so the loop in C that it is compared with has a second one, which sleeps: in a"
                        + " process with one thread");
        report.line(
                "the kernel does not count who uses a descriptor, and every ioctl is a fifth faster in any language.");
        List<Contender> contenders =
                List.of(Contenders.IOCTL_C, Contenders.IOCTL, Contenders.IOCTL_C.again(), Contenders.IOCTL_C_ALONE);
        Contest contest = new Contest(options.task(Task.Work.ROUND_TRIP, 1, 1, BATCH, 0), Regime.SPINNING, contenders)
                .run(options.rounds(), "ioctl");
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("contender", "granted, ns [range] of rounds", "refused, ns", "typed, ns"));
        for (Contest.Entry entry : contest.entries()) {
            rows.add(
                    entry.failure().isEmpty()
                            ? List.of(
                                    entry.name(),
                                    Report.spread(entry.values(0, "granted"), 1),
                                    Report.spread(entry.values(0, "refused"), 1),
                                    Report.spread(entry.values(0, "typed"), 1))
                            : List.of(entry.name(), "not measured: " + entry.failure(), "", ""));
        }
        report.table(rows);
        List<List<String>> ratios = new ArrayList<>();
        ratios.add(List.of("comparison", "ratio of medians [95 % interval]", "bar", "verdict"));
        Contest.Entry reference = contest.entries().getFirst();
        for (String key : List.of("granted", "refused", "typed")) {
            for (int i = 1; i < contenders.size(); i++) {
                boolean judged = contenders.get(i).equals(Contenders.IOCTL);
                ratios.add(compare(contest.entries().get(i), reference, key, judged ? Bar.atMost(MOST_OF_C) : null));
            }
        }
        report.table(ratios);
    }

    private static List<String> compare(Contest.Entry subject, Contest.Entry reference, String key, @Nullable Bar bar) {
        String words = subject.name().startsWith(reference.name())
                ? "A/A (noise): " + reference.name() + " to itself, " + key
                : subject.name() + " to " + reference.name() + ", " + key;
        String limit = bar == null ? "" : bar.toString();
        String failure = subject.failure().isEmpty() ? reference.failure() : subject.failure();
        if (!failure.isEmpty()) {
            return List.of(words, "not measured", limit, failure);
        }
        Ratio ratio = Ratio.of(subject.values(0, key), reference.values(0, key));
        return List.of(
                words,
                Report.ratio(ratio),
                limit,
                bar == null ? "" : bar.judge(ratio).toString());
    }
}
