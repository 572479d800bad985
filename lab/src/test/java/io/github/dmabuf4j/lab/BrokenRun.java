package io.github.dmabuf4j.lab;

import java.io.PrintStream;
import java.util.Set;
import java.util.TreeSet;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/**
 * A run in which cases are to fail, since the engine is broken: counts those that notice. It is good if most of them do; a kit that
 * is content with a kernel which never signals anything would be content with everything.
 */
final class BrokenRun implements TestExecutionListener {
    private final PrintStream report;
    private final Set<String> red = new TreeSet<>();
    private final Set<String> green = new TreeSet<>();

    BrokenRun(PrintStream report) {
        this.report = report;
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (test.isTest() && result.getStatus() != Status.ABORTED) {
            (result.getStatus() == Status.FAILED ? red : green).add(Guest.name(test));
        }
    }

    /** Whether most cases noticed; says which did not. */
    boolean mostNoticed() {
        green.forEach(name -> report.println("content " + name));
        red.forEach(name -> report.println("notices " + name));
        report.println(red.size() + " of " + (red.size() + green.size()) + " cases notice the broken engine");
        return red.size() > green.size();
    }
}
