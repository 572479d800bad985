package io.github.dmabuf4j.domain.wire;

/**
 * Where every field lies. The structures are those of {@code docs/xbp.h}; a test compares each offset and size with what
 * the C compiler makes of it.
 *
 * <pre>
 *   message:  | header 32 | body                                                     |
 *   HELLO:    | header    | hello 112, in it the sync geometry 40 at 72              |
 *   OFFER:    | header    | offer 64 | references | metadata entry | metadata entry  |
 *   metadata: | schema, length 8 | value | padding to 8 |
 *   image:    | image 24 | plane 24 | plane 24 | ... |
 *   texts:    | code, length 8 | UTF-8 |          GOODBYE, ERROR and refused requests
 * </pre>
 *
 * <p>The hand-over record is in {@link RingDescriptor}.
 */
final class XbpDescriptor {

    // struct xbp_header
    static final int HEADER_BYTES = 32;
    static final int HEADER_LEN = 0;
    static final int HEADER_TYPE = 4;
    static final int HEADER_FLAGS = 6;
    static final int HEADER_REQUEST = 8;
    static final int HEADER_EPOCH = 12;
    static final int HEADER_OBJECT = 16;
    static final int HEADER_STATUS = 24;
    static final int HEADER_CREDITS = 28;

    // struct xbp_sync_geometry
    static final int SYNC_GEOMETRY_BYTES = 40;
    static final int SYNC_GEOMETRY_FD_INDEX = 0;
    static final int SYNC_GEOMETRY_LINES = 4;
    static final int SYNC_GEOMETRY_FIRST_TIMELINE = 8;
    static final int SYNC_GEOMETRY_TIMELINES = 12;
    static final int SYNC_GEOMETRY_RING_TIMELINE = 16;
    static final int SYNC_GEOMETRY_RING_LINE = 20;
    static final int SYNC_GEOMETRY_RING_ENTRIES = 24;
    static final int SYNC_GEOMETRY_INTEREST_LINE = 28;
    static final int SYNC_GEOMETRY_INTEREST_LINES = 32;

    // struct xbp_hello
    static final int HELLO_BYTES = 112;
    static final int HELLO_MAGIC = 0;
    static final int HELLO_VERSION_MIN = 4;
    static final int HELLO_VERSION_MAX = 6;
    static final int HELLO_FEATURES_OFFERED = 8;
    static final int HELLO_FEATURES_REQUIRED = 16;
    static final int HELLO_MAX_MESSAGE = 24;
    static final int HELLO_MAX_BUFFERS = 28;
    static final int HELLO_MAX_TIMELINES = 32;
    static final int HELLO_PAGE_SIZE = 36;
    static final int HELLO_MAX_BUFFER_BYTES = 40;
    static final int HELLO_NONCE = 48;
    static final int HELLO_ROLES = 64;
    static final int HELLO_SYNC = 72;

    // struct xbp_offer
    static final int OFFER_BYTES = 64;
    static final int OFFER_SIZE = 0;
    static final int OFFER_OFFSET = 8;
    static final int OFFER_FLAGS = 12;
    static final int OFFER_REFERENCE_KIND = 16;
    static final int OFFER_REFERENCE_COUNT = 18;
    static final int OFFER_MAX_MAPPINGS = 20;
    static final int OFFER_TIMELINE = 24;
    static final int OFFER_VALUE = 32;
    static final int OFFER_TOKEN = 40;
    static final int OFFER_METADATA_LENGTH = 56;
    static final int OFFER_REFERENCES_LENGTH = 60;

    // struct xbp_fd_reference
    static final int FD_REFERENCE_BYTES = 24;
    static final int FD_REFERENCE_FD_INDEX = 0;
    static final int FD_REFERENCE_SEALS = 4;
    static final int FD_REFERENCE_OFFSET = 8;
    static final int FD_REFERENCE_LENGTH = 16;

    // struct xbp_mapped
    static final int MAPPED_BYTES = 16;
    static final int MAPPED_TOKEN = 0;

    // struct xbp_retire
    static final int RETIRE_BYTES = 8;
    static final int RETIRE_DELAY_MS = 0;

    // struct xbp_text
    static final int TEXT_BYTES = 8;
    static final int TEXT_CODE = 0;
    static final int TEXT_TEXT_LENGTH = 4;

    // struct xbp_event
    static final int EVENT_BYTES = 16;
    static final int EVENT_EVENT = 0;
    static final int EVENT_DATA_LENGTH = 4;
    static final int EVENT_VALUE = 8;

    // struct xbp_metadata
    static final int METADATA_BYTES = 8;
    static final int METADATA_SCHEMA = 0;
    static final int METADATA_LENGTH = 4;

    // struct xbp_image
    static final int IMAGE_BYTES = 24;
    static final int IMAGE_WIDTH = 0;
    static final int IMAGE_HEIGHT = 4;
    static final int IMAGE_FOURCC = 8;
    static final int IMAGE_PLANES = 12;
    static final int IMAGE_MODIFIER = 16;

    // struct xbp_plane
    static final int PLANE_BYTES = 24;
    static final int PLANE_REFERENCE = 0;
    static final int PLANE_STRIDE = 4;
    static final int PLANE_OFFSET = 8;
    static final int PLANE_ROWS = 16;

    private XbpDescriptor() {}
}
