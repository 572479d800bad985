package io.github.dmabuf4j.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What the sides of one block do.
 *
 * @param work the kind of work
 * @param bytes the size of one message or buffer
 * @param slots how many buffers circulate
 * @param batch how many round trips one reading of the clock covers
 * @param consumers how many followers there are
 * @param warmUp how long to run before measuring
 * @param measured how long to measure
 */
public record Task(Work work, long bytes, int slots, int batch, int consumers, Duration warmUp, Duration measured) {

    /** The kinds of work. */
    public enum Work {
        /** A message goes over and its answer comes back before the next one goes. */
        ROUND_TRIP,
        /** A stream of which both sides touch the first and the last 8 bytes of each message. */
        TOUCH_ENDS,
        /** A stream of which the producer writes and the consumer reads every byte. */
        TOUCH_ALL
    }

    /**
     * The task as words of a command line.
     *
     * @return the words; {@link #parse} reads them
     */
    public List<String> arguments() {
        return List.of(
                "work=" + work,
                "bytes=" + bytes,
                "slots=" + slots,
                "batch=" + batch,
                "consumers=" + consumers,
                "warmUp=" + warmUp.toMillis(),
                "measured=" + measured.toMillis());
    }

    /**
     * Reads a task back.
     *
     * @param words of the form {@code key=value}; other keys are left alone
     * @return the task
     */
    public static Task parse(List<String> words) {
        return new Task(
                Work.valueOf(value(words, "work")),
                Long.parseLong(value(words, "bytes")),
                Integer.parseInt(value(words, "slots")),
                Integer.parseInt(value(words, "batch")),
                Integer.parseInt(value(words, "consumers")),
                Duration.ofMillis(Long.parseLong(value(words, "warmUp"))),
                Duration.ofMillis(Long.parseLong(value(words, "measured"))));
    }

    /**
     * Finds the value of a key.
     *
     * @param words of the form {@code key=value}
     * @param key the key
     * @return its value
     * @throws IllegalArgumentException if the key is not there
     */
    public static String value(List<String> words, String key) {
        for (String word : words) {
            if (word.startsWith(key + "=")) {
                return word.substring(key.length() + 1);
            }
        }
        throw new IllegalArgumentException("the command line has no " + key + "=: " + new ArrayList<>(words));
    }
}
