package io.github.dmabuf4j.lab;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs suites inside a guest and reports each test in a line on standard output, as soon as it ends. A test that is skipped
 * says why; a suite of which no test ran has failed.
 */
final class Guest implements TestExecutionListener {
    private static final String ENGINE = "dmabuf4j.tck.engine";
    /** The engine of the kit, unless options for the JVM name another. */
    private static final String CHOSEN = System.getProperty(ENGINE, KernelEngine.class.getName());

    private final PrintStream report;
    private final Set<String> ran = new TreeSet<>();
    private int passed;
    private int failed;
    private int skipped;

    private Guest(PrintStream report) {
        this.report = report;
    }

    /** Exits with 0 if all tests of the suites passed; without names, of all suites that run on this kernel. */
    public static void main(String[] names) {
        List<Suite> suites = names.length == 0
                ? Arrays.stream(Suite.values()).filter(Suite::runsHere).toList()
                : Arrays.stream(names).map(Suite::named).toList();
        Guest guest = new Guest(System.out);
        for (Suite suite : suites) {
            guest.run(suite);
        }
        System.out.println(guest.passed + " passed, " + guest.failed + " failed, " + guest.skipped + " skipped");
        System.out.flush();
        // Threads that a failed test left behind shall not keep the guest from its end.
        Runtime.getRuntime().halt(guest.failed == 0 ? 0 : 1);
    }

    private void run(Suite suite) {
        report.println("suite " + suite);
        ran.clear();
        if (suite == Suite.BROKEN) {
            runBroken(suite);
            return;
        }
        System.setProperty(ENGINE, CHOSEN);
        LauncherFactory.create().execute(suite.tests(), this);
        if (ran.isEmpty()) {
            failed++;
            report.println("FAIL " + suite + ": no test of it ran");
        }
        failed += RequiredCases.count(suite, ran, report);
    }

    /** One result of many cases. */
    private void runBroken(Suite suite) {
        System.setProperty(ENGINE, BrokenEngine.class.getName());
        BrokenRun run = new BrokenRun(report);
        LauncherFactory.create().execute(suite.tests(), run);
        if (run.mostNoticed()) {
            passed++;
            report.println("pass " + suite);
        } else {
            failed++;
            report.println("FAIL " + suite + ": most cases are content with an engine that loses signals");
        }
    }

    @Override
    public void testPlanExecutionStarted(TestPlan plan) {
        report.flush();
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        skipped++;
        report.println("skip " + name(test) + ": " + reason);
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (test.isTest() && result.getStatus() != Status.ABORTED) {
            ran.add(name(test));
        }
        if (result.getStatus() == Status.SUCCESSFUL) {
            if (test.isTest()) {
                passed++;
                report.println("pass " + name(test));
            }
            return;
        }
        String why = result.getThrowable().map(Throwable::toString).orElse("for no reason");
        if (result.getStatus() == Status.ABORTED) {
            skipped++;
            report.println("skip " + name(test) + ": " + why);
            return;
        }
        failed++;
        report.println("FAIL " + name(test));
        result.getThrowable().ifPresent(thrown -> thrown.printStackTrace(report));
    }

    /** Class and method; what JUnit shows in brackets only where the method runs more than once. */
    static String name(TestIdentifier test) {
        if (!(test.getSource().orElse(null) instanceof MethodSource source)) {
            return test.getDisplayName();
        }
        String type = source.getClassName();
        String method = type.substring(type.lastIndexOf('.') + 1) + "." + source.getMethodName();
        boolean isOneOfMany =
                test.getUniqueId().contains("invocation:") || test.getUniqueId().contains("dynamic-test:");
        return isOneOfMany ? method + " " + test.getDisplayName() : method;
    }
}
