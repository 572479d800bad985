package io.github.dmabuf4j.domain.wire;

/**
 * The numbers of {@code docs/xbp.h}, under the same names without the prefix {@code XBP_}. A test compares each of them
 * with what the C compiler makes of the header. The error codes are in {@link XbpError}.
 */
public final class Xbp {
    /** Protocol: "XBP1" in memory order: first word of HELLO. */
    public static final int MAGIC = 0x31504258;

    /** Protocol: the protocol version this header describes. */
    public static final int VERSION = 1;

    /** Protocol: header and body of one message, bytes. */
    public static final int MAX_MESSAGE = 65536;

    /** Protocol: descriptors with one message: what SCM_RIGHTS carries. */
    public static final int MAX_FDS = 253;

    /** Protocol: references in one OFFER. */
    public static final int MAX_REFERENCES = 253;

    /** Protocol: all metadata entries of one OFFER, bytes. */
    public static final int MAX_METADATA = 32768;

    /** Protocol: planes of an image. */
    public static final int MAX_PLANES = 4;

    /** Protocol: a sentence for people, bytes of UTF-8. */
    public static final int MAX_TEXT = 512;

    /** Protocol: lines of a sync page set: 4 MiB. */
    public static final int MAX_LINES = 65536;

    /** Protocol: entries of a hand-over ring. */
    public static final int MAX_RING = 4096;

    /** Protocol: timelines of a sync page set, and interest lines for one peer. */
    public static final int MAX_TIMELINES = 8;

    /** Protocol: unknown message types from here on are skipped; unknown ones below are BADMSG. */
    public static final int EXTENSION_TYPES = 0x8000;

    /** Message type: who I am, what I can, where my sync page is; answered. */
    public static final int HELLO = 0x01;

    /** Message type: I leave; what follows is as after my death, politely. */
    public static final int GOODBYE = 0x05;

    /** Message type: exporter: here is a buffer; answered. */
    public static final int OFFER = 0x21;

    /** Message type: importer: I mapped it; the exporter counts a mapping. */
    public static final int MAPPED = 0x22;

    /** Message type: importer: no mapping, use or local re-export is left of that mapping. */
    public static final int UNMAPPED = 0x23;

    /** Message type: exporter: give it back; answered after the last UNMAPPED. */
    public static final int RETIRE = 0x26;

    /** Message type: hand-over of a buffer, where no ring is shared. */
    public static final int RELEASE = 0x30;

    /** Message type: something the frontend wants to say. */
    public static final int EVENT = 0x50;

    /** Message type: something about an object went wrong, unasked. */
    public static final int ERROR = 0x51;

    /** Message flag: the answer to the request of the same number. */
    public static final int FLAG_REPLY = 1;

    /** Message flag: the answer is a refusal: status is negative, the body is a text. */
    public static final int FLAG_ERROR = 2;

    /** Message flag: a fragment follows; not used in version 1 and refused. */
    public static final int FLAG_MORE = 4;

    /** Message flag: uses the room kept for the freeing path. */
    public static final int FLAG_URGENT = 8;

    /** Feature: descriptors travel with messages. */
    public static final long FEATURE_FD_PASSING = 0x1;

    /** Feature: fences live in shared sync pages. */
    public static final long FEATURE_TIMELINE_PAGE = 0x2;

    /** Feature: hand-overs go through rings in the sync pages. */
    public static final long FEATURE_HANDOVER_RING = 0x4;

    /** Feature: one buffer may be read by several importers at a time. */
    public static final long FEATURE_SHARED_READ = 0x8;

    /** Feature: a buffer may be offered for reading only. */
    public static final long FEATURE_READ_ONLY = 0x10;

    /** Role: offers buffers. */
    public static final int ROLE_EXPORTER = 1;

    /** Role: takes offers. */
    public static final int ROLE_IMPORTER = 2;

    /** Offer flag: memory of somebody else: cannot be taken back by force. */
    public static final int OFFER_IMPORTED = 1;

    /** Offer flag: needs no cache maintenance. */
    public static final int OFFER_COHERENT = 2;

    /** Offer flag: the importer may only read. */
    public static final int OFFER_READ_ONLY = 4;

    /** Offer flag: no CPU may touch it. */
    public static final int OFFER_PROTECTED = 8;

    /** Offer flag: other importers read the same frames. */
    public static final int OFFER_SHARED_READ = 16;

    /** Reference kind: struct xbp_fd_reference. */
    public static final int REFERENCE_FD = 1;

    /** Event: exporter: value is the ring sequence of the first frame meant for this importer. */
    public static final int EVENT_STREAM_START = 1;

    /** Event: exporter: frames from ring sequence value on are no longer meant for this importer. */
    public static final int EVENT_STREAM_DROP = 2;

    /** Metadata schema: struct xbp_image and its planes. */
    public static final int SCHEMA_IMAGE = 1;

    /** Metadata schema: bytes that only the two applications understand. */
    public static final int SCHEMA_BYTES = 4;

    /** Hand-over flag: the last entry; names no buffer. */
    public static final int HANDOVER_END_OF_STREAM = 1;

    /** Hand-over flag: the releasing side did not look at the frame, or wrote nothing worth looking at. */
    public static final int HANDOVER_DISCARDED = 2;

    /** Sync page: "XBPS" in memory order. */
    public static final int SYNC_MAGIC = 0x53504258;

    /** Sync page: layout of sync pages. */
    public static final int SYNC_VERSION = 1;

    /** Sync page: bytes of a line. */
    public static final int LINE_SIZE = 64;

    private Xbp() {}
}
