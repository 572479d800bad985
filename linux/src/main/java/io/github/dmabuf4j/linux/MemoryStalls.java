package io.github.dmabuf4j.linux;

import io.github.dmabuf4j.memory.MemoryPressure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The kernel's pressure stall information on memory: the share of the last ten seconds in which some task waited for it.
 *
 * @see <a href="https://docs.kernel.org/accounting/psi.html">/proc/pressure/memory</a>
 */
public final class MemoryStalls implements MemoryPressure {
    private static final Pattern SOME = Pattern.compile("^some avg10=(\\d+\\.\\d+) ", Pattern.MULTILINE);

    private final Path file;

    /** Reads {@code /proc/pressure/memory}. */
    public MemoryStalls() {
        this(Path.of("/proc/pressure/memory"));
    }

    /**
     * Reads another file of the same format, such as {@code memory.pressure} of a control group.
     *
     * @param file where it is
     */
    public MemoryStalls(Path file) {
        this.file = file;
    }

    /** {@inheritDoc} Empty if the file is not there, cannot be read, or says something else. */
    @Override
    public OptionalDouble stalledPercent() {
        try {
            Matcher some = SOME.matcher(Files.readString(file));
            return some.find() ? OptionalDouble.of(Double.parseDouble(some.group(1))) : OptionalDouble.empty();
        } catch (IOException unreadable) {
            return OptionalDouble.empty();
        }
    }
}
