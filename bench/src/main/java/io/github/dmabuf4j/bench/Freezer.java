package io.github.dmabuf4j.bench;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stops processes and lets them go on. A stopped process does not run at all, whatever its threads were doing; it does not
 * even notice that its standard input ends. So when this program ends, in whatever polite way, all are let go on.
 */
final class Freezer {
    private static final MethodHandle KILL = Linker.nativeLinker()
            .downcallHandle(
                    Linker.nativeLinker().defaultLookup().findOrThrow("kill"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    // The numbers of every architecture that runs Linux and this.
    private static final int SIGCONT = 18;
    private static final int SIGSTOP = 19;

    private static final Set<Process> FROZEN = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> FROZEN.forEach(Freezer::thaw)));
    }

    private Freezer() {}

    /** Stops a process until {@link #thaw}. */
    static void freeze(Process process) {
        FROZEN.add(process);
        signal(process, SIGSTOP);
    }

    /** Lets a process go on. */
    static void thaw(Process process) {
        signal(process, SIGCONT);
        FROZEN.remove(process);
    }

    private static void signal(Process process, int number) {
        if (process.isAlive()) {
            try {
                int ignored = (int) KILL.invokeExact(Math.toIntExact(process.pid()), number);
            } catch (Throwable e) {
                throw new AssertionError(e);
            }
        }
    }
}
