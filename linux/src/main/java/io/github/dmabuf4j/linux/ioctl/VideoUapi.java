package io.github.dmabuf4j.linux.ioctl;

import java.util.List;

/** Numbers and structures of {@code linux/videodev2.h}, as far as buffers are concerned. */
public final class VideoUapi {
    /** Asks who drives a device and what it can. */
    public static final int VIDIOC_QUERYCAP = 0x80685600;
    /** Asks for one of its formats. */
    public static final int VIDIOC_ENUM_FMT = 0xC0405602;
    /** Asks for the format that is set. */
    public static final int VIDIOC_G_FMT = 0xC0D05604;
    /** Sets a format, or the nearest that the device can. */
    public static final int VIDIOC_S_FMT = 0xC0D05605;
    /** Makes or ends the buffers of a queue. */
    public static final int VIDIOC_REQBUFS = 0xC0145608;
    /** Gives a buffer to the device. */
    public static final int VIDIOC_QBUF = 0xC058560F;
    /** Makes a dma-buf of a buffer of the device. */
    public static final int VIDIOC_EXPBUF = 0xC0405610;
    /** Takes a buffer back. */
    public static final int VIDIOC_DQBUF = 0xC0585611;
    /** Begins to work on the buffers. */
    public static final int VIDIOC_STREAMON = 0x40045612;
    /** Stops, and gives all buffers back. */
    public static final int VIDIOC_STREAMOFF = 0x40045613;

    /** The device captures. */
    public static final int V4L2_CAP_VIDEO_CAPTURE = 0x1;
    /** The device does so by buffers in queues. */
    public static final int V4L2_CAP_STREAMING = 0x04000000;
    /** What this node can, and not the whole device, is told apart. */
    public static final int V4L2_CAP_DEVICE_CAPS = 0x80000000;

    /** A queue of captured pictures. */
    public static final int V4L2_BUF_TYPE_VIDEO_CAPTURE = 1;
    /** The device's memory. */
    public static final int V4L2_MEMORY_MMAP = 1;
    /** Memory of dma-bufs. */
    public static final int V4L2_MEMORY_DMABUF = 4;
    /** Whole pictures and not every other row. */
    public static final int V4L2_FIELD_NONE = 1;
    /** The picture is damaged. */
    public static final int V4L2_BUF_FLAG_ERROR = 0x40;

    /** What {@link #VIDIOC_QUERYCAP} takes. */
    public static final CStruct CAPABILITY = CStruct.named("v4l2_capability")
            .bytes("driver", 16)
            .bytes("card", 32)
            .bytes("bus_info", 32)
            .ints("version", "capabilities", "device_caps")
            .bytes("reserved", 12)
            .build();

    /** What {@link #VIDIOC_ENUM_FMT} takes. */
    public static final CStruct FORMAT_DESCRIPTION = CStruct.named("v4l2_fmtdesc")
            .ints("index", "type", "flags")
            .bytes("description", 32)
            .ints("pixelformat", "mbus_code")
            .bytes("reserved", 12)
            .build();

    /** What the requests about formats take. */
    public static final CStruct FORMAT =
            CStruct.named("v4l2_format").ints("type").block("fmt", 200).build();

    /** A format of pictures in one piece, inside of a {@link #FORMAT}. */
    public static final CStruct PIX_FORMAT = CStruct.named("v4l2_pix_format")
            .ints("width", "height", "pixelformat", "field", "bytesperline", "sizeimage", "colorspace", "priv", "flags")
            .ints("ycbcr_enc", "quantization", "xfer_func")
            .build();

    /** What {@link #VIDIOC_REQBUFS} takes. */
    public static final CStruct REQUEST_BUFFERS = CStruct.named("v4l2_requestbuffers")
            .ints("count", "type", "memory", "capabilities")
            .bytes("flags", 1)
            .bytes("reserved", 3)
            .build();

    /** What the requests about one buffer take. */
    public static final CStruct BUFFER = CStruct.named("v4l2_buffer")
            .ints("index", "type", "bytesused", "flags", "field")
            .block("timestamp", 16)
            .bytes("timecode", 16)
            .ints("sequence", "memory")
            .longs("m")
            .ints("length", "reserved2", "request_fd")
            .build();

    /** What {@link #VIDIOC_EXPBUF} takes. */
    public static final CStruct EXPORT_BUFFER = CStruct.named("v4l2_exportbuffer")
            .ints("type", "index", "plane", "flags", "fd")
            .bytes("reserved", 44)
            .build();

    /** What {@link #VIDIOC_STREAMON} and {@link #VIDIOC_STREAMOFF} take: a bare number. */
    public static final CStruct STREAM =
            CStruct.named("v4l2_stream").ints("type").build();

    static final List<CStruct> STRUCTS =
            List.of(CAPABILITY, FORMAT_DESCRIPTION, FORMAT, PIX_FORMAT, REQUEST_BUFFERS, BUFFER, EXPORT_BUFFER);

    private VideoUapi() {}
}
