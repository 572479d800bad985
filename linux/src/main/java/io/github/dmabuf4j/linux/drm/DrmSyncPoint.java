package io.github.dmabuf4j.linux.drm;

/**
 * A point of a sync object.
 *
 * @param object the object
 * @param point its number, unsigned; 0 for whatever fence the object holds
 */
public record DrmSyncPoint(DrmSyncObj object, long point) {}
