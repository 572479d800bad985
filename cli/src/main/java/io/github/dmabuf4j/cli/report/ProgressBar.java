package io.github.dmabuf4j.cli.report;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Shows how far a run is: a bar that redraws itself on a terminal, now and then a line otherwise. Used by one thread.
 */
public final class ProgressBar implements AutoCloseable {
    private static final int BAR = 30;
    private static final long REDRAW_NANOS = 100_000_000L;
    private static final long LINE_NANOS = 5_000_000_000L;

    private final PrintStream out;
    private final boolean terminal;
    private final String title;
    private final String unit;
    private final long total;
    private final long interval;
    private long last;
    private int shown;

    /**
     * Starts a bar; nothing is shown yet.
     *
     * @param out where it is shown
     * @param terminal whether it can redraw itself there
     * @param title what is going on, in a word or two
     * @param total how many steps there are; -1 when unknown
     * @param unit what the steps are, such as {@code frames}
     */
    public ProgressBar(PrintStream out, boolean terminal, String title, long total, String unit) {
        this.out = out;
        this.terminal = terminal;
        this.title = title;
        this.unit = unit;
        this.total = total;
        interval = terminal ? REDRAW_NANOS : LINE_NANOS;
        last = System.nanoTime();
    }

    /**
     * A bar on standard error.
     *
     * @param title what is under way
     * @param total how many steps there will be; 0 or less when nobody knows
     * @param unit what the steps are, such as {@code frames}
     * @return the bar
     */
    public static ProgressBar onStandardError(String title, long total, String unit) {
        return new ProgressBar(System.err, standardErrorIsTerminal(), title, total, unit);
    }

    /**
     * Whether standard error of this process is a terminal. The console of Java tells only about the other two.
     *
     * @return true for a terminal; false for a file or a pipe, and when it cannot be told
     */
    public static boolean standardErrorIsTerminal() {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException unknown) {
            return false;
        }
    }

    /**
     * Tells how many steps are done; shows it when enough time has passed since the last time. Cheap enough to be
     * called for each step.
     *
     * @param done how many steps are done
     */
    public void update(long done) {
        long now = System.nanoTime();
        if (now - last >= interval) {
            last = now;
            show(done);
        }
    }

    /** Takes the bar away. */
    @Override
    public void close() {
        if (terminal && shown > 0) {
            out.print("\r" + " ".repeat(shown) + "\r");
            out.flush();
            shown = 0;
        }
    }

    private void show(long done) {
        StringBuilder line = new StringBuilder(title).append("  ");
        if (total > 0 && terminal) {
            int filled = (int) Math.min(BAR, done * BAR / total);
            line.append('[')
                    .append("#".repeat(filled))
                    .append(".".repeat(BAR - filled))
                    .append("]  ");
        }
        line.append(done);
        if (total > 0) {
            line.append(" of ").append(total);
        }
        line.append(' ').append(unit);
        if (terminal) {
            int length = line.length();
            line.append(" ".repeat(Math.max(0, shown - length))).insert(0, '\r');
            shown = length;
            out.print(line);
            out.flush();
        } else {
            out.println(line);
        }
    }
}
