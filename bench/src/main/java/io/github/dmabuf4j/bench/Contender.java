package io.github.dmabuf4j.bench;

import java.nio.file.Path;
import java.util.List;

/**
 * Whoever takes part in a measurement: a program with two roles, told what to do on its command line.
 *
 * <p>Each side is a process of its own. It speaks lines on standard output: {@code ready} (a companion is up),
 * {@code address WORDS} (the leader can be found there; passed on to the standard input of the followers) and
 * {@code result KEY=NUMBER…} (it has measured). It ends when its standard input does.
 *
 * @param name how reports call it
 * @param companions processes that must be up before the sides start, such as a daemon
 * @param command the command line of a side, without the words of the {@link Task}
 */
public record Contender(String name, Companions companions, Command command) {
    /**
     * A contender without companions.
     *
     * @param name how reports call it
     * @param command the command line of a side
     */
    public Contender(String name, Command command) {
        this(name, folder -> List.of(), command);
    }

    /** Gives the command lines of the processes that must be up first. */
    @FunctionalInterface
    public interface Companions {
        /**
         * The command lines.
         *
         * @param folder an empty folder of this block, on a file system in memory where there is one
         * @return one list of words for each process
         * @throws UnsupportedOperationException if this machine lacks something; the message says what
         */
        List<List<String>> commands(Path folder);
    }

    /** Gives the command line of a side. */
    @FunctionalInterface
    public interface Command {
        /**
         * The command line.
         *
         * @param folder an empty folder of this block, the same for all sides
         * @return the words; role, CPU and task are appended
         */
        List<String> words(Path folder);
    }

    /**
     * The same contender under another name: the second half of an A/A pair.
     *
     * @return the twin
     */
    public Contender again() {
        return new Contender(name + ", again", companions, command);
    }
}
