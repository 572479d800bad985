package io.github.dmabuf4j.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** How many bytes of the Java heap a hand-over costs, by the counters of the two threads that hand over. */
final class AllocationSuite implements Bench.Suite {
    private static final long BYTES = 1 << 20;
    private static final int SLOTS = 4;
    private static final int STEADY_WARM_UPS = 10;

    @Override
    public void run(Options options, Report report) throws IOException, InterruptedException {
        report.section("Java heap per hand-over");
        report.line("The thread's allocation counter over the whole measurement, after %d ms of warm-up."
                .formatted(options.patient(STEADY_WARM_UPS).warmUp().toMillis()));
        // What escapes in the interpreter stays on the stack in compiled code: steady state means compiled.
        Options patient = options.patient(STEADY_WARM_UPS);
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of(
                "tier",
                "regime",
                "hand-overs",
                "producer: bytes in all, per hand-over",
                "consumer: bytes in all, per hand-over",
                "bar",
                "verdict"));
        for (Regime regime : List.of(Regime.SPINNING, Regime.ONE_CPU)) {
            Contest contest = new Contest(
                            patient.task(Task.Work.TOUCH_ENDS, BYTES, SLOTS, 1, 1),
                            regime,
                            List.of(Contenders.QUEUE, Contenders.QUEUE_CHECKED))
                    .run(Math.min(options.rounds(), 3), "Java heap");
            for (Contest.Entry entry : contest.entries()) {
                rows.add(row(regime, entry, entry.name().equals(Contenders.QUEUE.name())));
            }
        }
        report.table(rows);
    }

    private static List<String> row(Regime regime, Contest.Entry entry, boolean mustBeZero) {
        if (!entry.failure().isEmpty()) {
            return List.of(entry.name(), regime.toString(), "not measured: " + entry.failure(), "", "", "", "");
        }
        double messages = Samples.of(entry.values(1, "messages")).median();
        double most = Math.max(most(entry, 0), most(entry, 1));
        return List.of(
                entry.name(),
                regime.toString(),
                Report.number(messages),
                cost(entry, 0),
                cost(entry, 1),
                mustBeZero ? "0" : "told",
                !mustBeZero ? "" : Bar.atMost(0).holds(most) ? "holds" : "**missed**");
    }

    private static double most(Contest.Entry entry, int side) {
        return Samples.of(entry.values(side, "allocated")).max();
    }

    private static String cost(Contest.Entry entry, int side) {
        double[] allocated = entry.values(side, "allocated");
        double[] messages = entry.values(side, "messages");
        double[] each = new double[allocated.length];
        for (int i = 0; i < each.length; i++) {
            each[i] = allocated[i] / messages[i];
        }
        return Report.number(most(entry, side)) + ", "
                + Report.number(Samples.of(each).median());
    }
}
