/**
 * The races that the semantics of fences and buffers name, one class each, for jcstress to run millions of times.
 *
 * <p>A class is two threads, rarely three, that meet on one object, and the list of what may come of it. What must never
 * happen is FORBIDDEN with the sentence that says why; what no line names is forbidden too. A wake-up that is lost shows
 * as a wait of a minute, or as a test that hangs, which fails as well.
 *
 * <p>{@code jcstress/run} looks at all of them in about a minute and a half, {@code jcstress/run --long} takes its time.
 * Two classes live in the package of fences instead, to count what is left in the list of a fence.
 */
@NullMarked
package io.github.dmabuf4j.jcstress;

import org.jspecify.annotations.NullMarked;
