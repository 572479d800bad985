package io.github.dmabuf4j.linux.v4l2;

import io.github.dmabuf4j.linux.ioctl.VideoUapi;

/** Which way pictures go between a program and a device. A device that makes pictures of pictures has both. */
public enum Direction {
    /** The device fills buffers: a camera, or the results of a converter. */
    CAPTURE(
            VideoUapi.V4L2_CAP_VIDEO_CAPTURE | VideoUapi.V4L2_CAP_VIDEO_M2M,
            VideoUapi.V4L2_CAP_VIDEO_CAPTURE_MPLANE | VideoUapi.V4L2_CAP_VIDEO_M2M_MPLANE,
            VideoUapi.V4L2_BUF_TYPE_VIDEO_CAPTURE,
            VideoUapi.V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE),
    /** The device reads buffers: an output for video, or what a converter works on. */
    OUTPUT(
            VideoUapi.V4L2_CAP_VIDEO_OUTPUT | VideoUapi.V4L2_CAP_VIDEO_M2M,
            VideoUapi.V4L2_CAP_VIDEO_OUTPUT_MPLANE | VideoUapi.V4L2_CAP_VIDEO_M2M_MPLANE,
            VideoUapi.V4L2_BUF_TYPE_VIDEO_OUTPUT,
            VideoUapi.V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE);

    private final int inOnePiece;
    private final int inPlanes;
    private final int type;
    private final int planarType;

    Direction(int inOnePiece, int inPlanes, int type, int planarType) {
        this.inOnePiece = inOnePiece;
        this.inPlanes = inPlanes;
        this.type = type;
        this.planarType = planarType;
    }

    boolean isIn(int capabilities) {
        return (capabilities & (inOnePiece | inPlanes)) != 0;
    }

    boolean isPlanarIn(int capabilities) {
        return (capabilities & inPlanes) != 0;
    }

    /** The kernel's name of the queue. */
    int type(int capabilities) {
        return isPlanarIn(capabilities) ? planarType : type;
    }
}
