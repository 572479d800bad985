/**
 * Every restricted call of the project: system calls, and views of memory that the JVM did not allocate.
 *
 * <p>Each system call is made in exactly one method. A method answers what the call answers, or the negated error
 * number; nothing here throws for a call that the kernel refuses, because callers often expect the refusal (a futex
 * word that already changed, a socket that has nothing to read). Callers turn a refusal that they did not expect into a
 * {@code SystemCallException} at once.
 *
 * <p>The error number is captured by the linker within the call itself, into a small block of memory that each thread
 * has for itself: a later look at {@code errno} could find what the JVM's own calls left there.
 *
 * <p>Layouts, constants and system call numbers are those of the C headers of Linux on x86-64 and AArch64; a test
 * compiles a C program and compares every one of them.
 *
 * <p>No method here may be called on a virtual thread when it can block in the kernel: it would take the carrier thread
 * away from all others. Methods that can block say so.
 */
@NullMarked
package io.github.dmabuf4j.linux.sys;

import org.jspecify.annotations.NullMarked;
