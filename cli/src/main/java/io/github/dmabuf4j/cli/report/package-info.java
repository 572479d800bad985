/**
 * What the command shows: a table of results for people or as JSON, the progress of a run, and how long things took.
 *
 * <p>Results go to standard output; progress and everything else that is said goes to standard error, so that a pipe
 * behind the command sees results alone.
 */
@NullMarked
package io.github.dmabuf4j.cli.report;

import org.jspecify.annotations.NullMarked;
