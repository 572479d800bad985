/**
 * Suites of tests for machines that the lab boots, and the program that runs them inside.
 *
 * <p>{@code lab/run} copies these classes into a guest and starts {@link io.github.dmabuf4j.lab.Guest} there. On an ordinary
 * machine they are compiled and not run: what they need is not there.
 */
@NullMarked
package io.github.dmabuf4j.lab;

import org.jspecify.annotations.NullMarked;
