package io.github.dmabuf4j.linux.ioctl;

import java.util.List;

/**
 * Numbers and structures of {@code drm/drm.h}, {@code drm/drm_mode.h} (dumb buffers) and {@code drm/vgem_drm.h}.
 *
 * <p>Drivers look at the low part of a number and take shorter structures of older programs and longer ones of newer: what they do
 * not know is ignored. So what a kernel knows is found out by flags, which it refuses when it does not know them.
 */
public final class DrmUapi {
    /** Asks for the driver's name. */
    public static final int DRM_IOCTL_VERSION = 0xC0406400;
    /** Gives up a handle of a buffer. */
    public static final int DRM_IOCTL_GEM_CLOSE = 0x40086409;
    /** Asks what the driver can. */
    public static final int DRM_IOCTL_GET_CAP = 0xC010640C;
    /** Tells the driver what the program can. */
    public static final int DRM_IOCTL_SET_CLIENT_CAP = 0x4010640D;
    /** Makes a dma-buf of a handle. */
    public static final int DRM_IOCTL_PRIME_HANDLE_TO_FD = 0xC00C642D;
    /** Makes a handle of a dma-buf. */
    public static final int DRM_IOCTL_PRIME_FD_TO_HANDLE = 0xC00C642E;
    /** Makes a dumb buffer. */
    public static final int DRM_IOCTL_MODE_CREATE_DUMB = 0xC02064B2;
    /** Makes a sync object. */
    public static final int DRM_IOCTL_SYNCOBJ_CREATE = 0xC00864BF;
    /** Gives up a sync object. */
    public static final int DRM_IOCTL_SYNCOBJ_DESTROY = 0xC00864C0;
    /** Makes a descriptor of a sync object, or a sync file of its fence. */
    public static final int DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD = 0xC01864C1;
    /** Makes a sync object of a descriptor, or puts the fence of a sync file in. */
    public static final int DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE = 0xC01864C2;
    /** Takes the fences out. */
    public static final int DRM_IOCTL_SYNCOBJ_RESET = 0xC01064C4;
    /** Puts signalled fences in. */
    public static final int DRM_IOCTL_SYNCOBJ_SIGNAL = 0xC01064C5;
    /** Waits for points. */
    public static final int DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT = 0xC03064CA;
    /** Asks which points are reached. */
    public static final int DRM_IOCTL_SYNCOBJ_QUERY = 0xC01864CB;
    /** Copies a fence from one to another. */
    public static final int DRM_IOCTL_SYNCOBJ_TRANSFER = 0xC02064CC;
    /** Adds signalled points. */
    public static final int DRM_IOCTL_SYNCOBJ_TIMELINE_SIGNAL = 0xC01864CD;
    /** Counts an eventfd up when a point is reached; since Linux 6.6. */
    public static final int DRM_IOCTL_SYNCOBJ_EVENTFD = 0xC01864CF;
    /** Puts a fence on a buffer of vgem. */
    public static final int DRM_IOCTL_VGEM_FENCE_ATTACH = 0xC0106441;
    /** Signals a fence of vgem. */
    public static final int DRM_IOCTL_VGEM_FENCE_SIGNAL = 0x40086442;

    /** Whether there are dumb buffers. */
    public static final int DRM_CAP_DUMB_BUFFER = 0x1;
    /** Which way buffers can go. */
    public static final int DRM_CAP_PRIME = 0x5;
    /** Whether frame buffers take modifiers. */
    public static final int DRM_CAP_ADDFB2_MODIFIERS = 0x10;
    /** Whether there are sync objects. */
    public static final int DRM_CAP_SYNCOBJ = 0x13;
    /** Whether they have points. */
    public static final int DRM_CAP_SYNCOBJ_TIMELINE = 0x14;
    /** The program sets the whole state of a screen at once. */
    public static final int DRM_CLIENT_CAP_ATOMIC = 3;
    /** Buffers can come in. */
    public static final int DRM_PRIME_CAP_IMPORT = 0x1;
    /** Buffers can go out. */
    public static final int DRM_PRIME_CAP_EXPORT = 0x2;
    /** The descriptor may be mapped for writing. */
    public static final int DRM_RDWR = 0x2;
    /** The descriptor is closed on exec. */
    public static final int DRM_CLOEXEC = 0x80000;

    /** The object begins with a signalled fence. */
    public static final int DRM_SYNCOBJ_CREATE_SIGNALED = 0x1;
    /** A sync file is made. */
    public static final int DRM_SYNCOBJ_HANDLE_TO_FD_FLAGS_EXPORT_SYNC_FILE = 0x1;
    /** It is made of a point. */
    public static final int DRM_SYNCOBJ_HANDLE_TO_FD_FLAGS_TIMELINE = 0x2;
    /** A sync file is put in. */
    public static final int DRM_SYNCOBJ_FD_TO_HANDLE_FLAGS_IMPORT_SYNC_FILE = 0x1;
    /** It is put in as a point. */
    public static final int DRM_SYNCOBJ_FD_TO_HANDLE_FLAGS_TIMELINE = 0x2;
    /** For all and not for any. */
    public static final int DRM_SYNCOBJ_WAIT_FLAGS_WAIT_ALL = 0x1;
    /** Also for points that do not exist yet. */
    public static final int DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT = 0x2;
    /** Only until the points exist. */
    public static final int DRM_SYNCOBJ_WAIT_FLAGS_WAIT_AVAILABLE = 0x4;
    /** The deadline counts; since Linux 6.6. */
    public static final int DRM_SYNCOBJ_WAIT_FLAGS_WAIT_DEADLINE = 0x8;
    /** The newest point that was added, reached or not. */
    public static final int DRM_SYNCOBJ_QUERY_FLAGS_LAST_SUBMITTED = 0x1;
    /** The fence stands for a writer. */
    public static final int VGEM_FENCE_WRITE = 0x1;

    /** What {@link #DRM_IOCTL_VERSION} takes. */
    public static final CStruct VERSION = CStruct.named("drm_version")
            .ints("version_major", "version_minor", "version_patchlevel")
            .longs("name_len", "name", "date_len", "date", "desc_len", "desc")
            .build();

    /** What {@link #DRM_IOCTL_GEM_CLOSE} takes. */
    public static final CStruct GEM_CLOSE =
            CStruct.named("drm_gem_close").ints("handle", "pad").build();

    /** What {@link #DRM_IOCTL_GET_CAP} takes. */
    public static final CStruct GET_CAP =
            CStruct.named("drm_get_cap").longs("capability", "value").build();

    /** What {@link #DRM_IOCTL_SET_CLIENT_CAP} takes. */
    public static final CStruct SET_CLIENT_CAP =
            CStruct.named("drm_set_client_cap").longs("capability", "value").build();

    /** What the PRIME requests take. */
    public static final CStruct PRIME_HANDLE =
            CStruct.named("drm_prime_handle").ints("handle", "flags", "fd").build();

    /** What {@link #DRM_IOCTL_MODE_CREATE_DUMB} takes. */
    public static final CStruct CREATE_DUMB = CStruct.named("drm_mode_create_dumb")
            .ints("height", "width", "bpp", "flags", "handle", "pitch")
            .longs("size")
            .build();

    /** What {@link #DRM_IOCTL_SYNCOBJ_CREATE} takes. */
    public static final CStruct SYNCOBJ_CREATE =
            CStruct.named("drm_syncobj_create").ints("handle", "flags").build();

    /** What {@link #DRM_IOCTL_SYNCOBJ_DESTROY} takes. */
    public static final CStruct SYNCOBJ_DESTROY =
            CStruct.named("drm_syncobj_destroy").ints("handle", "pad").build();

    /** What the requests between handles and descriptors take. */
    public static final CStruct SYNCOBJ_HANDLE = CStruct.named("drm_syncobj_handle")
            .ints("handle", "flags", "fd", "pad")
            .longs("point")
            .build();

    /** What {@link #DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT} takes. */
    public static final CStruct SYNCOBJ_TIMELINE_WAIT = CStruct.named("drm_syncobj_timeline_wait")
            .longs("handles", "points", "timeout_nsec")
            .ints("count_handles", "flags", "first_signaled", "pad")
            .longs("deadline_nsec")
            .build();

    /** What requests about several objects take. */
    public static final CStruct SYNCOBJ_ARRAY = CStruct.named("drm_syncobj_array")
            .longs("handles")
            .ints("count_handles", "pad")
            .build();

    /** What requests about points of several objects take. */
    public static final CStruct SYNCOBJ_TIMELINE_ARRAY = CStruct.named("drm_syncobj_timeline_array")
            .longs("handles", "points")
            .ints("count_handles", "flags")
            .build();

    /** What {@link #DRM_IOCTL_SYNCOBJ_TRANSFER} takes. */
    public static final CStruct SYNCOBJ_TRANSFER = CStruct.named("drm_syncobj_transfer")
            .ints("src_handle", "dst_handle")
            .longs("src_point", "dst_point")
            .ints("flags", "pad")
            .build();

    /** What {@link #DRM_IOCTL_SYNCOBJ_EVENTFD} takes. */
    public static final CStruct SYNCOBJ_EVENTFD = CStruct.named("drm_syncobj_eventfd")
            .ints("handle", "flags")
            .longs("point")
            .ints("fd", "pad")
            .build();

    /** What {@link #DRM_IOCTL_VGEM_FENCE_ATTACH} takes. */
    public static final CStruct VGEM_FENCE_ATTACH = CStruct.named("drm_vgem_fence_attach")
            .ints("handle", "flags", "out_fence", "pad")
            .build();

    /** What {@link #DRM_IOCTL_VGEM_FENCE_SIGNAL} takes. */
    public static final CStruct VGEM_FENCE_SIGNAL =
            CStruct.named("drm_vgem_fence_signal").ints("fence", "flags").build();

    static final List<CStruct> STRUCTS = List.of(
            VERSION,
            GEM_CLOSE,
            GET_CAP,
            SET_CLIENT_CAP,
            PRIME_HANDLE,
            CREATE_DUMB,
            SYNCOBJ_CREATE,
            SYNCOBJ_DESTROY,
            SYNCOBJ_HANDLE,
            SYNCOBJ_TIMELINE_WAIT,
            SYNCOBJ_ARRAY,
            SYNCOBJ_TIMELINE_ARRAY,
            SYNCOBJ_TRANSFER,
            SYNCOBJ_EVENTFD,
            VGEM_FENCE_ATTACH,
            VGEM_FENCE_SIGNAL);

    private DrmUapi() {}
}
