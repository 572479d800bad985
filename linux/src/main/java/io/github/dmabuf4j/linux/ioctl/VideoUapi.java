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

    /** Asks for one of the sizes of a pixel format. */
    public static final int VIDIOC_ENUM_FRAMESIZES = 0xC02C564A;
    /** Asks for one of the times between pictures of a size. */
    public static final int VIDIOC_ENUM_FRAMEINTERVALS = 0xC034564B;
    /** Asks for the time between pictures, among others. */
    public static final int VIDIOC_G_PARM = 0xC0CC5615;
    /** Sets the time between pictures, or the nearest that the device can. */
    public static final int VIDIOC_S_PARM = 0xC0CC5616;
    /** Asks for the value of a control. */
    public static final int VIDIOC_G_CTRL = 0xC008561B;
    /** Sets a control. */
    public static final int VIDIOC_S_CTRL = 0xC008561C;
    /** Asks which controls there are. */
    public static final int VIDIOC_QUERYCTRL = 0xC0445624;
    /** Takes the next event. */
    public static final int VIDIOC_DQEVENT = 0x80885659;
    /** Wants to hear of events. */
    public static final int VIDIOC_SUBSCRIBE_EVENT = 0x4020565A;

    /** The device captures. */
    public static final int V4L2_CAP_VIDEO_CAPTURE = 0x1;
    /** The device shows or sends pictures. */
    public static final int V4L2_CAP_VIDEO_OUTPUT = 0x2;
    /** The device captures pictures whose planes lie in buffers of their own. */
    public static final int V4L2_CAP_VIDEO_CAPTURE_MPLANE = 0x1000;
    /** The device takes such pictures. */
    public static final int V4L2_CAP_VIDEO_OUTPUT_MPLANE = 0x2000;
    /** The device makes pictures of pictures, whose planes lie in buffers of their own. */
    public static final int V4L2_CAP_VIDEO_M2M_MPLANE = 0x4000;
    /** The device makes pictures of pictures. */
    public static final int V4L2_CAP_VIDEO_M2M = 0x8000;
    /** The device does so by buffers in queues. */
    public static final int V4L2_CAP_STREAMING = 0x04000000;
    /** What this node can, and not the whole device, is told apart. */
    public static final int V4L2_CAP_DEVICE_CAPS = 0x80000000;

    /** A queue of captured pictures. */
    public static final int V4L2_BUF_TYPE_VIDEO_CAPTURE = 1;
    /** A queue of pictures that the device takes. */
    public static final int V4L2_BUF_TYPE_VIDEO_OUTPUT = 2;
    /** A queue of captured pictures whose planes lie in buffers of their own. */
    public static final int V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE = 9;
    /** A queue of such pictures that the device takes. */
    public static final int V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE = 10;
    /** The device's memory. */
    public static final int V4L2_MEMORY_MMAP = 1;
    /** Memory of dma-bufs. */
    public static final int V4L2_MEMORY_DMABUF = 4;
    /** Whole pictures and not every other row. */
    public static final int V4L2_FIELD_NONE = 1;
    /** The picture is damaged. */
    public static final int V4L2_BUF_FLAG_ERROR = 0x40;
    /** No picture comes behind this one. */
    public static final int V4L2_BUF_FLAG_LAST = 0x100000;
    /** The format is compressed: its pictures have no rows. */
    public static final int V4L2_FMT_FLAG_COMPRESSED = 0x1;
    /** The device knows times between pictures. */
    public static final int V4L2_CAP_TIMEPERFRAME = 0x1000;
    /** A size by itself, and not a range. */
    public static final int V4L2_FRMSIZE_TYPE_DISCRETE = 1;
    /** A time by itself, and not a range. */
    public static final int V4L2_FRMIVAL_TYPE_DISCRETE = 1;
    /** Asks for the control that comes behind a number. */
    public static final int V4L2_CTRL_FLAG_NEXT_CTRL = 0x80000000;
    /** The control is there and cannot be used. */
    public static final int V4L2_CTRL_FLAG_DISABLED = 0x1;
    /** The value of a control changed. */
    public static final int V4L2_EVENT_CTRL = 3;
    /** What the device captures changed, such as its size. */
    public static final int V4L2_EVENT_SOURCE_CHANGE = 5;
    /** The most planes. */
    public static final int VIDEO_MAX_PLANES = 8;

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

    /** A format of pictures whose planes lie in buffers of their own, inside of a {@link #FORMAT}. */
    public static final CStruct PIX_FORMAT_MPLANE = CStruct.named("v4l2_pix_format_mplane")
            .ints("width", "height", "pixelformat", "field", "colorspace")
            .bytes("plane_fmt", 160)
            .bytes("num_planes", 1)
            .bytes("flags", 1)
            .bytes("ycbcr_enc", 1)
            .bytes("quantization", 1)
            .bytes("xfer_func", 1)
            .bytes("reserved", 7)
            .build();

    /** One of the {@code plane_fmt} of a {@link #PIX_FORMAT_MPLANE}. */
    public static final CStruct PLANE_PIX_FORMAT = CStruct.named("v4l2_plane_pix_format")
            .ints("sizeimage", "bytesperline")
            .bytes("reserved", 12)
            .build();

    /** One of the planes that a {@link #BUFFER} points to. */
    public static final CStruct PLANE = CStruct.named("v4l2_plane")
            .ints("bytesused", "length")
            .longs("m")
            .ints("data_offset")
            .bytes("reserved", 44)
            .build();

    /** What {@link #VIDIOC_ENUM_FRAMESIZES} takes. */
    public static final CStruct FRAME_SIZE = CStruct.named("v4l2_frmsizeenum")
            .ints("index", "pixel_format", "type")
            .bytes("stepwise", 24)
            .bytes("reserved", 8)
            .build();

    /** A range of sizes inside of a {@link #FRAME_SIZE}; for a single size the first two are its width and height. */
    public static final CStruct FRAME_SIZE_STEPS = CStruct.named("v4l2_frmsize_stepwise")
            .ints("min_width", "max_width", "step_width", "min_height", "max_height", "step_height")
            .build();

    /** What {@link #VIDIOC_ENUM_FRAMEINTERVALS} takes. */
    public static final CStruct FRAME_INTERVAL = CStruct.named("v4l2_frmivalenum")
            .ints("index", "pixel_format", "width", "height", "type")
            .bytes("stepwise", 24)
            .bytes("reserved", 8)
            .build();

    /** A fraction. */
    public static final CStruct FRACTION =
            CStruct.named("v4l2_fract").ints("numerator", "denominator").build();

    /** What {@link #VIDIOC_G_PARM} and {@link #VIDIOC_S_PARM} take, a {@link #CAPTURE_PARAMETERS} inside. */
    public static final CStruct STREAM_PARAMETERS =
            CStruct.named("v4l2_streamparm").ints("type").bytes("parm", 200).build();

    /** How a device captures, inside of a {@link #STREAM_PARAMETERS}. */
    public static final CStruct CAPTURE_PARAMETERS = CStruct.named("v4l2_captureparm")
            .ints("capability", "capturemode")
            .bytes("timeperframe", 8)
            .ints("extendedmode", "readbuffers")
            .bytes("reserved", 16)
            .build();

    /** What {@link #VIDIOC_G_CTRL} and {@link #VIDIOC_S_CTRL} take. */
    public static final CStruct CONTROL =
            CStruct.named("v4l2_control").ints("id", "value").build();

    /** What {@link #VIDIOC_QUERYCTRL} takes. */
    public static final CStruct CONTROL_QUERY = CStruct.named("v4l2_queryctrl")
            .ints("id", "type")
            .bytes("name", 32)
            .ints("minimum", "maximum", "step", "default_value", "flags")
            .bytes("reserved", 8)
            .build();

    /** What {@link #VIDIOC_SUBSCRIBE_EVENT} takes. */
    public static final CStruct EVENT_SUBSCRIPTION = CStruct.named("v4l2_event_subscription")
            .ints("type", "id", "flags")
            .bytes("reserved", 20)
            .build();

    /** What {@link #VIDIOC_DQEVENT} takes. */
    public static final CStruct EVENT = CStruct.named("v4l2_event")
            .ints("type")
            .block("u", 64)
            .ints("pending", "sequence")
            .block("timestamp", 16)
            .ints("id")
            .bytes("reserved", 32)
            .build();

    static final List<CStruct> STRUCTS = List.of(
            CAPABILITY,
            FORMAT_DESCRIPTION,
            FORMAT,
            PIX_FORMAT,
            PIX_FORMAT_MPLANE,
            PLANE_PIX_FORMAT,
            REQUEST_BUFFERS,
            BUFFER,
            PLANE,
            EXPORT_BUFFER,
            FRAME_SIZE,
            FRAME_SIZE_STEPS,
            FRAME_INTERVAL,
            FRACTION,
            STREAM_PARAMETERS,
            CAPTURE_PARAMETERS,
            CONTROL,
            CONTROL_QUERY,
            EVENT_SUBSCRIPTION,
            EVENT);

    private VideoUapi() {}
}
