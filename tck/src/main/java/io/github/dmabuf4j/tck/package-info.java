/**
 * The compatibility kit: what the kernel's fences do, as cases that are written once and put to any engine.
 *
 * <p>A case speaks to an {@link io.github.dmabuf4j.tck.Engine} in terms that user space has for a kernel: software
 * timelines, sync files, sync objects, and the implicit fences of a buffer; a status is the kernel's number, a refusal
 * its errno. {@link io.github.dmabuf4j.tck.JvmEngine} answers with this library. Rules that user space cannot see from
 * outside (callbacks, hooks, chain nodes as objects, locks) are cases for engines of this process only; each says why.
 *
 * <p>The cases lie with the tests, one class for each family. Where this library differs from the kernel on purpose, the
 * class {@code Deviations} there has a case with the reason.
 */
@NullMarked
package io.github.dmabuf4j.tck;

import org.jspecify.annotations.NullMarked;
