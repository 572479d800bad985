package io.github.dmabuf4j.fence;

import java.util.List;

/**
 * What the {@link FenceValidator} found.
 *
 * @param rule which rule was broken
 * @param message which fence of which timeline, and what happened, in a sentence
 * @param stacks where it happened, and what led to it: where the fence was made, where a section began, where another
 *     thread waits; the first is where the rule was broken
 */
public record FenceReport(Rule rule, String message, List<Throwable> stacks) {
    /** The rules. */
    public enum Rule {
        /** A fence signalled after a later one of its context: merging has relied on the later one for both. */
        OUT_OF_ORDER,
        /** A fence was signalled that was signalled before: two owners, or one that lost track. */
        SIGNALED_TWICE,
        /** An error was set on a fence that was signalled before: nobody will ever see it. */
        ERROR_AFTER_SIGNALING,
        /** A fence became garbage without having been signalled: close it, or signal it. */
        DROPPED,
        /** A wait inside a section that must lead to a signal: it can close a circle. */
        WAIT_IN_SIGNALING_SECTION,
        /** A wait inside a callback: the thread that signals has others to serve. */
        WAIT_IN_CALLBACK,
        /** A wait that, through threads and fences, waits for itself. */
        WAIT_FOR_ITSELF
    }

    /** Copies the list. */
    public FenceReport {
        stacks = List.copyOf(stacks);
    }
}
