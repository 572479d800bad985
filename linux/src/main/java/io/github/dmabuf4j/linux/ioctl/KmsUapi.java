package io.github.dmabuf4j.linux.ioctl;

import java.util.List;

/** Numbers and structures of {@code drm/drm_mode.h} and of the events in {@code drm/drm.h}: all that shows pictures on a screen. */
public final class KmsUapi {
    /** Whether a program may set modes: a wrong number of another program is refused with EACCES or EINVAL. */
    public static final int DRM_IOCTL_AUTH_MAGIC = 0x40046411;
    /** Becomes the one program that may set modes. */
    public static final int DRM_IOCTL_SET_MASTER = 0x0000641E;
    /** Lets another program become it. */
    public static final int DRM_IOCTL_DROP_MASTER = 0x0000641F;
    /** Asks for the parts of a device. */
    public static final int DRM_IOCTL_MODE_GETRESOURCES = 0xC04064A0;
    /** Sets what a CRTC shows and how. */
    public static final int DRM_IOCTL_MODE_SETCRTC = 0xC06864A2;
    /** Asks which CRTCs an encoder can take its picture from. */
    public static final int DRM_IOCTL_MODE_GETENCODER = 0xC01464A6;
    /** Asks what is plugged in, and its modes. */
    public static final int DRM_IOCTL_MODE_GETCONNECTOR = 0xC05064A7;
    /** Asks for the name of a property. */
    public static final int DRM_IOCTL_MODE_GETPROPERTY = 0xC04064AA;
    /** Asks for the bytes of a property. */
    public static final int DRM_IOCTL_MODE_GETPROPBLOB = 0xC01064AC;
    /** Gives up a frame buffer. */
    public static final int DRM_IOCTL_MODE_RMFB = 0xC00464AF;
    /** Shows another frame buffer from the next picture on. */
    public static final int DRM_IOCTL_MODE_PAGE_FLIP = 0xC01864B0;
    /** Asks for the planes of a device. */
    public static final int DRM_IOCTL_MODE_GETPLANERESOURCES = 0xC01064B5;
    /** Asks for the formats of a plane. */
    public static final int DRM_IOCTL_MODE_GETPLANE = 0xC02064B6;
    /** Makes a frame buffer of buffers. */
    public static final int DRM_IOCTL_MODE_ADDFB2 = 0xC06864B8;
    /** Asks for the properties of an object. */
    public static final int DRM_IOCTL_MODE_OBJ_GETPROPERTIES = 0xC02064B9;
    /** Sets properties of several objects at once. */
    public static final int DRM_IOCTL_MODE_ATOMIC = 0xC03864BC;
    /** Makes bytes for a property. */
    public static final int DRM_IOCTL_MODE_CREATEPROPBLOB = 0xC01064BD;
    /** Gives them up. */
    public static final int DRM_IOCTL_MODE_DESTROYPROPBLOB = 0xC00464BE;

    /** All planes are listed and not only overlays. */
    public static final int DRM_CLIENT_CAP_UNIVERSAL_PLANES = 2;
    /** Properties are set at once. */
    public static final int DRM_CLIENT_CAP_ATOMIC = 3;
    /** Connectors that write into memory are listed. */
    public static final int DRM_CLIENT_CAP_WRITEBACK_CONNECTORS = 5;

    /** An event comes when the picture is on the screen. */
    public static final int DRM_MODE_PAGE_FLIP_EVENT = 0x1;
    /** Only tries it. */
    public static final int DRM_MODE_ATOMIC_TEST_ONLY = 0x100;
    /** Does not wait until it is done. */
    public static final int DRM_MODE_ATOMIC_NONBLOCK = 0x200;
    /** The screen may go dark for a moment. */
    public static final int DRM_MODE_ATOMIC_ALLOW_MODESET = 0x400;
    /** The modifiers of a frame buffer count. */
    public static final int DRM_MODE_FB_MODIFIERS = 0x2;
    /** The mode is the one that the display likes best. */
    public static final int DRM_MODE_TYPE_PREFERRED = 0x8;
    /** A picture is on the screen. */
    public static final int DRM_EVENT_FLIP_COMPLETE = 0x2;

    /** The kind of object: a CRTC. */
    public static final int DRM_MODE_OBJECT_CRTC = 0xCCCCCCCC;
    /** The kind of object: a connector. */
    public static final int DRM_MODE_OBJECT_CONNECTOR = 0xC0C0C0C0;
    /** The kind of object: a plane. */
    public static final int DRM_MODE_OBJECT_PLANE = 0xEEEEEEEE;
    /** The kind of connector: one that writes into memory. */
    public static final int DRM_MODE_CONNECTOR_WRITEBACK = 18;
    /** The length of names of properties, with their zero. */
    public static final int DRM_PROP_NAME_LEN = 32;
    /** The length of names of modes, with their zero. */
    public static final int DRM_DISPLAY_MODE_LEN = 32;

    /** A mode of a display. */
    public static final CStruct MODE_INFO = CStruct.named("drm_mode_modeinfo")
            .ints("clock")
            .shorts("hdisplay", "hsync_start", "hsync_end", "htotal", "hskew")
            .shorts("vdisplay", "vsync_start", "vsync_end", "vtotal", "vscan")
            .ints("vrefresh", "flags", "type")
            .bytes("name", DRM_DISPLAY_MODE_LEN)
            .build();

    /** What {@link #DRM_IOCTL_MODE_GETRESOURCES} takes. */
    public static final CStruct CARD_RES = CStruct.named("drm_mode_card_res")
            .longs("fb_id_ptr", "crtc_id_ptr", "connector_id_ptr", "encoder_id_ptr")
            .ints("count_fbs", "count_crtcs", "count_connectors", "count_encoders")
            .ints("min_width", "max_width", "min_height", "max_height")
            .build();

    /** What {@link #DRM_IOCTL_MODE_SETCRTC} takes. */
    public static final CStruct CRTC = CStruct.named("drm_mode_crtc")
            .longs("set_connectors_ptr")
            .ints("count_connectors", "crtc_id", "fb_id", "x", "y", "gamma_size", "mode_valid")
            .intArray("mode", MODE_INFO.size() / Integer.BYTES)
            .build();

    /** What {@link #DRM_IOCTL_MODE_GETENCODER} takes. */
    public static final CStruct GET_ENCODER = CStruct.named("drm_mode_get_encoder")
            .ints("encoder_id", "encoder_type", "crtc_id", "possible_crtcs", "possible_clones")
            .build();

    /** What {@link #DRM_IOCTL_MODE_GETCONNECTOR} takes. */
    public static final CStruct GET_CONNECTOR = CStruct.named("drm_mode_get_connector")
            .longs("encoders_ptr", "modes_ptr", "props_ptr", "prop_values_ptr")
            .ints("count_modes", "count_props", "count_encoders", "encoder_id", "connector_id", "connector_type")
            .ints("connector_type_id", "connection", "mm_width", "mm_height", "subpixel", "pad")
            .build();

    /** What {@link #DRM_IOCTL_MODE_GETPROPERTY} takes. */
    public static final CStruct GET_PROPERTY = CStruct.named("drm_mode_get_property")
            .longs("values_ptr", "enum_blob_ptr")
            .ints("prop_id", "flags")
            .bytes("name", DRM_PROP_NAME_LEN)
            .ints("count_values", "count_enum_blobs")
            .build();

    /** What {@link #DRM_IOCTL_MODE_GETPROPBLOB} takes. */
    public static final CStruct GET_BLOB = CStruct.named("drm_mode_get_blob")
            .ints("blob_id", "length")
            .longs("data")
            .build();

    /** What {@link #DRM_IOCTL_MODE_PAGE_FLIP} takes. */
    public static final CStruct PAGE_FLIP = CStruct.named("drm_mode_crtc_page_flip")
            .ints("crtc_id", "fb_id", "flags", "reserved")
            .longs("user_data")
            .build();

    /** What {@link #DRM_IOCTL_MODE_GETPLANERESOURCES} takes. */
    public static final CStruct PLANE_RES = CStruct.named("drm_mode_get_plane_res")
            .longs("plane_id_ptr")
            .ints("count_planes")
            .build();

    /** What {@link #DRM_IOCTL_MODE_GETPLANE} takes. */
    public static final CStruct GET_PLANE = CStruct.named("drm_mode_get_plane")
            .ints("plane_id", "crtc_id", "fb_id", "possible_crtcs", "gamma_size", "count_format_types")
            .longs("format_type_ptr")
            .build();

    /** What {@link #DRM_IOCTL_MODE_ADDFB2} takes. */
    public static final CStruct FB_CMD2 = CStruct.named("drm_mode_fb_cmd2")
            .ints("fb_id", "width", "height", "pixel_format", "flags")
            .intArray("handles", 4)
            .intArray("pitches", 4)
            .intArray("offsets", 4)
            .block("modifier", 4L * Long.BYTES)
            .build();

    /** What {@link #DRM_IOCTL_MODE_OBJ_GETPROPERTIES} takes. */
    public static final CStruct OBJ_GET_PROPERTIES = CStruct.named("drm_mode_obj_get_properties")
            .longs("props_ptr", "prop_values_ptr")
            .ints("count_props", "obj_id", "obj_type")
            .build();

    /** What {@link #DRM_IOCTL_MODE_ATOMIC} takes. */
    public static final CStruct ATOMIC = CStruct.named("drm_mode_atomic")
            .ints("flags", "count_objs")
            .longs("objs_ptr", "count_props_ptr", "props_ptr", "prop_values_ptr", "reserved", "user_data")
            .build();

    /** What {@link #DRM_IOCTL_MODE_CREATEPROPBLOB} takes. */
    public static final CStruct CREATE_BLOB = CStruct.named("drm_mode_create_blob")
            .longs("data")
            .ints("length", "blob_id")
            .build();

    /** What {@link #DRM_IOCTL_MODE_DESTROYPROPBLOB} takes. */
    public static final CStruct DESTROY_BLOB =
            CStruct.named("drm_mode_destroy_blob").ints("blob_id").build();

    /** The bytes of the property {@code IN_FORMATS}; formats and modifiers follow. */
    public static final CStruct FORMAT_MODIFIER_BLOB = CStruct.named("drm_format_modifier_blob")
            .ints("version", "flags", "count_formats", "formats_offset", "count_modifiers", "modifiers_offset")
            .build();

    /** One modifier there, with up to 64 formats that it goes with. */
    public static final CStruct FORMAT_MODIFIER = CStruct.named("drm_format_modifier")
            .longs("formats")
            .ints("offset", "pad")
            .longs("modifier")
            .build();

    /** How every event begins. */
    public static final CStruct EVENT =
            CStruct.named("drm_event").ints("type", "length").build();

    /** What {@link #DRM_EVENT_FLIP_COMPLETE} says. */
    public static final CStruct EVENT_VBLANK = CStruct.named("drm_event_vblank")
            .intArray("base", 2)
            .longs("user_data")
            .ints("tv_sec", "tv_usec", "sequence", "crtc_id")
            .build();

    /** What {@link #DRM_IOCTL_MODE_RMFB}, {@link #DRM_IOCTL_AUTH_MAGIC} and their like take: a bare number. */
    public static final CStruct NUMBER = CStruct.named("number").ints("value").build();

    static final List<CStruct> STRUCTS = List.of(
            MODE_INFO,
            CARD_RES,
            CRTC,
            GET_ENCODER,
            GET_CONNECTOR,
            GET_PROPERTY,
            GET_BLOB,
            PAGE_FLIP,
            PLANE_RES,
            GET_PLANE,
            FB_CMD2,
            OBJ_GET_PROPERTIES,
            ATOMIC,
            CREATE_BLOB,
            DESTROY_BLOB,
            FORMAT_MODIFIER_BLOB,
            FORMAT_MODIFIER,
            EVENT,
            EVENT_VBLANK);

    private KmsUapi() {}
}
