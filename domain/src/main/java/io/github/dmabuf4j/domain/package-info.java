/** XBP: sharing buffers and fences across domains; knows no operating system. */
@NullMarked
package io.github.dmabuf4j.domain;

import org.jspecify.annotations.NullMarked;
