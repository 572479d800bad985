package io.github.dmabuf4j.linux.sys;

/**
 * What can be forbidden for ever on a memory file, as bits.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/fcntl.2.html">fcntl(2), File Sealing</a>
 */
public final class Seals {
    /** No more seals may be added. */
    public static final int SEAL = Constants.F_SEAL_SEAL;
    /** The file cannot become smaller. */
    public static final int SHRINK = Constants.F_SEAL_SHRINK;
    /** The file cannot become larger. */
    public static final int GROW = Constants.F_SEAL_GROW;
    /** Nobody can write. */
    public static final int WRITE = Constants.F_SEAL_WRITE;
    /** Nobody can write, except through writable mappings that exist already. */
    public static final int FUTURE_WRITE = Constants.F_SEAL_FUTURE_WRITE;

    private Seals() {}

    /**
     * The names of seals, for messages.
     *
     * @param seals the bits
     * @return such as {@code SHRINK|GROW}, or {@code none}
     */
    public static String describe(int seals) {
        StringBuilder names = new StringBuilder();
        append(names, seals, SEAL, "SEAL");
        append(names, seals, SHRINK, "SHRINK");
        append(names, seals, GROW, "GROW");
        append(names, seals, WRITE, "WRITE");
        append(names, seals, FUTURE_WRITE, "FUTURE_WRITE");
        append(names, seals, Constants.F_SEAL_EXEC, "EXEC");
        return names.isEmpty() ? "none" : names.toString();
    }

    private static void append(StringBuilder names, int seals, int bit, String name) {
        if ((seals & bit) != 0) {
            names.append(names.isEmpty() ? "" : "|").append(name);
        }
    }
}
