package io.github.dmabuf4j.linux.drm;

import io.github.dmabuf4j.linux.ioctl.DrmUapi;

/** What a {@link DrmDevice} can be asked about itself. */
public enum DrmCapability {
    /** 1 if it makes simple buffers. */
    DUMB_BUFFER(DrmUapi.DRM_CAP_DUMB_BUFFER),
    /** Bit 0 if it takes dma-bufs in, bit 1 if it gives them out. */
    PRIME(DrmUapi.DRM_CAP_PRIME),
    /** 1 if its frame buffers take modifiers. */
    MODIFIERS(DrmUapi.DRM_CAP_ADDFB2_MODIFIERS),
    /** 1 if it has sync objects. */
    SYNCOBJ(DrmUapi.DRM_CAP_SYNCOBJ),
    /** 1 if its sync objects have points. */
    SYNCOBJ_TIMELINE(DrmUapi.DRM_CAP_SYNCOBJ_TIMELINE);

    private final int number;

    DrmCapability(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}
