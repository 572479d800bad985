package io.github.dmabuf4j.linux.v4l2;

/**
 * A pixel format that a device knows.
 *
 * @param letters its four letters
 * @param description the driver's words
 * @param compressed whether its pictures have no rows, as JPEG
 */
public record FormatInfo(String letters, String description, boolean compressed) {}
